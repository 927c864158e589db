"""The classes of all windows of a frame that a region can ask for, so that T costs no network any more."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from inspector.stages.classification import MAX_SCALE, WINDOW
from inspector.types import FloatArray, Ints, Levels, WindowKinds

_FAR = 1 << 30
"""More than any side of a frame in px."""


@dataclass(frozen=True)
class KnownWindows:
    """The windows of one frame, all classified (a `WindowKinds`).

    Attributes
    ----------
    classes : tuple of str
    veto : float
        See `WindowKinds`.
    places : int (n, 3)
        Scale, top and left of the windows, ascending.
    known : float32 (n, classes)
        Their class probabilities.
    """

    classes: tuple[str, ...]
    veto: float
    places: Ints
    known: FloatArray

    @cached_property
    def _keys(self) -> Ints:
        return _key(self.places)

    def probabilities(self, windows: Ints) -> FloatArray:
        """Class probabilities, float32 (windows, classes), of windows (windows, 3)."""
        return self.known[np.searchsorted(self._keys, _key(windows))]


def _key(windows: Ints) -> Ints:
    scale, top, left = windows.T
    key: Ints = (scale * _FAR + top) * _FAR + left
    return key


def grid_starts(side: int, scale: int) -> Ints:
    """Where the windows of a scale begin along a frame's side; they overlap by half, the last ends at the border."""
    size = WINDOW << scale
    last = max(side - size, 0)
    return np.append(np.arange(0, last, size // 2), last)


def classify_windows(kinds: WindowKinds, levels: Levels, cell: int, shape: tuple[int, int]) -> KnownWindows:
    """Classify every window that can hold a part of a region, at whatever T.

    Parameters
    ----------
    kinds : WindowKinds
    levels : uint8 (ceil(H / cell), ceil(W / cell))
    cell : int
    shape : (H, W)
        Of the frame in px.
    """
    places = _touched(levels, cell, shape)
    none = np.empty((0, len(kinds.classes)), np.float32)
    return KnownWindows(kinds.classes, kinds.veto, places, kinds.probabilities(places) if len(places) else none)


def _touched(levels: Levels, cell: int, shape: tuple[int, int]) -> Ints:
    """The windows with a cell above 0 in them or beside a cell of theirs: outlines are interpolated."""
    near = cv2.dilate((levels > 0).view(np.uint8), np.ones((3, 3), np.uint8))
    above = cv2.integral(near)
    found = []
    for scale in range(MAX_SCALE + 1):
        tops, lefts = (grid_starts(side, scale) for side in shape)
        (y0, y1), (x0, x1) = (
            (starts // cell, np.minimum(-(-(starts + (WINDOW << scale)) // cell), side))
            for starts, side in ((tops, levels.shape[0]), (lefts, levels.shape[1]))
        )
        counts = above[y1][:, x1] - above[y0][:, x1] - above[y1][:, x0] + above[y0][:, x0]
        y, x = np.nonzero(counts)
        found.append(np.column_stack([np.full(len(y), scale), tops[y], lefts[x]]))
    return np.concatenate(found)
