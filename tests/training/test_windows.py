import numpy as np
import pytest

from inspector.dataset import IGNORE
from inspector.networks.input import InputScale
from inspector.stages.classification import fitting_scale
from training.patches import Annotated
from training.windows import Place, WindowSampler, defect_places, false_alarm_places

BRIGHT = {1: 120, 2: 200}
"""Grey value of each class on a dark surface."""


def make_frame(shape: tuple[int, ...] = (300, 400, 1), kinds: tuple[int, ...] = (1, 2), size: int = 20) -> Annotated:
    pixels, mask = np.full(shape, 10, np.uint8), np.zeros(shape[:2], np.uint8)
    for k, kind in enumerate(kinds):
        at = (slice(30, 30 + size), slice(30 + 100 * k, 30 + 100 * k + size))
        pixels[at], mask[at] = BRIGHT[kind], kind
    return Annotated(pixels, mask, InputScale(0.0, 1.0))


def sampler(frames: list[Annotated], false_alarms: list[Place] | None = None, share: float = 0.4, seed: int = 0):
    return WindowSampler(frames, defect_places(frames), false_alarms or [], np.random.default_rng(seed), share)


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
    inputs, kinds = sampler([make_frame(shape)]).batch(80)
    assert inputs.shape == (80, shape[2], 64, 64)
    assert inputs.dtype == np.float32
    for window, kind in zip(inputs, kinds, strict=True):
        middle = np.median(window[window > 70]) if (window > 70).sum() > 20 else 0
        assert abs(middle - BRIGHT.get(kind, 0)) < 0.45 * BRIGHT.get(kind, 40)


def test_the_kinds_come_equally_often_and_background_by_its_share() -> None:
    frames = [make_frame(kinds=(1,)) for _ in range(9)] + [make_frame(kinds=(2,))]
    counts = np.bincount(sampler(frames).batch(300)[1], minlength=3) / 300
    assert counts == pytest.approx([0.4, 0.3, 0.3], abs=0.09)


def test_the_same_seed_draws_the_same() -> None:
    first, again, other = (sampler([make_frame()], seed=seed).batch(8) for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert first[1] == again[1]
    assert not np.array_equal(first[0], other[0])


def test_half_of_the_background_is_false_alarms() -> None:
    frame = make_frame((900, 900, 1), kinds=(1,))
    frame.pixels[700:720, 700:720] = 80  # a stain that is none
    alarms = [Place(0, (700, 700, 720, 720), 0)]
    inputs, kinds = sampler([frame], alarms, share=0.99).batch(100)
    shown = (inputs > 50).any((1, 2, 3))[np.array(kinds) == 0]
    assert 0.35 < shown.mean() < 0.7


@pytest.mark.parametrize(("side", "scale"), [(1, 0), (64, 0), (65, 1), (128, 1), (129, 2), (512, 3), (3000, 3)])
def test_a_window_that_is_too_small_is_doubled(side: int, scale: int) -> None:
    assert fitting_scale((10, 10, 10 + side, 20)) == scale
    assert fitting_scale((10, 10, 20, 10 + side)) == scale
