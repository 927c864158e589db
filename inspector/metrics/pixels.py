"""Pixels: precision, recall and F1, strict and with a tolerance, and IoU (paper, section IV)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.dataset import IGNORE, defect_pixels
from inspector.metrics.score import Score, ratio
from inspector.types import Mask, Pixels

TOLERANCES = (0, 2, 5)
"""Px that an outline may be off: drawn crack outlines are 1 to 3 px off themselves. 0 is strict."""


@dataclass(frozen=True)
class PixelCounts:
    """Counts of one frame, or summed over several; ignored pixels are in none of them.

    Attributes
    ----------
    defect, predicted : int
        Pixels of the truth and of the prediction.
    confirmed : tuple of int
        Predicted pixels within each of `TOLERANCES` of a defect pixel.
    found : tuple of int
        Defect pixels within each of `TOLERANCES` of a predicted pixel.
    """

    defect: int
    predicted: int
    confirmed: tuple[int, ...]
    found: tuple[int, ...]

    @property
    def iou(self) -> float:
        """Intersection over union; nan where neither truth nor prediction has a pixel."""
        return ratio(self.found[0], self.defect + self.predicted - self.found[0])

    def score(self, tolerance: int) -> Score:
        """Precision and recall within a tolerance, one of `TOLERANCES`."""
        index = TOLERANCES.index(tolerance)
        return Score(ratio(self.confirmed[index], self.predicted), ratio(self.found[index], self.defect))


def count_pixels(truth: Pixels, predicted: Pixels) -> PixelCounts:
    """Compare two masks.

    Parameters
    ----------
    truth, predicted : uint8 (H, W)
        Class ids, 0 background; 255 in the truth is ignored on both sides.
    """
    defect, claimed = defect_pixels(truth), (predicted > 0) & (truth != IGNORE)
    return PixelCounts(
        defect=int(np.count_nonzero(defect)),
        predicted=int(np.count_nonzero(claimed)),
        confirmed=tuple(int(np.count_nonzero(claimed & grow(defect, reach))) for reach in TOLERANCES),
        found=tuple(int(np.count_nonzero(defect & grow(claimed, reach))) for reach in TOLERANCES),
    )


def grow(mask: Mask, reach: int) -> Mask:
    """All pixels whose centre is at most `reach` px, in a straight line, from one of the mask."""
    if reach == 0:
        return mask
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    grown: Mask = cv2.dilate(mask.astype(np.uint8), (y**2 + x**2 <= reach**2).astype(np.uint8)).astype(bool)
    return grown


def pool(counts: Iterable[PixelCounts]) -> PixelCounts:
    """The counts of several frames as if they were one."""
    listed = list(counts)
    return PixelCounts(
        defect=sum(c.defect for c in listed),
        predicted=sum(c.predicted for c in listed),
        confirmed=tuple(sum(c.confirmed[i] for c in listed) for i in range(len(TOLERANCES))),
        found=tuple(sum(c.found[i] for c in listed) for i in range(len(TOLERANCES))),
    )


def mean_iou(counts: Sequence[PixelCounts]) -> float:
    """Mean of the IoU over the frames that have a defect; nan without such a frame."""
    ious = [c.iou for c in counts if c.defect]
    return ratio(sum(ious), len(ious))
