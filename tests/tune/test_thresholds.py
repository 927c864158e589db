import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torchmetrics.classification import BinaryF1Score, BinaryJaccardIndex, BinaryPrecision, BinaryRecall

from inspector.dataset import IGNORE
from inspector.stages.filtering import defect_cells, pixel_levels
from inspector.tune.thresholds import ThresholdSweep, sweep_thresholds
from inspector.types import Levels, Pixels

Case = tuple[Levels, int, Pixels]


def random_maps(seed: int, count: int = 4) -> list[Case]:
    """Blurred truths with noise, one frame without a defect, some pixels ignored."""
    rng, maps = np.random.default_rng(seed), []
    for number in range(count):
        cell, shape = (4, 2, 1)[number % 3], (37 + number, 50)
        truth = np.zeros(shape, np.uint8)
        if number != 1:
            top, left = rng.integers(0, 25, 2)
            truth[top : top + rng.integers(3, 14), left : left + rng.integers(3, 20)] = 1 + number
        severity = ndimage.gaussian_filter(200.0 * (truth > 0), 2)[cell // 2 :: cell, cell // 2 :: cell]
        grid = np.zeros((-(-shape[0] // cell), -(-shape[1] // cell)))
        grid[: severity.shape[0], : severity.shape[1]] = severity
        truth[-5:, :9] = IGNORE
        maps.append((np.clip(grid + rng.normal(10, 20, grid.shape), 0, 255).astype(np.uint8), cell, truth))
    return maps


def predicted(case: Case, threshold: float) -> np.ndarray:
    levels, cell, truth = case
    return defect_cells(pixel_levels(levels, cell, truth.shape), threshold)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000), st.integers(0, 254))
def test_the_sweep_is_what_each_t_gives(seed: int, index: int) -> None:
    maps = random_maps(seed)
    sweep = sweep_thresholds(maps)
    threshold = sweep.thresholds[index]
    masks = [(predicted(case, threshold), case[2]) for case in maps]
    ious = [
        ((mask & (t > 0) & (t < IGNORE)).sum()) / ((mask | (t > 0)) & (t < IGNORE)).sum()
        for mask, t in masks
        if ((t > 0) & (t < IGNORE)).any()
    ]
    assert sweep.mean_iou[index] == pytest.approx(np.mean(ious))
    assert (sweep.frames, sweep.defective) == (4, len(ious)) == (4, 3)


@pytest.mark.parametrize("index", [0, 60, 115, 180, 240])
def test_the_figures_are_those_of_torchmetrics(index: int) -> None:
    maps = random_maps(7)
    sweep = sweep_thresholds(maps)
    metrics = {"precision": BinaryPrecision(), "recall": BinaryRecall(), "f1": BinaryF1Score()}
    ious = []
    for case in maps:
        known = case[2] != IGNORE
        mask = torch.from_numpy(predicted(case, sweep.thresholds[index])[known].astype(np.int64))
        truth = torch.from_numpy((case[2][known] > 0).astype(np.int64))
        for metric in metrics.values():
            metric.update(mask, truth)
        if truth.any():
            ious.append(float(BinaryJaccardIndex()(mask, truth)))
    for name, metric in metrics.items():
        assert getattr(sweep, name)[index] == pytest.approx(float(metric.compute()), abs=1e-6)
    assert sweep.mean_iou[index] == pytest.approx(np.mean(ious), abs=1e-6)


def sweep_with(mean_iou: dict[int, float]) -> ThresholdSweep:
    """A sweep of which only some levels have a mean IoU."""
    curve = np.zeros(255)
    for level, value in mean_iou.items():
        curve[level - 1] = value
    return ThresholdSweep(np.arange(1, 256) * 12 / 255, curve, curve, curve, curve, 1, 1)


@pytest.mark.parametrize(
    ("curve", "first", "last"),
    [
        ({80: 0.5}, 80, 80),
        ({80: 0.499, 81: 0.5, 82: 0.497, 83: 0.496, 84: 0.494}, 80, 83),
        ({1: 0.5, 2: 0.5, 3: 0.1}, 1, 2),
        ({254: 0.5, 255: 0.5}, 254, 255),
        ({50: 0.499, 51: 0.2, 90: 0.5, 91: 0.499}, 90, 91),
        (dict.fromkeys(range(1, 256), 0.3), 1, 255),
    ],
)
def test_the_plateau_is_the_stretch_around_the_best(curve: dict[int, float], first: int, last: int) -> None:
    sweep = sweep_with(curve)
    assert sweep.plateau == pytest.approx((first * 12 / 255, last * 12 / 255))
    assert sweep.best_threshold == pytest.approx((first + last) / 2 * 12 / 255, abs=0.006)


def test_frames_without_defects_give_no_mean() -> None:
    sweep = sweep_thresholds([(np.full((4, 4), 100, np.uint8), 4, np.zeros((16, 16), np.uint8))])
    assert (sweep.defective, sweep.frames) == (0, 1)
    for curve in (sweep.mean_iou, sweep.precision, sweep.recall, sweep.f1):
        assert not curve.any()
