from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from spot_dataset import write_png

from inspector.dataset import IGNORE, Dataset, Sample
from inspector.networks.input import Normalisation
from training.augment import Augment
from training.labels import SeverityScale
from training.patches import PATCH, Annotated, PatchSampler, load_frames

SCALE = SeverityScale(20.0, 200.0, 6.0)
PLAIN = Augment(free=0.0, gain=0.0, contrast=0.0, falloff=0.0, noise=0.0)
"""Patches are mirrored and turned by quarters, no more."""


def make_frames(
    shape: tuple[int, ...] = (400, 300, 1), count: int = 3, normalisation: Normalisation = Normalisation.MEAN
) -> list[Annotated]:
    """Noise around 120 with one dark square each, of class 1, 2, ..."""
    frames, rng = [], np.random.default_rng(5)
    for number in range(count):
        pixels = rng.normal(120, 6, shape).astype(np.uint8)
        mask = np.zeros(shape[:2], np.uint8)
        at = slice(20 + 9 * number, 44 + 9 * number)
        pixels[at, at], mask[at, at] = 50, number + 1
        frames.append(Annotated.of(pixels, mask, normalisation))
    return frames


def sampler(
    frames: list[Annotated], size: int, cell: int = 4, seed: int = 0, augment: Augment = PLAIN, **options: Any
) -> PatchSampler:
    return PatchSampler(frames, cell, SCALE, size=size, seed=seed, augment=augment, **options)


@pytest.mark.parametrize("cell", [4, 2, 1])
@pytest.mark.parametrize("shape", [(400, 300, 1), (300, 280, 3), (90, 400, 1), (70, 64, 3)])
def test_batches_have_the_form_that_training_takes(cell: int, shape: tuple[int, ...]) -> None:
    batch = sampler(make_frames(shape), 3, cell, augment=Augment())[0]
    assert batch.inputs.shape == (3, shape[2], PATCH, PATCH)
    assert batch.spread.tolist() == [[[[1.0]]]] * 3
    cells = (3, 1, PATCH // cell, PATCH // cell)
    assert batch.severity.shape == batch.defect.shape == batch.known.shape == cells
    assert batch.inputs.dtype == batch.spread.dtype == batch.severity.dtype == torch.float32
    assert batch.defect.dtype == batch.known.dtype == torch.bool
    severe = batch.severity[batch.defect]
    assert ((severe >= 6) & (severe <= 12)).all()
    assert not batch.severity[~batch.defect].any()


def test_a_batch_depends_on_the_seed_and_the_step_alone() -> None:
    frames = make_frames()
    drawn = sampler(frames, 2, augment=Augment())
    in_order = [drawn[step] for step in range(4)]
    for step in (3, 0, 2):
        again = sampler(frames, 2, augment=Augment())[step]
        assert all(torch.equal(a, b) for a, b in zip(in_order[step], again, strict=True))
    others = [*in_order[1:], sampler(frames, 2, seed=1, augment=Augment())[0]]
    assert not any(torch.equal(in_order[0].inputs, other.inputs) for other in others)


def test_most_patches_hold_a_defect() -> None:
    large = make_frames((1500, 1500, 1))
    near = sampler(large, 40)[0].defect.any(3).any(2)
    anywhere = sampler(large, 40, defect_share=0.0)[0].defect.any(3).any(2)
    assert 0.5 < near.float().mean() < 0.95
    assert anywhere.float().mean() < 0.3


@pytest.mark.parametrize(("augment", "agreement"), [(PLAIN, 1.0), (Augment(falloff=0.0), 0.9)])
def test_the_label_lies_where_the_defect_is(augment: Augment, agreement: float) -> None:
    batch = sampler(make_frames(count=1), 12, cell=1, augment=augment, defect_share=1.0)[0]
    dark = (batch.inputs < -0.5) & batch.known
    assert batch.defect.any(3).any(2).all()
    assert (dark & batch.defect).sum() >= agreement * (dark | batch.defect).sum()


def test_beyond_a_small_frame_nothing_is_known_and_nothing_is_seen() -> None:
    batch = sampler(make_frames((90, 64, 1)), 6)[0]
    outside = ~batch.known.repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert 0.85 < outside.float().mean() < 0.95
    assert batch.inputs[outside].abs().mean() < 0.1


def test_ignored_pixels_are_not_known() -> None:
    frame = make_frames(count=1)[0]
    frame.mask[100:200] = IGNORE
    assert 0.5 < sampler([frame], 20)[0].known.float().mean() < 0.95
    frame.mask[:] = IGNORE
    assert not sampler([frame], 2)[0].known.any()


def test_patches_are_labelled_as_the_settings_say() -> None:
    """By its extremes a striped defect differs more from its surroundings than by its mean."""
    frames = make_frames()
    for frame in frames:
        stripes = frame.mask > 0
        stripes[::2] = False
        frame.pixels[stripes] = 90
    ours, paper = (sampler(frames, 4, labels=labels, defect_share=1.0)[0] for labels in ("contrast", "paper"))
    assert torch.equal(ours.inputs, paper.inputs)
    assert torch.equal(ours.defect, paper.defect)
    assert ours.severity[ours.defect].mean() + 0.2 < paper.severity[paper.defect].mean()


def test_directed_surfaces_are_not_turned() -> None:
    pixels = np.zeros((400, 400, 1), np.uint8)
    pixels[::8], pixels[1::8] = 200, 200  # lines along the rows
    frames = [Annotated.of(pixels, np.zeros((400, 400), np.uint8), Normalisation.MEAN)]
    for directed, turned in ((True, False), (False, True)):
        inputs = sampler(frames, 12, augment=Augment(directed=directed))[0].inputs[:, 0]
        along = inputs.diff(dim=2).abs().mean((1, 2)) < inputs.diff(dim=1).abs().mean((1, 2))
        assert along.all() != turned


def test_a_standardised_patch_comes_with_the_spread_of_its_frame() -> None:
    """Under half of the light the input stays, the severity becomes less, and the spread says why."""
    pixels, mask = np.random.default_rng(1).integers(80, 120, (300, 300, 1), np.uint8), np.zeros((300, 300), np.uint8)
    pixels[100:130, 100:130], mask[100:130, 100:130] = 20, 1
    bright, dark = (
        sampler([Annotated.of(light * pixels, mask, Normalisation.FRAME)], 8, defect_share=1.0)[0]
        for light in (np.uint8(2), np.uint8(1))
    )
    assert bright.spread.flatten().tolist() == pytest.approx([2 * pixels.std() / 64] * 8, rel=1e-5)
    assert torch.allclose(bright.spread, 2 * dark.spread)
    assert torch.allclose(bright.inputs, dark.inputs, atol=0.05)  # but for the rounding of what lies beyond the frame
    assert dark.severity[dark.defect].mean() + 1 < bright.severity[bright.defect].mean()


@pytest.mark.parametrize(("coloured", "channels"), [((), 1), ((2,), 3)])
def test_grey_frames_in_colour_files_are_trained_on_in_grey(
    tmp_path: Path, coloured: tuple[int, ...], channels: int
) -> None:
    """A third of the work, and nothing is lost."""
    samples = []
    for number in range(3):
        pixels = np.repeat(np.random.default_rng(number).integers(0, 256, (20, 30, 1), np.uint8), 3, 2)
        if number in coloured:
            pixels[4, 7, 1] ^= 8
        write_png(tmp_path / f"{number}.png", pixels)
        samples.append(Sample(str(number), tmp_path / f"{number}.png", None))
    dataset = Dataset("parts", ("background", "spot"), {"train": tuple(samples)})
    frames = load_frames(dataset, samples, None, Normalisation.MEAN)
    assert [frame.pixels.shape for frame in frames] == [(20, 30, channels)] * 3
    assert (frames[0].pixels[..., 0] == dataset.read(samples[0])[0][..., 0]).all()
