"""The clusters of a severity map at every T at once, as hills that run together while T falls.

From every cell the steepest way up ends on a peak; the cells that end on one peak are its hill. Whatever T is, the
cells of a hill at or above it hang together. So the clusters at T are hills joined by saddles: the highest pairs of
neighbours, or of cells nearer than the cluster distance, that two hills have.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from inspector.types import LEVEL_MAX, Ints, Levels


@dataclass(frozen=True, eq=False)
class Hills:
    """The hills of a map, numbered from the highest peak down.

    Attributes
    ----------
    number : int (H, W)
        Of each cell's hill; -1 where the level is 0.
    peak : int (n,)
        Level of each peak.
    place : int (n,)
        Where it is, counted by rows.
    """

    number: Ints
    peak: Ints
    place: Ints


@dataclass(frozen=True, eq=False)
class Saddles:
    """The saddles by which hills become one, the highest first: level, and the two hills; int (m,) each."""

    level: Ints
    one: Ints
    other: Ints


def find_hills(levels: Levels) -> Hills:
    """The hills of a map uint8 (H, W), without regard to any distance."""
    height, width = levels.shape
    index = np.arange(levels.size).reshape(levels.shape)
    # Of equal levels the later cell counts as the higher, so that each way up comes to an end.
    key = np.pad(levels * np.int64(levels.size) + index, 1, constant_values=-1)
    around = [key[y : y + height, x : x + width].ravel() for y, x in np.ndindex(3, 3)]
    up: Ints = np.maximum.reduce(around) % levels.size
    further: Ints = up[up]
    while not np.array_equal(further, up):
        up, further = further, further[further]
    flat = levels.ravel()
    place = np.flatnonzero((up == index.ravel()) & (flat > 0))
    place = place[np.argsort(-flat[place].astype(np.intp), kind="stable")]
    rank = np.full(levels.size, -1)
    rank[place] = np.arange(len(place))
    number = np.where(flat > 0, rank[up], -1).reshape(levels.shape)
    return Hills(number, flat[place].astype(np.intp), place)


def find_saddles(levels: Levels, hills: Hills, distance: float) -> Saddles:
    """Where hills become one cluster.

    Parameters
    ----------
    levels : uint8 (H, W)
        With cells of one pixel.
    hills : Hills
        Of these levels.
    distance : float
        Cells nearer than this, in px between their edges, are neighbours; touching ones always are.
    """
    found = [_pairs(levels, hills, offset) for offset in _offsets(distance)]
    low, high, level = np.concatenate([np.empty((3, 0), np.intp), *found], axis=1)
    order = np.lexsort((-level, high, low))
    low, high, level = low[order], high[order], level[order]
    new = (np.diff(low, prepend=-1) != 0) | (np.diff(high, prepend=-1) != 0)
    size = (len(hills.peak),) * 2
    below = coo_array(((LEVEL_MAX + 1 - level[new]).astype(np.float64), (low[new], high[new])), shape=size)
    tree = minimum_spanning_tree(below.tocsr()).tocoo()
    order = np.argsort(tree.data, kind="stable")
    level = LEVEL_MAX + 1 - tree.data[order].astype(np.intp)
    return Saddles(level, tree.row[order].astype(np.intp), tree.col[order].astype(np.intp))


def joined(hills: Hills, saddles: Saddles) -> Iterator[tuple[int, Ints]]:
    """For each level from the highest peak's down: the cluster of each hill that reaches it.

    Yields
    ------
    level : int
    cluster : int (hills that reach it,)
        The highest hill of the cluster; valid until the next one is asked for.
    """
    up, done = np.arange(len(hills.peak)), 0
    for level in range(int(hills.peak.max(initial=0)), 0, -1):
        end = int(np.searchsorted(-saddles.level, -level, "right"))
        for one, other in zip(saddles.one[done:end].tolist(), saddles.other[done:end].tolist(), strict=True):
            a, b = _top(up, one), _top(up, other)
            up[max(a, b)] = min(a, b)
        done = end
        live = int(np.searchsorted(-hills.peak, -level, "right"))
        while not np.array_equal(further := up[up[:live]], up[:live]):
            up[:live] = further
        yield level, up[:live]


def _top(up: Ints, hill: int) -> int:
    while (higher := int(up[hill])) != hill:
        hill = higher
    return hill


def _offsets(distance: float) -> Iterator[tuple[int, int]]:
    """Rows down and columns aside to the cells that are neighbours, of each two opposite ones one."""
    reach = math.ceil(distance)
    for dy, dx in itertools.product(range(reach + 2), range(-reach - 1, reach + 2)):
        gap = math.hypot(max(dy - 1, 0), max(abs(dx) - 1, 0))
        if (gap < distance or max(dy, abs(dx)) <= 1) and (dy > 0 or dx > 0):
            yield dy, dx


def _pairs(levels: Levels, hills: Hills, offset: tuple[int, int]) -> Ints:
    """Pairs of neighbours of two hills: the lower number, the higher one, and the level of both; int (3, pairs)."""
    height, width = levels.shape
    dy, dx = offset
    if dy >= height or abs(dx) >= width:
        return np.empty((3, 0), np.intp)

    def shifted(values: npt.NDArray[np.generic], y: int, x: int) -> npt.NDArray[np.generic]:
        left = max(-dx, 0)
        return values[y : height - dy + y, left + x : width - abs(dx) + left + x]

    both = np.minimum(shifted(levels, 0, 0), shifted(levels, dy, dx))
    saddle = both > 0
    if max(dy, abs(dx)) > 1:
        # A cell between the two that is as high leads from one to the other by shorter ways.
        for y, x in {(dy // 2, dx // 2), (-(-dy // 2), dx // 2), (dy // 2, -(-dx // 2)), (-(-dy // 2), -(-dx // 2))}:
            saddle &= shifted(levels, y, x) < both
    where = np.flatnonzero(saddle)
    a, b = shifted(hills.number, 0, 0).ravel()[where], shifted(hills.number, dy, dx).ravel()[where]
    apart = a != b
    a, b = a[apart], b[apart]
    return np.stack([np.minimum(a, b), np.maximum(a, b), both.ravel()[where][apart]])
