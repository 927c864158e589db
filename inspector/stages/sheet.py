"""Areas of a map, laid out side by side: what looks at all of them looks at one small map instead of a large one."""

from typing import NamedTuple

import numpy as np

from inspector.stages.filtering import Areas
from inspector.types import Ints, Levels


class Sheet(NamedTuple):
    """The severities of areas on shelves, one shelf below the other; 0 between them.

    Attributes
    ----------
    levels : uint8 (h, w)
        The last column is empty.
    shelves : int (shelves,)
        The row where each begins.
    side : int
        The places on a shelf are counted from this times its number.
    places : int (areas,)
        Of each area's left side, ascending.
    moves : int (areas, 2)
        From a row and column of the sheet to those of the map.
    """

    levels: Levels
    shelves: Ints
    side: int
    places: Ints
    moves: Ints

    def to_map(self, rows: Ints, columns: Ints) -> Ints:
        """What leads from cells of areas on the sheet to their places in the map, (cells, 2)."""
        shelf = np.searchsorted(self.shelves, rows, "right") - 1
        return self.moves[np.searchsorted(self.places, shelf * self.side + columns, "right") - 1]


def lay_out(levels: Levels, areas: Areas, apart: int) -> Sheet:
    """Put areas of a map on a sheet, the tallest first.

    Parameters
    ----------
    levels : uint8 (rows, columns)
    areas : int (areas, 4)
        One or more.
    apart : int
        Cells between them, 1 at least.
    """
    areas = np.minimum(areas, [*levels.shape, *levels.shape])
    areas = areas[np.argsort(areas[:, 0] - areas[:, 2], kind="stable")]
    heights, widths = (areas[:, 2:] - areas[:, :2] + apart).T
    side = max(int(np.sqrt((heights * widths).sum())), int(widths.max()))
    places = np.cumsum(widths) - widths
    shelf, left = np.divmod(places, side)
    first = np.flatnonzero(np.diff(shelf, prepend=-1))
    ends = np.cumsum(heights[first])
    shelves = ends - heights[first]
    top = shelves[shelf]
    sheet = np.zeros((ends[-1], (left + widths).max()), np.uint8)
    spans = np.column_stack([top, left, top + heights - apart, left + widths - apart, areas])
    for y, x, below, beyond, area_y, area_x, bottom, right in spans.tolist():
        sheet[y:below, x:beyond] = levels[area_y:bottom, area_x:right]
    return Sheet(sheet, shelves, side, places, areas[:, :2] - np.column_stack([top, left]))
