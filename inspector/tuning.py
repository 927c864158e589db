"""T swept over cached severity maps against ground truth (paper, Figs. 16 and 17)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inspector.dataset import IGNORE, defect_pixels
from inspector.stages.filtering import pixel_levels
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Levels, Pixels

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ThresholdSweep:
    """What each T gives; all arrays (255,), one value for each stored level from 1 on.

    Attributes
    ----------
    thresholds : severities
    mean_iou : mean over the defective frames of the pixel IoU
    precision, recall, f1 : of the pixels of all frames, pooled
    defective, frames : number of frames with a defect, and of all
    """

    thresholds: Curve
    mean_iou: Curve
    precision: Curve
    recall: Curve
    f1: Curve
    defective: int
    frames: int

    @property
    def best_threshold(self) -> float:
        """The middle of the stretch of T whose mean IoU is within 1 % of the best, to two decimals."""
        plateau = self.plateau
        return round((plateau[0] + plateau[1]) / 2, 2)

    @property
    def plateau(self) -> tuple[float, float]:
        """First and last T around the best one that lose less than 1 % of its mean IoU."""
        best = int(self.mean_iou.argmax())
        good = self.mean_iou >= 0.99 * self.mean_iou[best]
        first = best - int(np.argmin(good[best::-1])) + 1 if not good[: best + 1].all() else 0
        last = best + int(np.argmin(good[best:])) - 1 if not good[best:].all() else len(good) - 1
        return float(self.thresholds[first]), float(self.thresholds[last])


def sweep_thresholds(maps: Iterable[tuple[Levels, int, Pixels]]) -> ThresholdSweep:
    """Score every T at once, from two histograms a frame.

    Parameters
    ----------
    maps : iterable of (levels, cell, truth)
        8-bit severity map, side of its cells in px, class ids (H, W) with 255 = ignore.

    Notes
    -----
    The mask at T is the interpolated map at or above T; size filter and classifier are left out.
    """
    bins = LEVEL_MAX + 1
    ious, hits, predictions, defect_px, frames = [], np.zeros(bins), np.zeros(bins), 0.0, 0
    for levels, cell, truth in maps:
        fine = pixel_levels(levels, cell, truth.shape)
        defect = defect_pixels(truth)
        hit = _at_or_above(np.bincount(fine[defect], minlength=bins))
        predicted = _at_or_above(np.bincount(fine[truth != IGNORE], minlength=bins))
        if defect.any():
            ious.append(hit / (predicted + defect.sum() - hit))
        hits, predictions = hits + hit, predictions + predicted
        defect_px += float(defect.sum())
        frames += 1
    thresholds = np.arange(1, bins) * SEVERITY_MAX / LEVEL_MAX
    precision = hits[1:] / np.maximum(predictions[1:], 1)
    recall = hits[1:] / max(defect_px, 1)
    f1 = 2 * hits[1:] / np.maximum(predictions[1:] + defect_px, 1)
    mean_iou = np.mean(ious, axis=0)[1:] if ious else np.zeros(LEVEL_MAX)
    return ThresholdSweep(thresholds, mean_iou, precision, recall, f1, len(ious), frames)


def _at_or_above(histogram: npt.NDArray[np.intp]) -> Curve:
    """How many values are at or above each level."""
    return histogram[::-1].cumsum()[::-1].astype(np.float64)
