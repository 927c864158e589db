"""How much of each region lies in the squares of a grid; all regions of a frame at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from inspector.types import Ints, Mask


class Held(NamedTuple):
    """Squares that hold some of a region, of one region after the other's, by column and row; each (squares,)."""

    region: Ints
    top: Ints
    left: Ints
    pixels: Ints


def count_held(boxes: Ints, masks: Sequence[Mask], sizes: Ints, shape: tuple[int, int]) -> Held:
    """How many px of a region lie in each square of its grid.

    All regions are counted at once, by the runs of pixels in their rows: a frame may have a thousand.

    Parameters
    ----------
    boxes : int (regions, 4)
        In px; one or more.
    masks : sequence of bool arrays
        Of the boxes.
    sizes : int (regions,)
        Side of each region's squares in px, even. They overlap by half; the last ones end at the frame's border.
    shape : (H, W)
        Of the frame in px.
    """
    owner, row, first, last = _runs(boxes, masks)
    height, width = shape
    y, y_end = _touched(boxes[:, 0], boxes[:, 2], sizes, height)
    x, x_end = _touched(boxes[:, 1], boxes[:, 3], sizes, width)
    # Each region has a table of its squares, by column and row, and in it a row more: what a run adds where it enters
    # the squares of a column goes where it leaves them, so that a sum along the tables tells what each holds.
    tall = y_end - y + 1
    ends = np.cumsum((x_end - x) * tall)
    tables = ends - (x_end - x) * tall
    size = sizes[owner]
    run, column = ranges(*_touched(first, last, size, width))
    left = _starts(column, size[run], width)
    inside = np.minimum(last[run], left + size[run]) - np.maximum(first[run], left)
    top, bottom = _touched(row, row + 1, size, height)
    enter = ((tables - x * tall - y)[owner] + top)[run] + column * tall[owner][run]
    leave = enter + (bottom - top)[run]
    held = np.cumsum(np.bincount(enter, inside, ends[-1]) - np.bincount(leave, inside, ends[-1])).astype(np.intp)
    some = np.flatnonzero(held)
    region = np.searchsorted(tables, some, "right") - 1
    column, line = np.divmod(some - tables[region], tall[region])
    size = sizes[region]
    top, left = _starts(y[region] + line, size, height), _starts(x[region] + column, size, width)
    return Held(region, top, left, held[some])


def _touched(first: Ints, last: Ints, size: Ints, side: int) -> tuple[Ints, Ints]:
    """Of the squares along a side, the number of the first that holds some of [first, last), and of the last, + 1."""
    half, end = size // 2, np.maximum(side - size, 0)
    count = -(-end // half) + 1
    return np.clip(first // half - 1, 0, count - 1), np.where(end < last, count, -(-last // half))


def _starts(number: Ints, size: Ints, side: int) -> Ints:
    """Where a square begins along a side."""
    starts: Ints = np.minimum(number * (size // 2), np.maximum(side - size, 0))
    return starts


def _runs(boxes: Ints, masks: Sequence[Mask]) -> tuple[Ints, Ints, Ints, Ints]:
    """The runs of pixels in the rows of regions: number of the region, row, first and last + 1 column in the frame."""
    flat = np.concatenate([[False], *(mask.ravel() for mask in masks), [False]])
    heights, widths = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    starts = np.cumsum(heights * widths) - heights * widths
    ends = np.cumsum(np.repeat(widths, heights))
    through = ends[flat[ends] & flat[ends + 1]]  # what goes on in the next row is a run of its own
    edges = np.sort(np.concatenate([np.flatnonzero(flat[1:] != flat[:-1]), through, through]))
    first, last = edges[::2], edges[1::2]
    owner = np.searchsorted(starts, first, "right") - 1
    row, column = np.divmod(first - starts[owner], widths[owner])
    left = boxes[owner, 1] + column
    return owner, boxes[owner, 0] + row, left, left + last - first


def ranges(starts: Ints, stops: Ints) -> tuple[Ints, Ints]:
    """The whole numbers of many ranges, one after the other: the number of the range, and they themselves; int (n,)."""
    counts = stops - starts
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
