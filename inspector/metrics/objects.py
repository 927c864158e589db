"""Defects as objects: found or not at an IoU threshold, with the right kind or not (paper, section IV)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from inspector.dataset import IGNORE
from inspector.metrics.score import Score, ratio
from inspector.types import Pixels

MIN_OBJECT_PX = 9
"""Smaller components, of the truth or of the prediction, count neither as defect nor as detection."""

_TOUCHING = np.ones((3, 3), np.uint8)
"""Pixels that share a side or a corner are of one object."""


@dataclass(frozen=True)
class ObjectMatch:
    """A defect of the truth and the detection that fits it best.

    Attributes
    ----------
    kind : int
        Class id that most of its pixels have.
    detection : int
        Number of the detection in its frame, from 1; 0 where none touches the defect.
    detected_kind : int
        Class id of most pixels of the detection; 0 where there is none.
    iou : float
    """

    kind: int
    detection: int
    detected_kind: int
    iou: float


@dataclass(frozen=True)
class FrameObjects:
    """The defects of a frame, each with its best detection, and the number of detections."""

    matches: tuple[ObjectMatch, ...]
    detections: int


def match_objects(truth: Pixels, predicted: Pixels) -> FrameObjects:
    """Find the best detection of every defect of a frame.

    Parameters
    ----------
    truth, predicted : uint8 (H, W)
        Class ids, 0 background; 255 in the truth is ignored on both sides. Objects are 8-connected components.
    """
    known = truth != IGNORE
    truth, predicted = np.where(known, truth, 0), np.where(known, predicted, 0)
    defects, count = ndimage.label(truth > 0, _TOUCHING)
    detections, _ = ndimage.label(predicted > 0, _TOUCHING)
    defect_px, detection_px = np.bincount(defects.ravel()), np.bincount(detections.ravel())
    both = (defects > 0) & (detections > 0)
    pairs, shared = np.unique(np.stack([defects[both], detections[both]]), axis=1, return_counts=True)
    best: dict[int, tuple[float, int]] = {}
    for defect, detection, px in zip(pairs[0].tolist(), pairs[1].tolist(), shared.tolist(), strict=True):
        iou = px / (defect_px[defect] + detection_px[detection] - px)
        if iou > best.get(defect, (0.0, 0))[0]:
            best[defect] = (float(iou), detection)
    kinds, detected_kinds = _kinds(truth, defects), _kinds(predicted, detections)
    matches = []
    for defect in range(1, count + 1):
        if defect_px[defect] >= MIN_OBJECT_PX:
            iou, detection = best.get(defect, (0.0, 0))
            detected_kind = detected_kinds[detection - 1] if detection else 0
            matches.append(ObjectMatch(kinds[defect - 1], detection, detected_kind, iou))
    return FrameObjects(tuple(matches), int(np.count_nonzero(detection_px[1:] >= MIN_OBJECT_PX)))


def _kinds(classes: Pixels, labels: npt.NDArray[np.integer]) -> list[int]:
    """The class id that most pixels of each object have; of equally many the lower."""
    return [
        int(np.bincount(classes[box][labels[box] == number]).argmax())
        for number, box in enumerate(ndimage.find_objects(labels), start=1)
    ]


@dataclass(frozen=True)
class ObjectCounts:
    """How many objects there are and were found at an IoU threshold.

    Attributes
    ----------
    objects, detections : int
    found : int
        Objects whose best detection exceeds the threshold; a detection counts for one object alone.
    right_kind : int
        Those of them whose detection has their kind.
    """

    objects: int
    detections: int
    found: int
    right_kind: int

    @property
    def score(self) -> Score:
        """Whatever the kind."""
        return Score(ratio(self.found, self.detections), ratio(self.found, self.objects))

    @property
    def score_with_kind(self) -> Score:
        """A detection of the wrong kind counts as none."""
        return Score(ratio(self.right_kind, self.detections), ratio(self.right_kind, self.objects))

    @property
    def kind_accuracy(self) -> float:
        """Share of those found that have the right kind."""
        return ratio(self.right_kind, self.found)


def count_objects(frames: Iterable[FrameObjects], iou: float) -> ObjectCounts:
    """Count over frames at an IoU threshold (paper, Figs. 9 and 13)."""
    objects = detections = found = right = 0
    for frame in frames:
        objects += len(frame.matches)
        detections += frame.detections
        used = set[int]()
        for match in frame.matches:
            if match.iou > iou and match.detection not in used:
                used.add(match.detection)
                found += 1
                right += match.kind == match.detected_kind
    return ObjectCounts(objects, detections, found, right)


def count_touched(frames: Iterable[FrameObjects]) -> int:
    """Objects that share at least a pixel with a detection."""
    return sum(match.detection > 0 for frame in frames for match in frame.matches)


def mean_excess_iou(frames: Iterable[FrameObjects]) -> float:
    """AR of the paper's Eq. 3: (2 / n) sum max(IoU - 0.5, 0) over the n objects; nan without any."""
    ious = [match.iou for frame in frames for match in frame.matches]
    return ratio(2 * sum(max(iou - 0.5, 0) for iou in ious), len(ious))


def confusion_matrix(frames: Sequence[FrameObjects], classes: int) -> npt.NDArray[np.int64]:
    """Objects by kind and by kind of their best detection, int64 (classes, classes); column 0 is "missed".

    The detection counts however small its IoU is (paper, Table 6).
    """
    matrix = np.zeros((classes, classes), np.int64)
    for match in (match for frame in frames for match in frame.matches):
        matrix[match.kind, match.detected_kind] += 1
    return matrix
