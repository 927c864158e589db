"""Stage 4: windows of a region are classified and vote its kind (paper, section III-D).

The classifier sees a window's pixels and, beside them, its severities: where the defect is that is to be named.
The windows lie on grids that depend on the frame's size alone. A window's class therefore does not depend on T:
each is computed once per frame, when a region first needs it.
"""

import bisect
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inspector.networks.input import InputScale, prepare
from inspector.stages.components import Shape
from inspector.types import Box, FloatArray, Levels, Pixels, Window, WindowKinds

WINDOW = 64
"""Side of a window at scale 0, and of the classifier's input, in px."""

MAX_SCALE = 3
"""Windows are doubled for large defects up to 512 px."""

SEVERITY_GAIN = 1 / 128
"""The classifier's last input is the 8-bit severity map times this: 0 to 2, as the pixels' spread is about 1."""

_BATCH = 64
_SHARE = 0.5
"""A window votes if it holds at least this share of what the best window of the region holds."""


class KindVote(NamedTuple):
    """What the windows of a region say."""

    kind: str
    confidence: float
    votes: dict[str, int]


@cache
def grid_starts(side: int, scale: int) -> tuple[int, ...]:
    """Where the windows of a scale begin along a frame's side; they overlap by half, the last ends at the border."""
    size = WINDOW << scale
    return (*range(0, max(side - size, 0), size // 2), max(side - size, 0))


def cut_window(pixels: Pixels, window: Window) -> Pixels:
    """The 64 x 64 px of a window, scaled down from its size; a frame smaller than it is mirrored at its border."""
    size = WINDOW << window.scale
    part = pixels[window.top : window.top + size, window.left : window.left + size]
    missing = (size - part.shape[0], size - part.shape[1])
    if any(missing):
        part = np.pad(part, ((0, missing[0]), (0, missing[1]), (0, 0))[: part.ndim], mode="symmetric")
    return part if size == WINDOW else cv2.resize(part, (WINDOW, WINDOW), interpolation=cv2.INTER_AREA)


def cut_severity(levels: Levels, cell: int, shape: tuple[int, ...], window: Window) -> Levels:
    """The severities of a window, uint8 (64, 64): the map's cells as pixels, cut and scaled as the window's own.

    `shape` is the frame's, whose border the last cells may lie across.
    """
    top, left, size = window.top, window.left, WINDOW << window.scale
    rows, columns = (slice(start // cell, (start + size) // cell + 1) for start in (top, left))
    part = np.repeat(np.repeat(levels[rows, columns], cell, 0), cell, 1)
    y, x = top % cell, left % cell
    return cut_window(part[y : y + shape[0] - top, x : x + shape[1] - left], Window(window.scale, 0, 0))


def severity_plane(levels: Levels) -> FloatArray:
    """The classifier's last input, float32 (1, H, W)."""
    return (levels * np.float32(SEVERITY_GAIN))[None]


class FrameWindows:
    """The window classes of one frame (a `WindowKinds`); safe to use from several threads.

    Parameters
    ----------
    classify : callable
        The network: float32 (N, channels + 1, 64, 64) -> class probabilities (N, classes).
    pixels : uint8 (H, W) or (H, W, 3)
    levels : uint8 (ceil(H / cell), ceil(W / cell))
        The severity map.
    cell : int
    classes : tuple of str
        The first is ``background``.
    channels : int
    scale : InputScale
        Of the whole frame.
    veto : float
        See `WindowKinds`.
    """

    def __init__(
        self,
        classify: Callable[[FloatArray], FloatArray],
        pixels: Pixels,
        levels: Levels,
        cell: int,
        classes: tuple[str, ...],
        channels: int,
        scale: InputScale,
        veto: float = 0.0,
    ) -> None:
        self._classify, self._pixels, self._classes = classify, pixels, classes
        self._levels, self._cell = levels, cell
        self._channels, self._scale, self._veto = channels, scale, veto
        self._rows: dict[Window, int] = {}
        self._known = np.empty((0, len(classes)), np.float32)
        self._lock = threading.Lock()

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names; the first is ``background``."""
        return self._classes

    @property
    def veto(self) -> float:
        """See `WindowKinds`."""
        return self._veto

    def probabilities(self, windows: list[Window]) -> FloatArray:
        """Class probabilities, float32 (len(windows), classes); only windows not seen before cost time."""
        with self._lock:
            new = [window for window in dict.fromkeys(windows) if window not in self._rows]
            for start in range(0, len(new), _BATCH):
                batch = new[start : start + _BATCH]
                given = self._classify(np.stack([self._input(window) for window in batch]))
                self._known = np.concatenate([self._known, given])
                for window in batch:
                    self._rows[window] = len(self._rows)
            return self._known[[self._rows[window] for window in windows]]

    def _input(self, window: Window) -> FloatArray:
        pixels = prepare(cut_window(self._pixels, window), self._channels, self._scale)
        severity = cut_severity(self._levels, self._cell, self._pixels.shape, window)
        return np.concatenate([pixels, severity_plane(severity)])


def fitting_scale(box: Box) -> int:
    """The smallest scale whose windows are as large as a box, at most `MAX_SCALE`."""
    longest = max(box[2] - box[0], box[3] - box[1])
    return min(((longest - 1) // WINDOW).bit_length(), MAX_SCALE)


def region_windows(region: Shape, shape: tuple[int, int]) -> list[Window]:
    """The grid windows that hold a significant part of a region, at the scale that fits it.

    Parameters
    ----------
    region : Shape
    shape : (H, W)
        Of the frame in px.
    """
    top, left, bottom, right = region.box
    scale = fitting_scale(region.box)
    size = WINDOW << scale
    ys, xs = _overlapping(shape[0], scale, top, bottom), _overlapping(shape[1], scale, left, right)
    sums = cv2.integral(region.mask.view(np.uint8))
    rows, columns = _edges(ys, size, top, bottom), _edges(xs, size, left, right)
    held = np.diff(np.diff(sums[rows[:, :, None, None], columns], axis=1), axis=3)[:, 0, :, 0]
    chosen = np.nonzero((held >= _SHARE * held.max()) & (held > 0))
    return [Window(scale, ys[y], xs[x]) for y, x in zip(*(places.tolist() for places in chosen), strict=True)]


def _overlapping(side: int, scale: int, first: int, last: int) -> tuple[int, ...]:
    """The grid's windows along a side that reach into [first, last)."""
    starts = grid_starts(side, scale)
    return starts[bisect.bisect_right(starts, first - (WINDOW << scale)) : bisect.bisect_left(starts, last)]


def _edges(starts: tuple[int, ...], size: int, first: int, last: int) -> npt.NDArray[np.intp]:
    """Where each window begins and ends within [first, last), counted from `first`: (windows, 2)."""
    return np.array([(max(start - first, 0), min(start + size, last) - first) for start in starts])


def vote(regions: list[Shape], shape: tuple[int, int], kinds: WindowKinds) -> list[KindVote]:
    """The kind of each region: the class most frequent among its windows, all regions in one batch.

    Equal counts are decided by the mean probabilities. ``background`` makes the region a false alarm, unless its
    mean probability stays below the model's veto: then the next most frequent kind counts.
    """
    ballot = poll(regions, shape, kinds)
    winners = ballot.ranking[:, 0].copy()
    overruled = (winners == 0) & (ballot.means[:, 0] < kinds.veto)
    winners[overruled] = ballot.ranking[overruled, 1]
    shares = ballot.counts[np.arange(len(winners)), winners] / ballot.counts.sum(1)
    return [
        KindVote(kinds.classes[winner], share, {kinds.classes[i]: counts[i] for i in ranked if counts[i]})
        for winner, share, counts, ranked in zip(
            winners.tolist(), shares.tolist(), ballot.counts.tolist(), ballot.ranking.tolist(), strict=True
        )
    ]


class Ballot(NamedTuple):
    """The windows' votes by region, each (regions, classes).

    Attributes
    ----------
    counts : int
        Windows whose most probable class it is.
    means : float64
        Mean probability.
    ranking : int
        The classes, the most frequent first, equal counts by the mean probability.
    """

    counts: npt.NDArray[np.intp]
    means: npt.NDArray[np.float64]
    ranking: npt.NDArray[np.intp]


def poll(regions: Sequence[Shape], shape: tuple[int, int], kinds: WindowKinds) -> Ballot:
    """What the windows of regions say, all in one batch; `shape` is the frame's (H, W)."""
    windows = [region_windows(region, shape) for region in regions]
    sizes = np.array([len(group) for group in windows], np.intp)
    flat = [window for group in windows for window in group]
    return count_votes(kinds.probabilities(flat) if flat else np.empty((0, len(kinds.classes)), np.float32), sizes)


def count_votes(probabilities: FloatArray, sizes: npt.NDArray[np.intp]) -> Ballot:
    """Count the votes of regions with `sizes` windows each, 1 at least.

    Parameters
    ----------
    probabilities : float32 (windows, classes)
        Of one region's windows after the other's.
    sizes : int (regions,)
    """
    classes, first = probabilities.shape[1], np.cumsum(sizes) - sizes
    votes = np.eye(classes, dtype=np.intp)[probabilities.argmax(1)]
    counts = np.add.reduceat(votes, first, axis=0)
    means = np.add.reduceat(probabilities, first, axis=0, dtype=np.float64) / sizes[:, None]
    ranking = np.lexsort((-means, -counts), axis=1)
    return Ballot(counts, means, ranking)
