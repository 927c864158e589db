"""A map with cells of one pixel judged at every T, from its hills: a pixel is looked at once, not once for each T.

The tables are those of `frame_sweep`, which is needed where outlines are interpolated between larger cells, and takes
some ten times as long.
"""

import numpy as np
import numpy.typing as npt

from inspector.tune.frame_truth import FrameTruth
from inspector.tune.hills import Hills, find_hills, find_saddles, joined
from inspector.tune.tables import BLOB, REGION, SHARED, Found, Table
from inspector.tune.tile_votes import Held, Tiles, tile_kinds
from inspector.types import Ints, Levels, WindowKinds

_AT_ONCE = 1 << 20
"""Tiles of regions that are classified together."""


def sweep_pixels(
    levels: Levels, kinds: WindowKinds | None, distance: float, truth: FrameTruth | None, ids: list[int]
) -> tuple[Table, Found]:
    """The regions of a map at every T, and the blobs of their mask.

    Parameters
    ----------
    levels : uint8 (H, W)
    kinds : WindowKinds or None
    distance : float
        Cluster distance in px.
    truth : FrameTruth or None
    ids : list of int
        Class id of each kind.
    """
    hills, tiles = find_hills(levels), Tiles((levels.shape[0], levels.shape[1]))
    regions = _Regions(levels, hills, tiles, kinds)
    blobs = _Blobs(levels, hills, truth) if truth is not None else None
    for level, cluster in joined(hills, find_saddles(levels, hills, distance)):
        rows = regions.lower(level, cluster)
        if blobs is not None:
            blobs.lower(level, rows)
    table = regions.table()
    if blobs is None:
        return table, Found(np.empty(0, BLOB), np.empty(0, SHARED))
    return table, blobs.found(table, np.array(ids))


class _Pixels:
    """The pixels of a map from the highest level down, and how many of them each hill has so far."""

    def __init__(self, levels: Levels, hills: Hills) -> None:
        flat = levels.ravel()
        active = np.flatnonzero(flat)
        self._order = active[np.argsort(-flat[active].astype(np.int16), kind="stable")]
        self._ends = np.searchsorted(-flat[self._order].astype(np.int16), -np.arange(256), "right")
        self._hill = hills.number.ravel()
        self.px = np.zeros(len(hills.peak), np.int64)

    def at(self, level: int) -> tuple[Ints, Ints]:
        """The pixels of a level, and their hills; they count from now on."""
        new = self._order[self._ends[level + 1] if level < 255 else 0 : self._ends[level]]
        hill = self._hill[new]
        self.px += np.bincount(hill, minlength=len(self.px))
        return new, hill


class _Crossing:
    """How many pixels looked at so far each hill has in each cell of another partition of the frame.

    Parameters
    ----------
    hills : Hills
    other : int (H, W)
        The partition; -1 belongs to nothing.
    """

    def __init__(self, hills: Hills, other: npt.NDArray[np.integer]) -> None:
        self._parts = int(other.max(initial=-1)) + 1
        hill, part = hills.number.ravel(), other.ravel()
        both = np.flatnonzero((hill >= 0) & (part >= 0))
        code, place = np.unique(hill[both] * self._parts + part[both], return_inverse=True)
        self._hill, self._part = np.divmod(code, max(self._parts, 1))
        self._place = np.full(hill.size, -1)
        self._place[both] = place
        self._px = np.zeros(len(code), np.int64)

    def add(self, new: Ints) -> None:
        """Look at pixels, counted by rows."""
        place = self._place[new]
        self._px += np.bincount(place[place >= 0], minlength=len(self._px))

    def of(self, cluster: Ints) -> tuple[Ints, Ints, Ints]:
        """The clusters' numbers, the parts and the pixels wherever there are any; `cluster` is that of each hill."""
        live = int(np.searchsorted(self._hill, len(cluster)))
        some = np.flatnonzero(self._px[:live])
        code = cluster[self._hill[some]] * self._parts + self._part[some]
        code, place = np.unique(code, return_inverse=True)
        number, part = np.divmod(code, max(self._parts, 1))
        return number, part, np.bincount(place, self._px[some], len(code)).astype(np.intp)


def _numbered(cluster: Ints) -> tuple[Ints, Ints]:
    """The highest hill of each cluster, and each hill's cluster as the number among them."""
    roots = np.flatnonzero(cluster == np.arange(len(cluster)))
    number = np.zeros(len(cluster), np.intp)
    number[roots] = np.arange(len(roots))
    return roots, number[cluster]


class _Regions:
    """The clusters of the whole map, which are the regions."""

    def __init__(self, levels: Levels, hills: Hills, tiles: Tiles, kinds: WindowKinds | None) -> None:
        self._pixels, self._hills, self._tiles, self._kinds = _Pixels(levels, hills), hills, tiles, kinds
        self._width, n = levels.shape[1], len(hills.peak)
        self._low, self._high = np.full((n, 2), levels.size), np.zeros((n, 2), np.intp)
        self._held = _Crossing(hills, tiles.numbers()) if kinds else None
        self._tables, self._count = [np.empty(0, REGION)], 0
        self._waiting, self._size = list[tuple[Table, Ints, Ints, Ints]](), 0

    def lower(self, level: int, cluster: Ints) -> Ints:
        """Go on to a level; returns the row that each hill's region has in the table."""
        new, hill = self._pixels.at(level)
        place = np.column_stack(np.divmod(new, self._width))
        np.minimum.at(self._low, hill, place)
        np.maximum.at(self._high, hill, place + 1)
        roots, number = _numbered(cluster)
        table = np.zeros(len(roots), REGION)
        table["level"], table["peak"], table["kind"] = level, self._hills.peak[roots], 1
        table["area"] = np.bincount(number, self._pixels.px[: len(cluster)])
        low, high = np.full((len(roots), 2), self._low.max()), np.zeros((len(roots), 2), np.intp)
        np.minimum.at(low, number, self._low[: len(cluster)])
        np.maximum.at(high, number, self._high[: len(cluster)])
        table["box"] = np.column_stack([low, high])
        if self._held is None:
            self._tables.append(table)
        else:
            self._held.add(new)
            self._waiting.append((table, *self._held.of(number)))
            self._size += len(self._waiting[-1][1])
            if self._size > _AT_ONCE:
                self._classify()
        self._count += len(table)
        return self._count - len(table) + number

    def table(self) -> Table:
        """All regions so far, with their kinds."""
        self._classify()
        return np.concatenate(self._tables)

    def _classify(self) -> None:
        if self._kinds is None or not self._waiting:
            return
        starts = np.cumsum([0, *(len(table) for table, *_ in self._waiting)])
        regions = np.concatenate([start + rows for start, (_, rows, _, _) in zip(starts, self._waiting, strict=False)])
        tiles, px = (np.concatenate([each[i] for each in self._waiting]) for i in (2, 3))
        table = np.concatenate([table for table, *_ in self._waiting])
        held = Held(regions, tiles, px)
        table["kind"] = tile_kinds(table["box"].astype(np.intp), held, self._tiles, self._kinds)
        self._tables.append(table)
        self._waiting, self._size = [], 0


class _Blobs:
    """The connected parts of what is known of the map; each lies in one region."""

    def __init__(self, levels: Levels, hills: Hills, truth: FrameTruth) -> None:
        known = np.where(truth.known, levels, 0).astype(np.uint8)
        own = hills if truth.known.all() else find_hills(known)
        self._pixels, self._region = _Pixels(known, own), hills.number.ravel()[own.place]
        self._first = np.full(len(own.peak), levels.size)
        self._objects = len(truth.objects)
        self._shared = _Crossing(own, truth.labels - 1)
        self._steps = joined(own, find_saddles(known, own, 0))
        self._highest = int(known.max(initial=0))
        self._blobs, self._pairs, self._rows, self._count = list[Table](), list[Table](), list[Ints](), 0

    def lower(self, level: int, rows: Ints) -> None:
        """Go on to a level; `rows` are those of each hill's region in the table of regions."""
        if level > self._highest:
            return
        _, cluster = next(self._steps)
        new, hill = self._pixels.at(level)
        np.minimum.at(self._first, hill, new)
        self._shared.add(new)
        roots, number = _numbered(cluster)
        table = np.zeros(len(roots), BLOB)
        table["level"], table["over"] = level, -1
        table["px"] = np.bincount(number, self._pixels.px[: len(cluster)])
        first = np.full(len(roots), self._first.max())
        np.minimum.at(first, number, self._first[: len(cluster)])
        table["first"] = first
        blob, labelled, px = self._shared.of(number)
        table["hit"] = np.bincount(blob, px, len(roots))
        is_object = labelled < self._objects
        pairs = np.zeros(int(is_object.sum()), SHARED)
        pairs["blob"], pairs["object"], pairs["px"] = (
            self._count + blob[is_object],
            labelled[is_object],
            px[is_object],
        )
        self._blobs.append(table)
        self._pairs.append(pairs)
        self._rows.append(rows[self._region[roots]])
        self._count += len(table)

    def found(self, regions: Table, ids: Ints) -> Found:
        """All blobs but those of false alarms."""
        blobs = np.concatenate([np.empty(0, BLOB), *self._blobs])
        shared = np.concatenate([np.empty(0, SHARED), *self._pairs])
        owners = regions[np.concatenate([np.empty(0, np.intp), *self._rows])]
        blobs["kind"], blobs["upto"] = ids[owners["kind"]], owners["area"]
        kept = owners["kind"] > 0
        shared = shared[kept[shared["blob"]]]
        shared["blob"] = (kept.cumsum() - 1)[shared["blob"]]
        return Found(blobs[kept], shared)
