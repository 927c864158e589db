"""One frame judged at every T, so that T, minimum area and policy only look up.

A map has 255 levels above 0, so there are 255 different T. The tables hold the regions of each, with what a policy asks
of a region, and the blobs of the mask, with what they share with the truth: what `judge` gives, whatever the recipe's
minimum area and policy.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from inspector.pipeline import region_classes
from inspector.stages.classification import vote
from inspector.stages.components import Shape, find_shapes
from inspector.stages.filtering import areas_above, pixel_levels
from inspector.tune.blobs import Claim, find_blobs
from inspector.tune.frame_truth import FrameTruth, histogram, read_truth
from inspector.tune.pixel_sweep import sweep_pixels
from inspector.tune.tables import OBJECT, REGION, Found, FrameSweep, Table, join
from inspector.tune.thresholds import THRESHOLDS
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Levels, Pixels, WindowKinds, block_peaks

_AT_ONCE = 1 << 22
"""Pixels of boxes whose regions are classified together."""


def sweep_frame(
    levels: Levels,
    cell: int,
    shape: tuple[int, int],
    kinds: WindowKinds | None,
    distance: float,
    mask: Pixels | None,
    classes: tuple[str, ...],
) -> FrameSweep:
    """Judge a frame at every T.

    Parameters
    ----------
    levels : uint8 (ceil(H / cell), ceil(W / cell))
    cell : int
    shape : (H, W)
        Of the frame in px.
    kinds : WindowKinds or None
        None where the model has no classifier.
    distance : float
        Cluster distance in px.
    mask : uint8 (H, W) or None
        Its annotation, 255 = ignore; None where there is none.
    classes : tuple of str
        Names of the class ids, of the annotation and of the blobs.
    """
    names = region_classes(kinds.classes if kinds else ())
    ids = [classes.index(name) if name in classes else 1 for name in names]  # as in the masks that are written
    truth = None if mask is None else read_truth(mask)
    if cell == 1:
        regions, found = sweep_pixels(levels, kinds, distance, truth, ids)
    else:
        regions, found = sweep_cells(levels, cell, shape, kinds, distance, truth, ids)
    counts = np.zeros((len(classes), 256), np.int64)
    if mask is not None:
        counts = histogram(pixel_levels(levels, cell, shape), mask, len(classes))
    return FrameSweep(regions, found, np.empty(0, OBJECT) if truth is None else truth.objects, counts)


def sweep_cells(
    levels: Levels,
    cell: int,
    shape: tuple[int, int],
    kinds: WindowKinds | None,
    distance: float,
    truth: FrameTruth | None,
    ids: Sequence[int],
) -> tuple[Table, Found]:
    """The regions of a map at every T, and the blobs of their mask, by the stages themselves, one T after the other."""
    tables, found = [np.empty(0, REGION)], list[Found]()
    for level, shapes, chosen in _classified(levels, cell, shape, kinds, distance):
        tables.append(_table(level, shapes, chosen))
        if truth is not None:
            named = zip(shapes, chosen, strict=True)
            if claims := [Claim(s.box, s.mask, s.area_px, ids[kind]) for s, kind in named if kind]:
                found.append(find_blobs(claims, truth, level))
    return np.concatenate(tables), join(found)


def _classified(
    levels: Levels, cell: int, shape: tuple[int, int], kinds: WindowKinds | None, distance: float
) -> Iterator[tuple[int, list[Shape], list[int]]]:
    """Each level that something reaches, the regions there, and the number of each one's kind."""
    peaks, waiting, size = block_peaks(levels), list[tuple[int, list[Shape]]](), 0
    for level in range(int(peaks.max()), 0, -1):
        threshold = float(THRESHOLDS[level - 1])
        areas = areas_above(peaks, threshold)
        shapes = find_shapes(levels, areas, cell=cell, threshold=threshold, distance=distance, shape=shape)
        waiting.append((level, shapes))
        size += sum(s.mask.size for s in shapes)
        if size > _AT_ONCE or level == 1:
            chosen = iter(_kinds([s for _, each in waiting for s in each], shape, kinds))
            yield from ((at, each, [next(chosen) for _ in each]) for at, each in waiting)
            waiting, size = [], 0


def _kinds(shapes: list[Shape], shape: tuple[int, int], kinds: WindowKinds | None) -> list[int]:
    if kinds is None:
        return [1] * len(shapes)
    return [kinds.classes.index(decision.kind) for decision in vote(shapes, shape, kinds)]


def _table(level: int, shapes: Sequence[Shape], chosen: Sequence[int]) -> Table:
    table = np.zeros(len(shapes), REGION)
    if shapes:
        table["level"], table["kind"] = level, chosen
        table["peak"] = [round(s.peak_severity * LEVEL_MAX / SEVERITY_MAX) for s in shapes]
        table["area"], table["box"] = [s.area_px for s in shapes], [s.box for s in shapes]
    return table
