"""Which cells belong together: those nearer to each other than the cluster distance (paper, section III-C)."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from inspector.types import Ints, Mask


class Runs(NamedTuple):
    """Cells side by side in a row, in the order of rows and columns; each int (runs,), `last` is one beyond."""

    row: Ints
    first: Ints
    last: Ints


def find_runs(cells: Mask) -> Runs:
    """The runs of a mask (h, w) whose last column is empty."""
    flat = np.append(False, cells)
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    row, first = np.divmod(edges[::2], cells.shape[1])
    return Runs(row, first, first + edges[1::2] - edges[::2])


def label_runs(cells: Mask, runs: Runs, cell: int, distance: float) -> tuple[Ints, int]:
    """Number the clusters of cells.

    Parameters
    ----------
    cells : bool (h, w)
        Cells at or above T.
    runs : Runs
        Those of `cells`.
    cell : int
        Side of a cell in px.
    distance : float
        Clusters nearer than this, in px between the edges of their nearest cells, are one. Touching cells,
        corners included, always are: at cell 4 the paper's 4 px are just this.

    Returns
    -------
    labels : int (runs,)
        The cluster of each run, from 0.
    count : int
    """
    labels, count = np.zeros(len(runs.row), np.intp), min(len(runs.row), 1)
    reaches = _reaches(cell, distance)
    # All that is near lies in the square around the farthest: what is apart there is apart.
    least = _label(cells, runs, (reaches[0][1], reaches[0][1]))[1] if len(reaches) > 2 else 1
    for number, reach in enumerate(sorted(reaches, key=lambda reach: abs(reach[0] - reach[1]))):
        found, parts = _label(cells, runs, reach)
        if number == 0:
            labels, count = found, parts
        elif not np.array_equal(found, labels):
            labels, count = _join(labels, count, found, parts)
        if count <= least:
            break
    return labels, count


def _reaches(cell: int, distance: float) -> list[tuple[int, int]]:
    """The largest steps (rows, columns) between cells that are near: nearer ones are those of smaller steps."""
    far = max(1, math.ceil(distance / cell))
    widest = [max(b for b in range(1, far + 1) if b == 1 or math.hypot(a, b - 1) * cell < distance) for a in range(far)]
    return [(a, b) for a, (b, after) in enumerate(zip(widest, [*widest[1:], 0], strict=True), start=1) if b > after]


def _label(cells: Mask, runs: Runs, reach: tuple[int, int]) -> tuple[Ints, int]:
    """Clusters of cells at most so many rows and columns apart: as rectangles of that size they would touch."""
    grown = cells.view(np.uint8)
    if max(reach) > 1:
        grown = cv2.dilate(grown, np.ones(reach, np.uint8))
    kind = cv2.CV_16U if len(runs.row) < 2**16 - 1 else cv2.CV_32S
    count, labels = cv2.connectedComponents(grown, connectivity=8, ltype=kind)
    return labels[runs.row, runs.first].astype(np.intp) - 1, count - 1


def _join(labels: Ints, count: int, others: Ints, more: int) -> tuple[Ints, int]:
    """The clusters of two labellings together."""
    graph = coo_array((np.ones(len(labels), np.int8), (labels, count + others)), shape=(count + more,) * 2)
    total, joined = connected_components(graph, directed=False)
    return joined[labels].astype(np.intp), total
