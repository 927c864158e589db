import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.measure import label, regionprops

from inspector.dataset import IGNORE
from inspector.metrics.objects import (
    MIN_OBJECT_PX,
    FrameObjects,
    ObjectMatch,
    confusion_matrix,
    count_objects,
    count_touched,
    match_objects,
    mean_excess_iou,
)


def blobs(seed: int, shape: tuple[int, int] = (40, 50)) -> np.ndarray:
    """Random areas of classes 1 to 3, some of which touch."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=shape), rng.uniform(0.8, 3))
    kinds = ndimage.zoom(rng.integers(1, 4, (4, 5)), 10, order=0)
    return np.where(noise > np.quantile(noise, rng.uniform(0.6, 1)), kinds, 0).astype(np.uint8)


def test_two_defects_found_by_hand() -> None:
    truth, predicted = np.zeros((20, 40), np.uint8), np.zeros((20, 40), np.uint8)
    truth[2:6, 2:10] = 1  # 32 px
    predicted[2:6, 4:12] = 1  # 24 of them: IoU 24 / 40
    truth[10:18, 20:28] = 2  # 64 px
    predicted[10:18, 20:30] = 3  # all of them: IoU 64 / 80, another kind
    predicted[0:2, 30:34] = 1  # 8 px: no detection
    predicted[16:19, 35:38] = 1  # 9 px: a false alarm
    truth[0, 39] = 1  # no defect
    frame = match_objects(truth, predicted)
    assert frame == FrameObjects((ObjectMatch(1, 2, 1, 0.6), ObjectMatch(2, 3, 3, 0.8)), 3)
    counts = count_objects([frame], 0.5)
    assert (counts.objects, counts.detections, counts.found, counts.right_kind) == (2, 3, 2, 1)
    assert (counts.score, counts.score_with_kind, counts.kind_accuracy) == ((2 / 3, 1), (1 / 3, 1 / 2), 1 / 2)
    assert count_objects([frame], 0.6).found == 1  # the IoU must exceed the threshold
    assert mean_excess_iou([frame]) == pytest.approx(2 * (0.1 + 0.3) / 2)
    assert confusion_matrix([frame], 4).tolist() == [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_a_detection_finds_one_of_two_defects() -> None:
    truth, predicted = np.zeros((10, 30), np.uint8), np.ones((10, 30), np.uint8)
    truth[:, :14] = truth[:, 16:] = 1
    frame = match_objects(truth, predicted)
    assert [match.detection for match in frame.matches] == [1, 1]
    assert (count_objects([frame], 0.4).found, count_touched([frame])) == (1, 2)
    assert count_objects([frame, frame], 0.4).found == 2  # of two frames, the detection is another


def test_a_missed_defect_is_of_kind_0() -> None:
    truth = np.zeros((10, 10), np.uint8)
    truth[3:6, 3:6] = 2
    frame = match_objects(truth, np.zeros_like(truth))
    assert frame.matches == (ObjectMatch(2, 0, 0, 0.0),)
    assert confusion_matrix([frame], 3)[2].tolist() == [1, 0, 0]
    assert count_objects([frame], 0).found == 0


def test_ignored_pixels_are_part_of_nothing() -> None:
    truth, predicted = np.zeros((12, 12), np.uint8), np.zeros((12, 12), np.uint8)
    truth[2:8, 2:8] = 1
    truth[2:8, 5:8] = IGNORE
    predicted[2:8, 2:8] = 1
    (match,) = match_objects(truth, predicted).matches
    assert match.iou == 1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.booleans(), st.floats(0, 0.95))
def test_figures_are_those_of_objects_compared_one_by_one(seed: int, other: int, alike: bool, iou: float) -> None:
    truth = blobs(seed)
    predicted = np.roll(truth, 1, axis=1) if alike else blobs(other)
    defects, detections = label(truth > 0, connectivity=2), label(predicted > 0, connectivity=2)
    kept = [d.label for d in regionprops(defects) if d.area >= MIN_OBJECT_PX]
    ious = []
    for number in kept:
        mask = defects == number
        overlaps = [
            ((detections == n) & mask).sum() / ((detections == n) | mask).sum() for n in np.unique(detections)[1:]
        ]
        ious.append(max(overlaps, default=0))
    frame = match_objects(truth, predicted)
    assert sorted(match.iou for match in frame.matches) == pytest.approx(sorted(ious))
    assert frame.detections == sum(d.area >= MIN_OBJECT_PX for d in regionprops(detections))
    assert mean_excess_iou([frame]) == pytest.approx(
        2 * np.mean(np.clip(np.array(ious) - 0.5, 0, None)) if ious else np.nan, nan_ok=True
    )
    counts = count_objects([frame], iou)
    good = sum(value > iou for value in ious)
    assert counts.found <= good
    assert counts.found == good or iou < 0.5  # above that no two defects share a detection
    assert confusion_matrix([frame], 4).sum() == counts.objects == len(kept)
    for match in frame.matches:
        if match.detection:
            kinds = np.bincount(predicted[ndimage.label(predicted > 0, np.ones((3, 3)))[0] == match.detection])
            assert kinds[match.detected_kind] == kinds.max()


def test_of_no_objects_there_is_no_figure() -> None:
    counts = count_objects([match_objects(np.zeros((5, 5), np.uint8), np.zeros((5, 5), np.uint8))], 0.5)
    assert np.isnan([*counts.score, *counts.score_with_kind, counts.kind_accuracy, mean_excess_iou([])]).all()
