"""Is the severity right? Compared with the local contrast of the annotated cells, however the labels were made."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage, stats

from inspector.types import SEVERITY_MAX, Mask, Pixels

Values = npt.NDArray[np.float64]
Grey = npt.NDArray[np.int64]

MIN_COVERAGE = 0.25
"""A cell with at least this share of defect pixels is a defect cell."""

REACH = 16
"""Sound pixels at most this many px from a cell are its surroundings."""

_ENOUGH_SOUND = 4
"""Px; with fewer around a cell, the surroundings of its whole defect stand in."""

_ENOUGH_CELLS = 10
"""A correlation of fewer cells is none."""


def cell_contrast(pixels: Pixels, defect: Mask, cell: int) -> Values:
    """How far each defect cell differs from its surroundings, in grey values.

    That is abs(mean of the cell's defect pixels - mean of the sound pixels within `REACH` px of the cell). Deep in a
    large defect, where hardly a sound pixel is so near, the sound pixels up to `REACH` steps (up, down, left or
    right) from the whole defect stand in.

    Parameters
    ----------
    pixels : uint8 (H, W) or (H, W, 3) RGB
        Colour is turned to grey.
    defect : bool (H, W)
    cell : int
        Side of a cell in px; border cells are filled up with repeated, sound pixels.

    Returns
    -------
    float64 (ceil(H / cell), ceil(W / cell)), nan outside defect cells and where no sound pixel is to compare with
    """
    height, width = defect.shape
    margin = ((0, -height % cell), (0, -width % cell))
    flat = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    grey: Grey = np.pad(flat, margin, mode="edge").astype(np.int64)
    defect = np.pad(defect, margin)
    area = _sums(defect, cell, 0)
    inside = _mean(_sums(grey * defect, cell, 0), area)
    near = _sums(~defect, cell, REACH)
    around = _mean(_sums(grey * ~defect, cell, REACH), np.where(near >= _ENOUGH_SOUND, near, 0))
    defect_cell = area >= MIN_COVERAGE * cell**2
    _fill_from_whole_defects(around, defect_cell & np.isnan(around), grey, defect, cell)
    return np.where(defect_cell, abs(inside - around), np.nan)


def _sums(values: npt.NDArray[np.integer] | Mask, cell: int, reach: int) -> Values:
    """Sum over each cell enlarged by `reach` px on all sides, from the sums over all rectangles at the corner."""
    height, width = values.shape
    table: Values = cv2.integral(values.astype(np.float64))
    y, x = np.arange(0, height, cell)[:, None], np.arange(0, width, cell)
    top, bottom = (y - reach).clip(0), (y + cell + reach).clip(max=height)
    left, right = (x - reach).clip(0), (x + cell + reach).clip(max=width)
    sums: Values = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    return sums


def _mean(total: Values, count: Values) -> Values:
    mean: Values = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _fill_from_whole_defects(around: Values, wanted: Mask, grey: Grey, defect: Mask, cell: int) -> None:
    """Put the mean grey value around a whole defect into its `wanted` cells, in place."""
    if not wanted.any():
        return
    labels, _ = ndimage.label(defect, np.ones((3, 3)))
    # Of two defects in a cell the one with the higher number counts.
    owner = labels.reshape(around.shape[0], cell, around.shape[1], cell).max((1, 3))
    boxes = ndimage.find_objects(labels)
    for number in np.unique(owner[wanted]):
        near = tuple(slice(max(0, side.start - REACH), side.stop + REACH) for side in boxes[number - 1])
        steps = ndimage.distance_transform_cdt(labels[near] != number, metric="taxicab")
        ring = (steps <= REACH) & ~defect[near]
        if ring.any():
            around[wanted & (owner == number)] = grey[near][ring].mean()


class Correlation(NamedTuple):
    """How two quantities go together, 1 perfectly, 0 not at all; nan for too few or constant values."""

    spearman: float
    pearson: float


def correlate(severity: Values, contrast: Values) -> Correlation:
    """Rank and linear correlation of the severities of cells with their contrasts, both (n,)."""
    if len(severity) <= _ENOUGH_CELLS or np.ptp(severity) == 0 or np.ptp(contrast) == 0:
        return Correlation(float("nan"), float("nan"))
    return Correlation(
        float(stats.spearmanr(severity, contrast).statistic), float(stats.pearsonr(severity, contrast).statistic)
    )


class ReliabilityBin(NamedTuple):
    """The contrasts of the cells whose severity lies in [low, high): quartiles and number of cells."""

    low: float
    high: float
    quartiles: tuple[float, float, float]
    cells: int


def reliability(severity: Values, contrast: Values, bins: int = 12) -> list[ReliabilityBin]:
    """What contrast a severity stands for: the scale in equal steps; empty ones are left out.

    A severity that can be trusted has medians that rise from bin to bin, and quartiles close to them.
    """
    edges = np.linspace(0, SEVERITY_MAX, bins + 1)
    place = np.clip(np.searchsorted(edges, severity, side="right") - 1, 0, bins - 1)
    found = []
    for number in np.unique(place):
        values = contrast[place == number]
        low, middle, high = np.percentile(values, (25, 50, 75)).tolist()
        found.append(ReliabilityBin(float(edges[number]), float(edges[number + 1]), (low, middle, high), len(values)))
    return found
