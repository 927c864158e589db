"""Stage 4: windows of a region are classified and vote its kind (paper, section III-D).

The classifier sees a window's pixels and, beside them, its severities: where the defect is that is to be named.
The windows lie on grids that depend on the frame's size alone. A window's class therefore does not depend on T:
each is computed once per frame, when a region first needs it.
"""

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


def region_windows(regions: Sequence[Shape], shape: tuple[int, int]) -> tuple[list[Window], npt.NDArray[np.intp]]:
    """The grid windows that hold a significant part of each region, at the scale that fits it.

    All regions are counted at once, by the runs of pixels in their rows: a frame may have a thousand.

    Parameters
    ----------
    regions : sequence of Shape
    shape : (H, W)
        Of the frame in px.

    Returns
    -------
    windows : list of Window
        Of one region after the other's, by row and column.
    sizes : int (regions,)
        How many each has, 1 at least.
    """
    if not regions:
        return [], np.empty(0, np.intp)
    scales = np.array([fitting_scale(region.box) for region in regions])
    owner, row, first, last = _runs(regions)
    held = np.zeros((0, 4), np.intp)  # region, top, left, pixels
    for scale in np.unique(scales).tolist():
        own = scales[owner] == scale
        held = np.concatenate([held, _held(owner[own], row[own], first[own], last[own], scale, shape)])
    held = held[np.lexsort(held.T[2::-1])]
    most = np.zeros(len(regions), np.intp)
    np.maximum.at(most, held[:, 0], held[:, 3])
    chosen = held[held[:, 3] >= _SHARE * most[held[:, 0]]]
    placed = zip(scales[chosen[:, 0]].tolist(), chosen[:, 1].tolist(), chosen[:, 2].tolist(), strict=True)
    return [Window(*place) for place in placed], np.bincount(chosen[:, 0], minlength=len(regions))


_Ints = npt.NDArray[np.intp]


def _runs(regions: Sequence[Shape]) -> tuple[_Ints, _Ints, _Ints, _Ints]:
    """The runs of pixels in the rows of regions: number of the region, row, first and last + 1 column in the frame."""
    boxes = np.array([region.box for region in regions], np.intp)
    heights, widths = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1] + 1  # a column between the rows
    flat = np.zeros((heights * widths).sum() + 1, np.int8)
    starts = np.cumsum(heights * widths) - heights * widths
    for region, start, width in zip(regions, starts.tolist(), widths.tolist(), strict=True):
        flat[start : start + len(region.mask) * width].reshape(-1, width)[:, :-1] = region.mask
    edges = np.flatnonzero(np.diff(flat, prepend=0))
    first, last = edges[::2], edges[1::2]
    owner = np.searchsorted(starts, first, "right") - 1
    row, column = np.divmod(first - starts[owner], widths[owner])
    left = boxes[owner, 1] + column
    return owner, boxes[owner, 0] + row, left, left + last - first


def _held(owner: _Ints, row: _Ints, first: _Ints, last: _Ints, scale: int, shape: tuple[int, int]) -> _Ints:
    """How many px of each region the windows of a scale hold: rows of region, top, left, pixels."""
    size, (tops, lefts) = WINDOW << scale, (np.array(grid_starts(side, scale)) for side in shape)
    across = np.searchsorted(lefts, first - size, "right"), np.searchsorted(lefts, last)
    down = np.searchsorted(tops, row - size, "right"), np.searchsorted(tops, row, "right")
    run, x = _ranges(*across)
    inside = np.minimum(last[run], lefts[x] + size) - np.maximum(first[run], lefts[x])
    again, y = _ranges(down[0][run], down[1][run])
    key = (owner[run][again] * len(tops) + y) * len(lefts) + x[again]
    windows, which = np.unique(key, return_inverse=True)
    counts = np.bincount(which, inside[again]).astype(np.intp)
    rest, x = np.divmod(windows, len(lefts))
    region, y = np.divmod(rest, len(tops))
    return np.stack([region, tops[y], lefts[x], counts], 1)


def _ranges(starts: _Ints, stops: _Ints) -> tuple[_Ints, _Ints]:
    """The whole numbers in each of many ranges, one after the other, beside the number of the range."""
    counts = stops - starts
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + starts[which]


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
    windows, sizes = region_windows(regions, shape)
    none = np.empty((0, len(kinds.classes)), np.float32)
    return count_votes(kinds.probabilities(windows) if windows else none, sizes)


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
