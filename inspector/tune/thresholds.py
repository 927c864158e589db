"""Every T scored at once against truth, from the maps alone (paper, Figs. 16 and 17)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inspector.dataset import IGNORE, defect_pixels
from inspector.stages.filtering import pixel_levels
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Levels, Pixels, threshold_level

Curve = npt.NDArray[np.float64]
"""float64 (255,): a value for each T of `THRESHOLDS`."""

THRESHOLDS: Curve = np.arange(1, LEVEL_MAX + 1) * SEVERITY_MAX / LEVEL_MAX
"""The T that differ: a map has 8 bits. Any other T does what the next higher one of these does."""


def column(threshold: float) -> int:
    """The place in `THRESHOLDS` of what a T does."""
    return threshold_level(threshold) - 1


class Stretch(NamedTuple):
    """First and last T of a stretch of `THRESHOLDS`."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far T can be moved in it."""
        return self.high - self.low

    @property
    def middle(self) -> float:
        """Its middle to two decimals, never beyond its end."""
        return min(round((self.low + self.high) / 2, 2), math.floor(self.high * 100) / 100)


def plateau(curve: Curve) -> Stretch:
    """The T around the best one that lose less than 1 % of its value."""
    best = int(curve.argmax())
    return stretch_around(best, curve >= 0.99 * curve[best])


def stretch_around(place: int, good: npt.NDArray[np.bool_]) -> Stretch:
    """The T around `place` without a gap that are `good`, bool (255,)."""
    bad = np.flatnonzero(~good)
    first, last = bad[bad < place].max(initial=-1) + 1, bad[bad > place].min(initial=len(good)) - 1
    return Stretch(float(THRESHOLDS[first]), float(THRESHOLDS[last]))


@dataclass(frozen=True)
class ThresholdSweep:
    """What each T gives.

    Attributes
    ----------
    thresholds : Curve
        `THRESHOLDS`.
    mean_iou : Curve
        Mean over the defective frames of the pixel IoU.
    precision, recall, f1 : Curve
        Of the pixels of all frames, pooled.
    defective, frames : int
        Number of frames with a defect, and of all.
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
        """The middle of the plateau, to two decimals."""
        return self.plateau.middle

    @property
    def plateau(self) -> Stretch:
        """First and last T around the best one that lose less than 1 % of its mean IoU."""
        return plateau(self.mean_iou)


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
        hit = at_or_above(np.bincount(fine[defect], minlength=bins))
        predicted = at_or_above(np.bincount(fine[truth != IGNORE], minlength=bins))
        if defect.any():
            ious.append(hit / (predicted + defect.sum() - hit))
        hits, predictions = hits + hit, predictions + predicted
        defect_px += float(defect.sum())
        frames += 1
    precision = hits[1:] / np.maximum(predictions[1:], 1)
    recall = hits[1:] / max(defect_px, 1)
    f1 = 2 * hits[1:] / np.maximum(predictions[1:] + defect_px, 1)
    mean_iou = np.mean(ious, axis=0)[1:] if ious else np.zeros(LEVEL_MAX)
    return ThresholdSweep(THRESHOLDS, mean_iou, precision, recall, f1, len(ious), frames)


def at_or_above(histogram: npt.NDArray[np.integer]) -> Curve:
    """How many values are at or above each level; the levels are the last axis."""
    return histogram[..., ::-1].cumsum(-1)[..., ::-1].astype(np.float64)
