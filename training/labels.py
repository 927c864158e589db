"""Severity labels: how strongly each defect cell differs from the sound surface around it (paper, Eq. 1, 2).

The formulas are the paper's; the readings where it is open are the design's: m and M are taken over the defect
pixels of a defect cell and the sound pixels of its reference cells, d1 is symmetric (the literal one fails on dark
defects), and the reference is the mean over the sound cells around instead of the two in the row, which does not
depend on the part's rotation.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inspector.dataset import IGNORE, defect_pixels
from inspector.errors import InspectorError
from inspector.types import SEVERITY_MAX, FloatArray, Mask, Pixels

TRUNCATION = 500.0
"""lambda of Eq. 2, in grey values: no score is higher."""

MIN_COVERAGE = 0.25
"""A cell is a defect cell from this share of defect pixels on."""

REFERENCE_REACH = 16
"""Sound cells at most this many px away are a defect cell's reference."""


class CellScores(NamedTuple):
    """Labels of one image before normalisation, each (ceil(H / cell), ceil(W / cell)).

    `score` is float32, s of Eq. 2 in grey values, 0 in sound cells; `defect` marks the defect cells; `known` is
    False where the annotation says nothing: ignored pixels, or a defect with no sound cell to compare it with.
    """

    score: FloatArray
    defect: Mask
    known: Mask


def cell_scores(pixels: Pixels, mask: Pixels, cell: int) -> CellScores:
    """Raw severity scores of an annotated image.

    Parameters
    ----------
    pixels : uint8 (H, W) or (H, W, C)
        In colour the score is that of the channel with the highest one.
    mask : uint8 (H, W)
        Class ids; 0 sound, 255 ignore.
    cell : int
        Side of a cell in px.
    """
    ignored = blocks(mask == IGNORE, cell).any(-1)
    inside = blocks(defect_pixels(mask), cell)  # (h, w, cell * cell)
    coverage = inside.mean(-1)
    defect = coverage >= MIN_COVERAGE
    sound = (coverage == 0) & ~ignored
    channels = pixels[..., None] if pixels.ndim == 2 else pixels
    score = np.zeros(defect.shape, np.float32)
    for channel in np.moveaxis(channels, -1, 0):
        grey = blocks(channel, cell).astype(np.float32)
        low_d = np.where(inside, grey, np.inf).min(-1)
        high_d = np.where(inside, grey, -np.inf).max(-1)
        low_n = reference(grey.min(-1), sound, defect, cell)
        high_n = reference(grey.max(-1), sound, defect, cell)
        score = np.maximum(score, np.where(defect, contrast_score(low_d, high_d, low_n, high_n), 0))
    return CellScores(score.astype(np.float32), defect, ~ignored & (sound.any() | ~defect))


def contrast_score(low_d: FloatArray, high_d: FloatArray, low_n: FloatArray, high_n: FloatArray) -> FloatArray:
    """s of Eqs. 1 and 2 from the extremes of defect (d) and sound (n) grey values, with d1 made symmetric.

    Examples
    --------
    A dark defect of 40 to 50 beside a surface of 90 to 110: d0 = min(50, 60), d1 = max(40, 70):

    >>> contrast_score(*(np.float32([v]) for v in (40, 50, 90, 110)))
    array([120.], dtype=float32)
    """
    d0 = np.minimum(abs(low_d - low_n), abs(high_d - high_n))
    d1 = np.maximum(abs(high_d - low_n), abs(low_d - high_n))
    s = np.where(np.isfinite(d0 + d1), d0 + d1, 0).astype(np.float32)
    return s + np.float32(TRUNCATION) - np.maximum(s, np.float32(TRUNCATION))


def blocks(image: npt.NDArray[Any], cell: int) -> npt.NDArray[Any]:
    """(H, W) -> (ceil(H / cell), ceil(W / cell), cell * cell), the border replicated to whole cells."""
    height, width = image.shape
    padded = np.pad(image, ((0, -height % cell), (0, -width % cell)), mode="edge")
    rows, columns = padded.shape[0] // cell, padded.shape[1] // cell
    return padded.reshape(rows, cell, columns, cell).swapaxes(1, 2).reshape(rows, columns, cell * cell)


def reference(extreme: FloatArray, sound: Mask, defect: Mask, cell: int) -> FloatArray:
    """Mean of `extreme` over the sound cells near each cell; deep in a large defect, over those around the defect.

    Where there are none either, over all sound cells; NaN where there is none at all.
    """
    reach = 2 * (REFERENCE_REACH // cell) + 1
    count = cv2.boxFilter(sound.astype(np.float32), -1, (reach, reach), normalize=False, borderType=cv2.BORDER_CONSTANT)
    total = cv2.boxFilter(extreme * sound, -1, (reach, reach), normalize=False, borderType=cv2.BORDER_CONSTANT)
    near = np.rint(count) >= 1
    everywhere = extreme[sound].mean() if sound.any() else np.nan
    reference = np.where(near, total / np.where(near, count, 1), everywhere).astype(np.float32)
    deep = defect & ~near
    if deep.any() and sound.any():
        _, labels = cv2.connectedComponents(defect.astype(np.uint8), connectivity=8)
        for number in np.unique(labels[deep]):
            inside = labels == number
            ring = cv2.dilate(inside.astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(bool) & sound
            if ring.any():
                reference[inside & deep] = extreme[ring].mean()
    return reference


@dataclass(frozen=True)
class SeverityScale:
    """The affine map from scores to severities: `low` -> `floor`, `high` -> 12, sound cells -> 0.

    A floor above 0 sharpens the step at the defect's border, at the price of resolution among defects.
    """

    low: float
    high: float
    floor: float

    @classmethod
    def fit(cls, scores: FloatArray, floor: float) -> "SeverityScale":
        """The scale whose ends are the 1st and 99th percentile of the defect cells' scores."""
        if scores.size == 0:
            raise InspectorError("the training split has no defect to learn from; annotate at least a few frames")
        low, high = np.percentile(scores, (1, 99))
        return cls(float(low), float(max(high, low + 1)), floor)

    def severity(self, scores: CellScores) -> FloatArray:
        """Severity labels in [0, 12] of the shape of the scores."""
        slope = (SEVERITY_MAX - self.floor) / (self.high - self.low)
        severity = np.clip(self.floor + slope * (scores.score - self.low), self.floor, SEVERITY_MAX)
        return np.where(scores.defect, severity, 0).astype(np.float32)
