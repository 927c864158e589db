import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage
from torchmetrics.classification import BinaryF1Score, BinaryJaccardIndex, BinaryPrecision, BinaryRecall

from inspector.dataset import IGNORE
from inspector.metrics.pixels import TOLERANCES, count_pixels, mean_iou, pool

masks = arrays.arrays(np.uint8, (17, 23), elements=st.sampled_from([0, 0, 0, 0, 1, 2, IGNORE])).filter(
    lambda mask: (mask != IGNORE).any()
)
sparse = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).choice(np.array([0, 1, 3], np.uint8), (17, 23), p=[0.97, 0.02, 0.01])
)


def test_a_line_found_one_pixel_beside_is_wrong_strictly_and_right_within_two() -> None:
    truth, predicted = np.zeros((10, 20), np.uint8), np.zeros((10, 20), np.uint8)
    truth[4, 2:12] = 1
    predicted[5, 2:12] = 2
    predicted[9, 19] = 1
    counts = count_pixels(truth, predicted)
    assert (counts.defect, counts.predicted) == (10, 11)
    assert counts.score(0) == (0, 0)
    assert np.isnan(counts.score(0).f1)
    assert counts.score(2) == (10 / 11, 1)
    assert counts.score(2).f1 == pytest.approx(20 / 21)
    assert counts.iou == 0


def test_a_tolerance_is_a_circle() -> None:
    truth, predicted = np.zeros((30, 30), np.uint8), np.zeros((30, 30), np.uint8)
    truth[15, 15] = 1
    for dy, dx in ((3, 4), (0, 5), (4, 4), (1, 2), (0, 2)):
        predicted[15 + dy, 15 + dx] = 1
    assert count_pixels(truth, predicted).confirmed == (0, 1, 4)


def test_ignored_pixels_count_on_neither_side() -> None:
    truth = np.array([[1, 1, IGNORE, IGNORE, 0, 0]], np.uint8)
    predicted = np.array([[1, 0, 1, 1, 1, 0]], np.uint8)
    counts = count_pixels(truth, predicted)
    assert (counts.defect, counts.predicted, counts.found[0], counts.iou) == (2, 2, 1, 1 / 3)


@settings(deadline=None, max_examples=60)
@given(sparse | masks, sparse | masks)
def test_distances_are_those_of_scipy(truth: np.ndarray, predicted: np.ndarray) -> None:
    counts = count_pixels(truth, predicted)
    defect, claimed = (truth > 0) & (truth != IGNORE), (predicted > 0) & (truth != IGNORE)

    def near(mask: np.ndarray, reach: int) -> np.ndarray:
        return ndimage.distance_transform_edt(~mask) <= reach if mask.any() else mask

    assert counts.confirmed == tuple((claimed & near(defect, reach)).sum() for reach in TOLERANCES)
    assert counts.found == tuple((defect & near(claimed, reach)).sum() for reach in TOLERANCES)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(masks, masks), min_size=1, max_size=3))
def test_strict_figures_are_those_of_torchmetrics(pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
    counts = [count_pixels(truth, predicted) for truth, predicted in pairs]
    pooled = pool(counts)
    known = [(truth[truth != IGNORE], predicted[truth != IGNORE]) for truth, predicted in pairs]
    truth = torch.from_numpy(np.concatenate([t > 0 for t, _ in known]).astype(np.int64))
    claimed = torch.from_numpy(np.concatenate([p > 0 for _, p in known]).astype(np.int64))
    score = pooled.score(0)
    for ours, metric in (
        (score.precision, BinaryPrecision()),
        (score.recall, BinaryRecall()),
        (score.f1, BinaryF1Score()),
        (pooled.iou, BinaryJaccardIndex()),
    ):
        assert np.nan_to_num(ours) == pytest.approx(float(metric(claimed, truth)), abs=1e-6)
    ious = [
        float(BinaryJaccardIndex()(torch.from_numpy((p > 0) * 1), torch.from_numpy((t > 0) * 1)))
        for t, p in known
        if (t > 0).any()
    ]
    assert mean_iou(counts) == pytest.approx(np.mean(ious) if ious else np.nan, abs=1e-6, nan_ok=True)


def test_of_nothing_there_is_no_figure() -> None:
    counts = count_pixels(np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint8))
    assert np.isnan([*counts.score(5), counts.score(5).f1, counts.iou, mean_iou([counts]), pool([]).iou]).all()
