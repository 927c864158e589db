"""Stage 2: severities below T become 0 (paper, section III-C)."""

import cv2

from inspector.types import Levels, Mask, threshold_level


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
