"""Stage 4: windows of a region are classified and vote its kind (paper, section III-D).

The classifier sees a window's pixels and, beside them, its severities: where the defect is that is to be named.
The windows lie on grids that depend on the frame's size alone. A window's class therefore does not depend on T:
each is computed once per frame, when a region first needs it.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cv2
import numpy as np

from inspector.networks.input import InputScale, prepare
from inspector.stages.components import Shape
from inspector.types import BACKGROUND, Box, FloatArray, Levels, Pixels, Window, WindowKinds

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


def grid_starts(side: int, scale: int) -> list[int]:
    """Where the windows of a scale begin along a frame's side; they overlap by half, the last ends at the border."""
    size = WINDOW << scale
    return [*range(0, max(side - size, 0), size // 2), max(side - size, 0)]


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
        self._known: dict[Window, FloatArray] = {}
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
            new = [window for window in dict.fromkeys(windows) if window not in self._known]
            for start in range(0, len(new), _BATCH):
                batch = new[start : start + _BATCH]
                self._known.update(zip(batch, self._classify(np.stack([self._input(w) for w in batch])), strict=True))
            return np.stack([self._known[window] for window in windows])

    def _input(self, window: Window) -> FloatArray:
        pixels = prepare(cut_window(self._pixels, window), self._channels, self._scale)
        severity = cut_severity(self._levels, self._cell, self._pixels.shape, window)
        return np.concatenate([pixels, severity_plane(severity)])


def fitting_scale(box: Box) -> int:
    """The smallest scale whose windows are as large as a box, at most `MAX_SCALE`."""
    longest = max(box[2] - box[0], box[3] - box[1])
    return next((scale for scale in range(MAX_SCALE) if WINDOW << scale >= longest), MAX_SCALE)


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
    held: dict[Window, int] = {}
    for y in _overlapping(shape[0], scale, top, bottom):
        for x in _overlapping(shape[1], scale, left, right):
            inside = region.mask[max(0, y - top) : y + size - top, max(0, x - left) : x + size - left]
            held[Window(scale, y, x)] = int(np.count_nonzero(inside))
    most = max(held.values())
    return [window for window, count in held.items() if count >= _SHARE * most and count > 0]


def _overlapping(side: int, scale: int, first: int, last: int) -> Iterator[int]:
    size = WINDOW << scale
    return (start for start in grid_starts(side, scale) if start < last and start + size > first)


def vote(regions: list[Shape], shape: tuple[int, int], kinds: WindowKinds) -> list[KindVote]:
    """The kind of each region: the class most frequent among its windows, all regions in one batch.

    Equal counts are decided by the summed probabilities. ``background`` makes the region a false alarm, unless its
    mean probability stays below the model's veto: then the next most frequent kind counts.
    """
    windows = [region_windows(region, shape) for region in regions]
    flat = [window for group in windows for window in group]
    if not flat:
        return []
    rows = iter(kinds.probabilities(flat))
    return [_winner(np.stack([next(rows) for _ in group]), kinds) for group in windows]


def _winner(probabilities: FloatArray, kinds: WindowKinds) -> KindVote:
    counts = Counter(kinds.classes[i] for i in probabilities.argmax(1))
    first, second = (kinds.classes[i] for i in rank_classes(probabilities)[:2])
    overruled = first == BACKGROUND and probabilities[:, 0].mean() < kinds.veto
    kind = second if overruled else first
    return KindVote(kind, counts[kind] / len(probabilities), dict(counts.most_common()))


def rank_classes(probabilities: FloatArray) -> list[int]:
    """The classes by the windows' votes, the most frequent first; equal counts by the mean probability.

    Parameters
    ----------
    probabilities : float32 (windows, classes)
    """
    counts, means = np.bincount(probabilities.argmax(1), minlength=probabilities.shape[1]), probabilities.mean(0)
    return sorted(range(len(counts)), key=lambda i: (counts[i], means[i]), reverse=True)
