"""Stage 2: severities below T become 0 (paper, section III-C)."""

import cv2
import numpy as np

from inspector.types import BLOCK, Ints, Levels, Mask, threshold_level

Areas = Ints
"""Rectangles of cells, (areas, 4): top, left, bottom, right, half-open; the map may end before bottom and right."""

_WIDE = 8
"""Blocks a side of those that are told apart first: 64 cells, the largest cluster distance in px."""


def areas_above(peaks: Levels, threshold: float) -> Areas:
    """Areas of whole blocks, at least 64 cells apart, outside which no severity reaches T.

    Parameters
    ----------
    peaks : uint8
        See `inspector.types.block_peaks`.
    threshold : float
    """
    rows, columns = np.divmod(np.flatnonzero(peaks >= threshold_level(threshold)), peaks.shape[1])
    wide = np.zeros([-(-side // _WIDE) for side in peaks.shape], np.uint8)
    wide[rows // _WIDE, columns // _WIDE] = 1
    while True:
        count, labels, stats, _ = cv2.connectedComponentsWithStats(wide, connectivity=8)
        sides = stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT]
        ragged = 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] < sides[1:])
        if not len(ragged):
            break
        for left, top, width, height, _ in stats[ragged].tolist():
            wide[top : top + height, left : left + width] = 1
    owner = labels[rows // _WIDE, columns // _WIDE] - 1
    areas = np.tile(np.array([*peaks.shape, 0, 0]), (count - 1, 1))
    for side, places in ((0, rows), (1, columns)):
        np.minimum.at(areas[:, side], owner, places)
        np.maximum.at(areas[:, side + 2], owner, places + 1)
    return areas * BLOCK


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
