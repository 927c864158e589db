"""Which of the regions that the detector finds are to count, chosen on val: by the classifier's word and by size.

The paper trusts the classifier's vote for background (Table 7). One that has seen few parts may be wrong in it more
often than the detector is, so how sure it must be is chosen too.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from inspector.dataset import IGNORE, defect_pixels
from inspector.metrics.objects import MIN_OBJECT_PX
from inspector.stages.classification import poll
from inspector.stages.components import Shape
from inspector.types import Pixels, WindowKinds

NEVER = 1.01
"""A veto that no probability reaches."""

VETOES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, NEVER)
AREAS = (0, 4, 9, 16, 25, 36, 49, 64, 81, 100, 144, 196, 256, 324, 400)
"""What is tried: mean probabilities of background, and minimum areas in px2."""

MIN_IOU = 0.5
"""Overlap from which on a region outlines an object."""

TOLERATED = 0.01
"""Share of the mean IoU and of the pixel F1 that the size filter may cost."""


class Found(NamedTuple):
    """A region of a val frame.

    Attributes
    ----------
    background : float
        Mean background probability of its windows.
    outvoted : bool
        Whether the windows' vote is background.
    area_px, known_px, hit_px : int
        Its pixels, those of them that are not ignored, and those that are annotated as defect.
    outlines : bool
        Whether it overlaps an annotated object by an IoU above 0.5.
    """

    background: float
    outvoted: bool
    area_px: int
    known_px: int
    hit_px: int
    outlines: bool


class FoundInFrame(NamedTuple):
    """The regions of a val frame, and how many defect pixels and objects its annotation has."""

    regions: Sequence[Found]
    defect_px: int
    objects: int


class Merit(NamedTuple):
    """What is left after sifting.

    Attributes
    ----------
    frames : int
        Defective frames that are hit.
    f1, mean_iou, object_f1 : float
        Of the pixels of all frames; of the defective frames; of all objects at an IoU of 0.5.
    """

    frames: int
    f1: float
    mean_iou: float
    object_f1: float

    @property
    def worth(self) -> float:
        """Large defects decide the first, small ones the second, and stray regions the third: all three count."""
        return self.f1 + self.mean_iou + self.object_f1


def find_in_frame(shapes: Sequence[Shape], truth: Pixels, kinds: WindowKinds) -> FoundInFrame:
    """What the classifier says of the regions of a frame; `truth` holds class ids (H, W), 255 = ignore."""
    defect = defect_pixels(truth)
    _, objects, stats, _ = cv2.connectedComponentsWithStats(defect.astype(np.uint8), connectivity=8)
    counted = 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] >= MIN_OBJECT_PX)
    sizes = stats[counted, cv2.CC_STAT_AREA]
    ballot = poll(shapes, (truth.shape[0], truth.shape[1]), kinds)
    found = []
    for shape, background, winner in zip(shapes, ballot.means[:, 0], ballot.ranking[:, 0], strict=True):
        top, left, bottom, right = shape.box
        inside = truth[top:bottom, left:right][shape.mask]
        known = int(np.count_nonzero(inside != IGNORE))
        common = np.bincount(objects[top:bottom, left:right][shape.mask], minlength=len(stats))[counted]
        found.append(
            Found(
                background=float(background),
                outvoted=bool(winner == 0),
                area_px=shape.area_px,
                known_px=known,
                hit_px=int(np.count_nonzero(defect_pixels(inside))),
                outlines=bool((common > MIN_IOU * (known + sizes - common)).any()),
            )
        )
    return FoundInFrame(found, int(np.count_nonzero(defect)), len(counted))


def choose_veto(frames: Sequence[FoundInFrame]) -> float:
    """The veto of most worth; of equal ones the lowest, which trusts the vote most."""

    def worth(veto: float) -> tuple[float, float]:
        merit = weigh(frames, lambda region: not _vetoed(region, veto))
        return round(merit.worth, 6), -veto

    return max(VETOES, key=worth)


def choose_min_area(frames: Sequence[FoundInFrame], veto: float) -> int:
    """The size filter, in px2, of most worth that misses no defective frame and costs next to no pixels for it.

    Of equal ones the largest.
    """

    def merit_of(least: int) -> Merit:
        return weigh(frames, lambda region: region.area_px >= least and not _vetoed(region, veto))

    unfiltered = merit_of(0)

    def fit(least: int) -> bool:
        merit = merit_of(least)
        return (
            merit.frames == unfiltered.frames
            and merit.f1 >= (1 - TOLERATED) * unfiltered.f1
            and merit.mean_iou >= (1 - TOLERATED) * unfiltered.mean_iou
        )

    return max(filter(fit, AREAS), key=lambda least: (round(merit_of(least).worth, 6), least))


def _vetoed(region: Found, veto: float) -> bool:
    return region.outvoted and region.background >= veto


def weigh(frames: Sequence[FoundInFrame], counts: Callable[[Found], bool]) -> Merit:
    """The merit of those regions that count."""
    kept = [[region for region in frame.regions if counts(region)] for frame in frames]
    hit = np.array([sum(region.hit_px for region in regions) for regions in kept], float)
    area = np.array([sum(region.known_px for region in regions) for regions in kept], float)
    defect = np.array([frame.defect_px for frame in frames], float)
    defective = defect > 0
    iou = hit[defective] / (area + defect - hit)[defective]
    f1 = 2 * hit.sum() / max(area.sum() + defect.sum(), 1)
    outlined = sum(region.outlines for regions in kept for region in regions)
    detections = sum(region.known_px >= MIN_OBJECT_PX for regions in kept for region in regions)
    object_f1 = 2 * outlined / max(detections + sum(frame.objects for frame in frames), 1)
    found = int((hit[defective] > 0).sum())
    return Merit(found, float(f1), float(iou.mean()) if len(iou) else 0.0, object_f1)
