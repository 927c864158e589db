"""Stage 3: cells above T become regions; clusters close to each other are one (paper, section III-C)."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from inspector.stages.filtering import Area, defect_cells, pixel_levels
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Box, Levels, Mask, threshold_level

Labels = npt.NDArray[np.int32]
_CONTEXT = 2
"""Cells around a region that its interpolated outline depends on."""

_SEVERITY = SEVERITY_MAX / LEVEL_MAX


@dataclass(frozen=True, eq=False)
class Shape:
    """A region before it has a kind: box in px (half-open), mask of the box, severities of its cells."""

    box: Box
    mask: Mask
    area_px: int
    peak_severity: float
    mean_severity: float


def label_cells(cells: Mask, cell: int, distance: float) -> tuple[Labels, int]:
    """Number the clusters of cells.

    Parameters
    ----------
    cells : bool (h, w)
        Cells at or above T.
    cell : int
        Side of a cell in px.
    distance : float
        Clusters nearer than this, in px between the edges of their nearest cells, are one. Touching cells,
        corners included, always are: at cell 4 the paper's 4 px are just this.

    Returns
    -------
    labels : int32 (h, w)
        0 outside, 1 to count inside.
    count : int
    """
    count, labels = cv2.connectedComponents(cells.astype(np.uint8), connectivity=8)
    count -= 1  # OpenCV counts the background
    if count > 1 and distance > cell:
        return _join_near(labels, count, cell, distance)
    return labels, count


def _join_near(labels: Labels, count: int, cell: int, distance: float) -> tuple[Labels, int]:
    """Give clusters that are nearer than `distance` one number.

    From the border cells alone, as the nearest cell of a cluster always is one: most cells of a map are none.
    """
    reach = math.ceil(distance / cell)
    inside = (labels > 0).astype(np.uint8)
    inner = cv2.erode(inside, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rows, columns = np.nonzero(inside & ~inner)
    here, around = labels[rows, columns], np.pad(labels, reach)
    pairs = []
    for dy, dx in itertools.product(range(reach + 1), range(-reach, reach + 1)):
        gap = math.hypot(max(abs(dy) - 1, 0), max(abs(dx) - 1, 0)) * cell
        if gap >= distance or (dy == 0 and dx <= 0):
            continue
        there = around[rows + reach + dy, columns + reach + dx]
        near = (there > 0) & (there != here)
        pairs.append(np.stack([here[near], there[near]]))
    a, b = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(count + 1, count + 1))
    total, joined = connected_components(graph, directed=False)
    # Node 0, the background, is never linked and so keeps a component of its own: the first.
    return joined.astype(np.int32)[labels], total - 1


def find_shapes(
    levels: Levels, areas: Sequence[Area], *, cell: int, threshold: float, distance: float, shape: tuple[int, int]
) -> list[Shape]:
    """The regions of a severity map at T, the most severe first.

    Clusters are found on cells; each outline is then refined to the pixels where the interpolated map reaches T, so
    that the work grows with the regions and not with the frame.

    Parameters
    ----------
    levels : uint8 (ceil(H / cell), ceil(W / cell))
        The whole map, below T too: outlines are interpolated on it.
    areas : sequence of (rows, columns)
        Where severities reach T, from stage 2.
    cell : int
    threshold : float
        T.
    distance : float
        Cluster distance in px, 64 at most.
    shape : (H, W)
        Of the frame in px.
    """
    found = [region for area in areas for region in _shapes_in(levels, area, cell, threshold, distance, shape)]
    return sorted(found, key=lambda region: (-region.peak_severity, -region.area_px, region.box))


def _shapes_in(
    levels: Levels, area: Area, cell: int, threshold: float, distance: float, shape: tuple[int, int]
) -> Iterator[Shape]:
    rows, columns = (slice(max(0, s.start - _CONTEXT), s.stop + _CONTEXT) for s in area)
    top, left = rows.start * cell, columns.start * cell
    part, size = levels[rows, columns], (shape[0] - top, shape[1] - left)
    labels, count = label_cells(defect_cells(part, threshold), cell, distance)
    boxes = [_only_box(labels)] if count == 1 else ndimage.find_objects(labels)
    for number, around in enumerate(boxes, start=1):
        own = labels[around] == number
        if cell == 1:  # the cells are the pixels
            (y, x), mask = around, own
            box = (y.start, x.start, y.stop, x.stop)
        else:
            box, mask = _outline(part, labels, number, around, cell, threshold_level(threshold), size)
        inside = own.view(np.uint8)
        yield Shape(
            (top + box[0], left + box[1], top + box[2], left + box[3]),
            mask,
            cv2.countNonZero(mask.view(np.uint8)),
            cv2.minMaxLoc(part[around], inside)[1] * _SEVERITY,
            cv2.mean(part[around], inside)[0] * _SEVERITY,
        )


def _only_box(labels: Labels) -> tuple[slice, slice]:
    """Where the only cluster lies: `find_objects` has more to set up than to find there."""
    left, top, width, height = cv2.boundingRect((labels > 0).view(np.uint8))
    return slice(top, top + height), slice(left, left + width)


def _outline(
    levels: Levels,
    labels: Labels,
    number: int,
    around: tuple[slice, ...],
    cell: int,
    level: int,
    shape: tuple[int, int],
) -> tuple[Box, Mask]:
    """Pixels where the interpolated map reaches T, within one cell of the region's own cells."""
    part = tuple(slice(max(0, s.start - _CONTEXT), s.stop + _CONTEXT) for s in around)
    top, left = part[0].start * cell, part[1].start * cell
    own = (labels[part] == number).astype(np.uint8)
    size = (min(own.shape[0] * cell, shape[0] - top), min(own.shape[1] * cell, shape[1] - left))
    inside = _enlarge(own, cell, size)
    near = _enlarge(cv2.dilate(own, np.ones((3, 3), np.uint8)), cell, size)
    mask = (pixel_levels(levels[part], cell, size) >= level) & near
    if not (mask & inside).any():  # a lone cell just above T: interpolation flattens it
        mask = inside
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    return (top + y0, left + x0, top + y1, left + x1), mask[y0:y1, x0:x1].copy()


def _enlarge(cells: npt.NDArray[np.uint8], cell: int, size: tuple[int, int]) -> Mask:
    return np.repeat(np.repeat(cells, cell, 0), cell, 1)[: size[0], : size[1]].astype(bool)
