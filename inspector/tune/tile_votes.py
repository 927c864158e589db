"""The kinds of many regions from how many of their pixels lie in each tile of a frame, without any outline.

Tiles are what the borders of all windows cut a frame into, so that each window holds whole tiles. Everything else is
as in `inspector.stages.classification`, with the same votes.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from inspector.stages.classification import MAX_SCALE, SHARE, WINDOW, count_votes, fitting_scales, winners
from inspector.stages.grids import ranges
from inspector.tune.windows import grid_starts
from inspector.types import Ints, WindowKinds


class Held(NamedTuple):
    """How many px of a region lie in a tile, wherever it has any; int (n,) each."""

    region: Ints
    tile: Ints
    px: Ints


@dataclass(frozen=True)
class Tiles:
    """The tiles of a frame of `shape` (H, W)."""

    shape: tuple[int, int]

    @cached_property
    def cuts(self) -> tuple[Ints, Ints]:
        """Rows and columns in which tiles begin."""
        rows, columns = (
            np.unique([at for scale in range(MAX_SCALE + 1) for start in grid_starts(side, scale)
                       for at in (start, start + (WINDOW << scale)) if at < side])
            for side in self.shape
        )  # fmt: skip
        return rows, columns

    def numbers(self) -> Ints:
        """The tile of each pixel, int (H, W)."""
        rows, columns = (np.searchsorted(cuts, np.arange(side), "right") - 1 for cuts, side in self._sides())
        return rows[:, None] * len(self.cuts[1]) + columns

    def windows(self, tile: Ints, scale: int) -> tuple[Ints, Ints, Ints]:
        """The windows of a scale that hold tiles: place in `tile`, row and column in the grid; int (m,) each."""
        y, x = np.divmod(tile, len(self.cuts[1]))
        (top, bottom), (left, right) = (
            _holding(cuts, side, scale, places) for (cuts, side), places in zip(self._sides(), (y, x), strict=True)
        )
        which, down = ranges(top, bottom)
        again, across = ranges(left[which], right[which])
        return which[again], down[again], across

    def _sides(self) -> tuple[tuple[Ints, int], tuple[Ints, int]]:
        return (self.cuts[0], self.shape[0]), (self.cuts[1], self.shape[1])


def tile_kinds(boxes: Ints, held: Held, tiles: Tiles, kinds: WindowKinds) -> Ints:
    """The kind of each region, as its number among the classes; 0 is a false alarm.

    Parameters
    ----------
    boxes : int (regions, 4)
        (top, left, bottom, right) in px.
    held : Held
        Of all regions.
    tiles : Tiles
    kinds : WindowKinds
    """
    scales = fitting_scales(boxes)
    found = [np.empty((0, 4), np.intp)]  # region, top, left, px
    for scale in np.unique(scales).tolist():
        own = scales[held.region] == scale
        tops, lefts = (grid_starts(side, scale) for side in tiles.shape)
        which, y, x = tiles.windows(held.tile[own], scale)
        code = (held.region[own][which] * len(tops) + y) * len(lefts) + x
        code, place = np.unique(code, return_inverse=True)
        px = np.bincount(place, held.px[own][which], len(code)).astype(np.intp)
        rest, x = np.divmod(code, len(lefts))
        region, y = np.divmod(rest, len(tops))
        found.append(np.stack([region, tops[y], lefts[x], px], 1))
    windows = np.concatenate(found)
    windows = windows[np.lexsort(windows.T[2::-1])]
    most = np.zeros(len(boxes), np.intp)
    np.maximum.at(most, windows[:, 0], windows[:, 3])
    windows = windows[windows[:, 3] >= SHARE * most[windows[:, 0]]]
    return _winners(windows, scales, kinds)


def _winners(windows: Ints, scales: Ints, kinds: WindowKinds) -> Ints:
    """The kind that the windows (region, top, left, px) of each region vote for, as in stage 4."""
    if not len(scales):
        return np.empty(0, np.intp)
    known = kinds.probabilities(np.column_stack([scales[windows[:, 0]], windows[:, 1:3]]))
    return winners(count_votes(known, np.bincount(windows[:, 0], minlength=len(scales))), kinds.veto)


def _holding(cuts: Ints, side: int, scale: int, places: Ints) -> tuple[Ints, Ints]:
    """First and last + 1 window along a side that hold each tile."""
    starts, size = grid_starts(side, scale), WINDOW << scale
    ends = np.append(cuts[1:], side)
    return (
        np.searchsorted(starts, ends - size)[places],
        np.searchsorted(starts, cuts, "right")[places],
    )
