import numpy as np
import pytest

from inspector.dataset import IGNORE
from inspector.networks.input import InputScale, Normalisation, input_scale
from training.labels import SeverityScale, cell_scores
from training.patches import PATCH, Annotated, PatchSampler, expose

SCALE = SeverityScale(20.0, 200.0, 6.0)


def make_frames(shape: tuple[int, ...] = (400, 300, 1), count: int = 3) -> list[Annotated]:
    """Noise around 120 with one dark square each, of class 1, 2, ..."""
    frames, rng = [], np.random.default_rng(5)
    for number in range(count):
        pixels = rng.normal(120, 6, shape).astype(np.uint8)
        mask = np.zeros(shape[:2], np.uint8)
        at = slice(20 + 9 * number, 44 + 9 * number)
        pixels[at, at], mask[at, at] = 50, number + 1
        frames.append(Annotated(pixels, mask, input_scale(pixels, Normalisation.MEAN)))
    return frames


def sampler(frames: list[Annotated], seed: int = 0, cell: int = 4, **options: object) -> PatchSampler:
    return PatchSampler(frames, cell, SCALE, np.random.default_rng(seed), **options)


@pytest.mark.parametrize("cell", [4, 2, 1])
@pytest.mark.parametrize("shape", [(400, 300, 1), (300, 280, 3), (90, 400, 1), (70, 64, 3)])
def test_batches_have_the_form_that_training_takes(cell: int, shape: tuple[int, ...]) -> None:
    inputs, severities, weights = sampler(make_frames(shape), cell=cell).batch(3)
    assert inputs.shape == (3, shape[2], PATCH, PATCH)
    assert severities.shape == weights.shape == (3, 1, PATCH // cell, PATCH // cell)
    assert {array.dtype for array in (inputs, severities, weights)} == {np.dtype(np.float32)}
    assert set(np.unique(weights)) <= {0.0, 1.0}
    assert ((severities == 0) | ((severities >= 6) & (severities <= 12))).all()


def test_the_same_seed_draws_the_same() -> None:
    first, again, other = (sampler(make_frames(), seed).batch(4) for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_most_patches_hold_a_defect() -> None:
    large = make_frames((1500, 1500, 1))
    near = sampler(large).batch(40)[1].max((1, 2, 3)) > 0
    anywhere = sampler(large, defect_share=0.0).batch(40)[1].max((1, 2, 3)) > 0
    assert 0.5 < near.mean() < 0.95
    assert anywhere.mean() < 0.3


def test_the_label_lies_where_the_defect_is() -> None:
    inputs, severities, weights = sampler(make_frames(count=1), defect_share=1.0).batch(12)
    dark = inputs.reshape(12, 64, 4, 64, 4).mean((2, 4)) < -0.6
    labelled = severities[:, 0] > 0
    agree = (dark == labelled)[weights[:, 0] > 0]
    assert labelled.any((1, 2)).all()
    assert agree.mean() > 0.995


def test_beyond_a_small_frame_nothing_is_known_and_nothing_is_seen() -> None:
    inputs, _, weights = sampler(make_frames((90, 64, 1))).batch(6)
    outside = np.kron(weights[:, 0], np.ones((1, 4, 4))) == 0
    assert 0.85 < outside.mean() < 0.95
    assert np.abs(inputs[:, 0][outside]).mean() < 0.1


def test_ignored_pixels_have_no_weight() -> None:
    frame = make_frames(count=1)[0]
    frame.mask[100:200] = IGNORE
    assert 0.5 < sampler([frame]).batch(20)[2].mean() < 0.95
    frame.mask[:] = IGNORE
    assert not sampler([frame]).batch(2)[2].any()


def test_directed_surfaces_are_not_turned() -> None:
    pixels = np.zeros((400, 400, 1), np.uint8)
    pixels[::8], pixels[1::8] = 200, 200  # lines along the rows
    frames = [Annotated(pixels, np.zeros((400, 400), np.uint8), input_scale(pixels, Normalisation.MEAN))]
    for directed, turned in ((True, False), (False, True)):
        inputs = sampler(frames, directed=directed).batch(12)[0][:, 0]
        along = np.abs(np.diff(inputs, axis=2)).mean((1, 2)) < np.abs(np.diff(inputs, axis=1)).mean((1, 2))
        assert along.all() != turned


def test_other_light_scales_the_labels_and_the_input_s_offset() -> None:
    pixels, mask = np.full((300, 300, 1), 140, np.uint8), np.zeros((300, 300), np.uint8)
    middle = slice(136, 164)  # where a light that falls off to one side is as strong as on average
    pixels[middle, middle], mask[middle, middle] = 60, 1
    gains = []
    for seed in range(12):
        lit, scale = expose(pixels, InputScale(140.0, 1 / 64), np.random.default_rng(seed))
        gains.append(scale.offset / 140)
        scores = cell_scores(lit, mask, 4)
        assert (scale.gain, lit.dtype, lit.shape) == (1 / 64, np.uint8, pixels.shape)
        assert lit.mean() == pytest.approx(gains[-1] * pixels.mean(), rel=0.03)
        assert scores.score[scores.defect].mean() == pytest.approx(gains[-1] * 160, rel=0.15)  # noise adds to it
    assert max(gains) / min(gains) > 1.3
