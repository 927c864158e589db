"""Stage 2: severities below T become 0 (paper, section III-C)."""

import cv2
import numpy as np
from scipy import ndimage

from inspector.types import BLOCK, Levels, Mask, threshold_level

Area = tuple[slice, slice]
"""Rows and columns of cells."""


def areas_above(peaks: Levels, threshold: float) -> list[Area]:
    """Areas of whole blocks, at least one block apart, outside which no severity reaches T.

    Parameters
    ----------
    peaks : uint8
        See `inspector.types.block_peaks`.
    threshold : float
    """
    active = peaks >= threshold_level(threshold)
    while True:
        areas = ndimage.find_objects(ndimage.label(active, np.ones((3, 3)))[0])
        filled = np.zeros_like(active)
        for area in areas:
            filled[area] = True
        if np.array_equal(filled, active):
            return [(slice(y.start * BLOCK, y.stop * BLOCK), slice(x.start * BLOCK, x.stop * BLOCK)) for y, x in areas]
        active = filled


def defect_cells(levels: Levels, threshold: float) -> Mask:
    """Cells whose severity reaches T, bool of the shape of `levels`."""
    cells: Mask = levels >= threshold_level(threshold)
    return cells


def pixel_levels(levels: Levels, cell: int, shape: tuple[int, int]) -> Levels:
    """The map interpolated to pixels, uint8 `shape`: bilinear between the cells' centres.

    Outlines taken from it follow a defect more closely than the cells' own steps do.
    """
    height, width = shape
    if cell == 1:
        return levels[:height, :width]
    rows, columns = levels.shape
    fine: Levels = cv2.resize(levels, (columns * cell, rows * cell), interpolation=cv2.INTER_LINEAR)
    return fine[:height, :width]
