"""Which of the regions that the detector finds are to count, chosen on val: by the classifier's word and by size.

The paper trusts the classifier's vote for background (Table 7). One that has seen few parts may be wrong in it more
often than the detector is, so how sure it must be is chosen too.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from inspector.dataset import IGNORE, defect_pixels
from inspector.stages.classification import rank_classes, region_windows
from inspector.stages.components import Shape
from inspector.types import Pixels, WindowKinds

NEVER = 1.01
"""A veto that no probability reaches."""

VETOES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, NEVER)
AREAS = (0, 4, 9, 16, 25, 36, 49, 64, 81, 100, 144, 196, 256, 324, 400)
"""What is tried: mean probabilities of background, and minimum areas in px2."""

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
    """

    background: float
    outvoted: bool
    area_px: int
    known_px: int
    hit_px: int


class FoundInFrame(NamedTuple):
    """The regions of a val frame, and how many defect pixels its annotation has."""

    regions: Sequence[Found]
    defect_px: int


class Merit(NamedTuple):
    """What is left after sifting: defective frames that are hit, pixel F1 of all frames, mean IoU of defective ones."""

    frames: int
    f1: float
    mean_iou: float


def find_in_frame(shapes: Sequence[Shape], truth: Pixels, kinds: WindowKinds) -> FoundInFrame:
    """What the classifier says of the regions of a frame; `truth` holds class ids (H, W), 255 = ignore."""
    found = []
    for shape in shapes:
        top, left, bottom, right = shape.box
        inside = truth[top:bottom, left:right][shape.mask]
        probabilities = kinds.probabilities(region_windows(shape, (truth.shape[0], truth.shape[1])))
        found.append(
            Found(
                background=float(probabilities[:, 0].mean()),
                outvoted=rank_classes(probabilities)[0] == 0,
                area_px=shape.area_px,
                known_px=int(np.count_nonzero(inside != IGNORE)),
                hit_px=int(np.count_nonzero(defect_pixels(inside))),
            )
        )
    return FoundInFrame(found, int(np.count_nonzero(defect_pixels(truth))))


def choose_veto(frames: Sequence[FoundInFrame]) -> float:
    """The veto with the best sum of pixel F1 and mean IoU: large defects decide the one, small ones the other.

    Of equal ones the lowest, which trusts the vote most.
    """

    def worth(veto: float) -> tuple[float, float]:
        merit = _merit(frames, lambda region: not _vetoed(region, veto))
        return round(merit.f1 + merit.mean_iou, 6), -veto

    return max(VETOES, key=worth)


def choose_min_area(frames: Sequence[FoundInFrame], veto: float) -> int:
    """The largest size filter, in px2, that misses no defective frame for it and costs next to nothing."""

    def merit_of(least: int) -> Merit:
        return _merit(frames, lambda region: region.area_px >= least and not _vetoed(region, veto))

    unfiltered = merit_of(0)

    def fit(least: int) -> bool:
        merit = merit_of(least)
        return (
            merit.frames == unfiltered.frames
            and merit.f1 >= (1 - TOLERATED) * unfiltered.f1
            and merit.mean_iou >= (1 - TOLERATED) * unfiltered.mean_iou
        )

    return max(filter(fit, AREAS))


def _vetoed(region: Found, veto: float) -> bool:
    return region.outvoted and region.background >= veto


def _merit(frames: Sequence[FoundInFrame], counts: Callable[[Found], bool]) -> Merit:
    kept = [[region for region in frame.regions if counts(region)] for frame in frames]
    hit = np.array([sum(region.hit_px for region in regions) for regions in kept], float)
    area = np.array([sum(region.known_px for region in regions) for regions in kept], float)
    defect = np.array([frame.defect_px for frame in frames], float)
    defective = defect > 0
    iou = hit[defective] / (area + defect - hit)[defective]
    f1 = 2 * hit.sum() / max(area.sum() + defect.sum(), 1)
    return Merit(int((hit[defective] > 0).sum()), float(f1), float(iou.mean()) if len(iou) else 0.0)
