"""Stage 3: cells above T become regions; clusters close to each other are one (paper, section III-C)."""

import math
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inspector.stages.clusters import Runs, find_runs, label_runs
from inspector.stages.filtering import Areas, defect_cells, pixel_levels
from inspector.stages.sheet import lay_out
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Box, Ints, Levels, Mask, threshold_level

_CONTEXT = 2
"""Cells around a region that its interpolated outline depends on."""

_AROUND = np.ones((3, 3), np.uint8)
_SEVERITY = SEVERITY_MAX / LEVEL_MAX


class Shape(NamedTuple):
    """A region before it has a kind: box in px (half-open), mask of the box, severities of its cells."""

    box: Box
    mask: Mask
    area_px: int
    peak_severity: float
    mean_severity: float


def find_shapes(
    levels: Levels, areas: Areas, *, cell: int, threshold: float, distance: float, shape: tuple[int, int]
) -> list[Shape]:
    """The regions of a severity map at T, the most severe first.

    Clusters are found on cells, those of all areas at once; each outline is then refined to the pixels where the
    interpolated map reaches T, so that the work grows with the regions and not with the frame.

    Parameters
    ----------
    levels : uint8 (ceil(H / cell), ceil(W / cell))
        The whole map, below T too: outlines are interpolated on it.
    areas : int (areas, 4)
        From stage 2; severities reach T in each.
    cell : int
    threshold : float
        T.
    distance : float
        Cluster distance in px, 64 at most.
    shape : (H, W)
        Of the frame in px.
    """
    if not len(areas):
        return []
    sheet = lay_out(levels, areas, apart=max(1, math.ceil(distance / cell)))
    cells = defect_cells(sheet.levels, threshold)
    runs = find_runs(cells)
    labels, count = label_runs(cells, runs, cell, distance)
    # The runs of one cluster after the other's; small numbers are sorted faster.
    order = np.argsort(labels.astype(np.min_scalar_type(count)), kind="stable")
    sizes = np.bincount(labels)
    starts = np.cumsum(sizes) - sizes
    areas_px, peaks, means = _measure(sheet.levels[cells], runs.last - runs.first, order, starts)
    row, first, last = (values[order] for values in runs)
    down, right = np.repeat(sheet.to_map(row[starts], first[starts]), sizes, axis=0).T
    boxes, masks = _fill(Runs(row + down, first + right, last + right), starts)
    if cell > 1:
        level = threshold_level(threshold)
        around = zip(boxes.tolist(), masks, strict=True)
        outlines = [_outline(levels, box, mask, cell, level, shape) for box, mask in around]
        boxes, masks = np.array([box for box, _ in outlines]), [mask for _, mask in outlines]
        areas_px = np.array([np.count_nonzero(mask) for mask in masks])
    ranked = np.lexsort((*boxes.T[::-1], -areas_px, -peaks)).tolist()
    columns = (zip(*boxes.T.tolist(), strict=True), masks, areas_px.tolist(), peaks.tolist(), means.tolist())
    shapes = list(map(Shape._make, zip(*columns, strict=True)))
    return [shapes[number] for number in ranked]


def _measure(
    above: Levels, lengths: Ints, order: Ints, starts: Ints
) -> tuple[Ints, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How many cells each cluster has, and their highest and mean severity.

    Parameters
    ----------
    above : uint8 (cells,)
        Of all cells at or above T.
    lengths : int (runs,)
        How many of them are in each run.
    order : int (runs,)
        The runs of one cluster after the other's.
    starts : int (clusters,)
        Where those of each begin.
    """
    begins = np.cumsum(lengths) - lengths
    sums, highest = np.add.reduceat(above, begins, dtype=np.intp), np.maximum.reduceat(above, begins)
    sizes = np.add.reduceat(lengths[order], starts)
    means = np.add.reduceat(sums[order], starts) / sizes * _SEVERITY
    return sizes, np.maximum.reduceat(highest[order], starts) * _SEVERITY, means


def _fill(runs: Runs, starts: Ints) -> tuple[Ints, list[Mask]]:
    """Boxes (clusters, 4) and masks of clusters, whose runs come one cluster after the other."""
    ends = np.append(starts[1:], len(runs.row))
    top, bottom = runs.row[starts], runs.row[ends - 1] + 1
    left, right = np.minimum.reduceat(runs.first, starts), np.maximum.reduceat(runs.last, starts)
    height, width = bottom - top, right - left
    stops = np.cumsum(height * width)
    # All masks lie one after the other, so that one sequence of lengths, out and in by turns, writes them all.
    origin = np.repeat(stops - height * width - top * width - left, ends - starts)
    begin = origin + runs.row * np.repeat(width, ends - starts) + runs.first
    edges = np.column_stack([begin, begin + runs.last - runs.first]).ravel()
    flat = np.repeat(np.arange(len(edges) + 1) % 2 == 1, np.diff(edges, prepend=0, append=stops[-1]))
    spans = zip((stops - height * width).tolist(), stops.tolist(), height.tolist(), strict=True)
    masks = [flat[start:stop].reshape(rows, -1) for start, stop, rows in spans]
    return np.column_stack([top, left, bottom, right]), masks


def _outline(levels: Levels, around: Box, own: Mask, cell: int, level: int, shape: tuple[int, int]) -> tuple[Box, Mask]:
    """Pixels where the interpolated map reaches T, within one cell of the region's own cells."""
    top, left = max(0, around[0] - _CONTEXT), max(0, around[1] - _CONTEXT)
    part = levels[top : around[2] + _CONTEXT, left : around[3] + _CONTEXT]
    cells = np.zeros_like(part)
    cells[around[0] - top : around[2] - top, around[1] - left : around[3] - left] = own
    top, left = top * cell, left * cell
    height, width = min(part.shape[0] * cell, shape[0] - top), min(part.shape[1] * cell, shape[1] - left)
    fine = pixel_levels(part, cell, (height, width))
    near = _enlarge(cv2.dilate(cells, _AROUND), cell)[:height, :width]
    inside = _enlarge(cells, cell)[:height, :width]
    mask = cv2.bitwise_and(cv2.threshold(fine, level - 1, 1, cv2.THRESH_BINARY)[1], near)
    if not cv2.countNonZero(cv2.bitwise_and(mask, inside)):  # a lone cell just above T: interpolation flattens it
        mask = inside
    x, y, wide, tall = cv2.boundingRect(mask)
    own = mask[y : y + tall, x : x + wide].astype(np.bool_)
    return (top + y, left + x, top + y + tall, left + x + wide), own


def _enlarge(cells: Levels, cell: int) -> Levels:
    size = (cells.shape[1] * cell, cells.shape[0] * cell)
    pixels: Levels = cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST)
    return pixels
