import dataclasses

import numpy as np
import pytest
import torch

from inspector.dataset import IGNORE
from inspector.networks.input import Normalisation
from inspector.stages.classification import fitting_scale
from inspector.types import Levels
from training.augment import Augment
from training.labels import blocks
from training.patches import Annotated
from training.windows import Place, WindowSampler, defect_places, false_alarm_places

BRIGHT = {1: 90, 2: 180}
"""Grey value of each class on a dark surface."""

SURFACE = 10
STEADY = Augment(gain=0.0, contrast=0.0, falloff=0.0, noise=0.0, doubt=0.0)


def make_frame(shape: tuple[int, ...] = (300, 400, 1), kinds: tuple[int, ...] = (1, 2), size: int = 20) -> Annotated:
    pixels, mask = np.full(shape, SURFACE, np.uint8), np.zeros(shape[:2], np.uint8)
    for k, kind in enumerate(kinds):
        at = (slice(30, 30 + size), slice(30 + 100 * k, 30 + 100 * k + size))
        pixels[at], mask[at] = BRIGHT[kind], kind
    return Annotated.of(pixels, mask, Normalisation.MEAN)


LEVELS = {1: 128, 2: 64}
"""Severity of each class, as a level of 255: the classifier sees 1 and 1/2."""


def levels_of(frame: Annotated, cell: int) -> Levels:
    """A map that knows the truth."""
    cells = blocks(frame.mask, cell).max(-1)
    return np.select([cells == kind for kind in LEVELS], LEVELS.values()).astype(np.uint8)


def sampler(
    frames: list[Annotated],
    size: int,
    false_alarms: list[Place] | None = None,
    share: float = 0.4,
    seed: int = 0,
    augment: Augment = STEADY,
    cell: int = 2,
) -> WindowSampler:
    return WindowSampler(
        frames,
        [levels_of(frame, cell) for frame in frames],
        defect_places(frames),
        false_alarms or [],
        cell=cell,
        size=size,
        seed=seed,
        augment=augment,
        background_share=share,
    )


def test_each_connected_defect_of_a_class_is_a_place() -> None:
    frame = make_frame()
    frame.mask[40:60, 50:60] = 2  # touches the first, which is of another class
    frame.mask[200:210, 200:210] = IGNORE
    assert set(defect_places([make_frame(kinds=()), frame])) == {
        Place(1, (30, 30, 50, 50), 1),
        Place(1, (30, 130, 50, 150), 2),
        Place(1, (40, 50, 60, 60), 2),
    }


def test_false_alarms_are_what_the_annotation_does_not_know() -> None:
    frame = make_frame()
    frame.mask[200:210, 200:210] = IGNORE
    found = [[(0, 0, 20, 20), (49, 49, 60, 60), (205, 190, 220, 201), (250, 300, 260, 310)], [(0, 0, 5, 5)]]
    assert false_alarm_places([frame, make_frame(kinds=())], found) == [
        Place(0, (0, 0, 20, 20), 0),
        Place(0, (250, 300, 260, 310), 0),
        Place(1, (0, 0, 5, 5), 0),
    ]


@pytest.mark.parametrize("shape", [(300, 400, 1), (300, 400, 3), (60, 170, 1)])
def test_windows_show_the_class_that_they_are_given(shape: tuple[int, ...]) -> None:
    """Interpolation dims the border of a defect, never its middle."""
    frame = make_frame(shape)
    inputs, kinds = sampler([frame], 80)[0]
    assert inputs.shape == (80, shape[2] + 1, 64, 64)
    assert (inputs.dtype, kinds.dtype) == (torch.float32, torch.int64)
    brightest = inputs[:, :-1].amax((1, 2, 3)) / frame.scale.gain + frame.scale.offset
    assert set(kinds.tolist()) == {0, 1, 2}
    for kind in (0, 1, 2):
        assert brightest[kinds == kind].tolist() == pytest.approx(
            [BRIGHT.get(kind, SURFACE)] * int((kinds == kind).sum()), abs=1
        )


@pytest.mark.parametrize("cell", [1, 2])
@pytest.mark.parametrize("size", [20, 90])  # windows of 64 and of 128 px
@pytest.mark.parametrize("channels", [1, 3])
def test_the_severities_move_with_the_pixels(cell: int, size: int, channels: int) -> None:
    """Turned, resized and mirrored together, each with the map of its own frame: bright is severe."""
    frames = [make_frame((300, 400, channels), kinds=(kind,), size=size) for kind in BRIGHT]
    drawn = sampler(frames, 60, cell=cell, augment=dataclasses.replace(STEADY, free=0.8, noise=0.0))
    for window, kind in zip(*drawn[0], strict=True):
        grey = window[0] * 64 + frames[max(0, int(kind) - 1)].scale.offset
        bright, severe = BRIGHT.get(int(kind), 255), LEVELS.get(int(kind), 0)
        expected = severe / 128 * ((grey - SURFACE) / (bright - SURFACE)).clamp(min=0)
        if kind:
            assert window[-1].max() == pytest.approx(severe / 128)
            assert (window[-1] - expected).abs().max() < 0.03
        else:
            assert not window[-1].any()


def test_severities_are_doubted_now_and_then() -> None:
    frames = [make_frame(kinds=(1,))]
    for doubt in (0.0, 0.4):
        inputs, kinds = sampler(frames, 300, augment=dataclasses.replace(STEADY, free=0.0, doubt=doubt))[0]
        peaks = inputs[kinds == 1, -1].amax((1, 2)).numpy()
        if not doubt:
            assert (peaks == 1).all()
            continue
        seen = peaks[peaks > 0]
        assert 0.03 < 1 - len(seen) / len(peaks) < 0.2  # a tenth is not seen at all
        assert 0.6 <= seen.min() < 0.65
        assert 0.95 < seen.max() <= 1
        assert seen.mean() == pytest.approx(0.8, abs=0.04)


def test_the_kinds_come_equally_often_and_background_by_its_share() -> None:
    frames = [make_frame(kinds=(1,)) for _ in range(9)] + [make_frame(kinds=(2,))]
    counts = sampler(frames, 300)[0][1].bincount(minlength=3) / 300
    assert counts.tolist() == pytest.approx([0.4, 0.3, 0.3], abs=0.09)


def test_a_batch_depends_on_the_seed_and_the_step_alone() -> None:
    drawn = sampler([make_frame()], 8, augment=Augment())
    in_order = [drawn[step] for step in range(4)]
    for step in (3, 0, 2):
        again = sampler([make_frame()], 8, augment=Augment())[step]
        assert all(torch.equal(a, b) for a, b in zip(in_order[step], again, strict=True))
    others = [*in_order[1:], sampler([make_frame()], 8, seed=1, augment=Augment())[0]]
    assert not any(torch.equal(in_order[0][0], other[0]) for other in others)


def test_half_of_the_background_is_false_alarms() -> None:
    frame = make_frame((900, 900, 1), kinds=(1,))
    frame.pixels[700:720, 700:720] = 80  # a stain that is none
    alarms = [Place(0, (700, 700, 720, 720), 0)]
    inputs, kinds = sampler([frame], 100, alarms, share=0.99)[0]
    shown = (inputs[:, 0] > 0.5).any(2).any(1)[kinds == 0]
    assert 0.35 < shown.float().mean() < 0.7


@pytest.mark.parametrize(("side", "scale"), [(1, 0), (64, 0), (65, 1), (128, 1), (129, 2), (512, 3), (3000, 3)])
def test_a_window_that_is_too_small_is_doubled(side: int, scale: int) -> None:
    assert fitting_scale((10, 10, 10 + side, 20)) == scale
    assert fitting_scale((10, 10, 20, 10 + side)) == scale
