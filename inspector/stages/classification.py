"""Stage 4: windows of a region are classified and vote its kind (paper, section III-D).

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
from inspector.types import BACKGROUND, Box, FloatArray, Pixels, Window, WindowKinds

WINDOW = 64
"""Side of a window at scale 0, and of the classifier's input, in px."""

MAX_SCALE = 3
"""Windows are doubled for large defects up to 512 px."""

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


class FrameWindows:
    """The window classes of one frame (a `WindowKinds`); safe to use from several threads.

    Parameters
    ----------
    classify : callable
        The network: float32 (N, channels, 64, 64) -> class probabilities (N, classes).
    pixels : uint8 (H, W) or (H, W, 3)
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
        classes: tuple[str, ...],
        channels: int,
        scale: InputScale,
        veto: float = 0.0,
    ) -> None:
        self._classify, self._pixels, self._classes = classify, pixels, classes
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
                cuts = [prepare(cut_window(self._pixels, w), self._channels, self._scale) for w in batch]
                self._known.update(zip(batch, self._classify(np.stack(cuts)), strict=True))
            return np.stack([self._known[window] for window in windows])


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
    means = dict(zip(kinds.classes, probabilities.mean(0).tolist(), strict=True))
    ranked = sorted(kinds.classes, key=lambda name: (counts[name], means[name]), reverse=True)
    kind = ranked[1] if ranked[0] == BACKGROUND and means[BACKGROUND] < kinds.veto else ranked[0]
    return KindVote(kind, counts[kind] / len(probabilities), dict(counts.most_common()))
