"""A mask while a person draws it: brush, polygon, kinds, undo."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inspector.types import Box, Pixels

Point = tuple[int, int]
"""(x, y) in px."""


class Drawing:
    """Class ids of a frame, changed stroke by stroke.

    Parameters
    ----------
    pixels : uint8 (H, W)
        What it begins with; stays as it is.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels.copy()
        self._done: list[tuple[Box, Pixels]] = []
        self._undone: list[tuple[Box, Pixels]] = []

    @property
    def pixels(self) -> Pixels:
        """Class ids as they are now, uint8 (H, W), read-only."""
        shown = self._pixels.view()
        shown.setflags(write=False)
        return shown

    @property
    def can_undo(self) -> bool:
        """Whether something was drawn."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone, and nothing was drawn since."""
        return bool(self._undone)

    def brush(self, path: Sequence[Point], radius: int, kind: int) -> None:
        """Draw along a path with a round brush; kind 0 erases."""
        stroke = np.zeros_like(self._pixels)
        cv2.polylines(stroke, [_points(path)], isClosed=False, color=1, thickness=2 * radius + 1)
        for x, y in (path[0], path[-1]):
            cv2.circle(stroke, (x, y), radius, 1, cv2.FILLED)
        self._set(stroke, kind)

    def polygon(self, corners: Sequence[Point], kind: int) -> None:
        """Fill a polygon, its outline included; kind 0 erases."""
        inside = np.zeros_like(self._pixels)
        cv2.fillPoly(inside, [_points(corners)], 1)
        self._set(inside, kind)

    def recolour(self, at: Point, kind: int) -> None:
        """Give the defect at a point, all of one kind that touches there, another kind; 0 erases it."""
        x, y = at
        same = (self._pixels == self._pixels[y, x]).astype(np.uint8)
        labels = cv2.connectedComponents(same, connectivity=8)[1]
        if self._pixels[y, x]:
            self._set((labels == labels[y, x]).view(np.uint8), kind)

    def undo(self) -> None:
        """Take the last stroke back."""
        self._turn(self._done, self._undone)

    def redo(self) -> None:
        """Draw again what was taken back last."""
        self._turn(self._undone, self._done)

    def _set(self, chosen: Pixels, kind: int) -> None:
        left, top, width, height = cv2.boundingRect(chosen)
        box = (top, left, top + height, left + width)
        part = self._part(box)
        before = part.copy()
        part[chosen[top : top + height, left : left + width] > 0] = kind
        if not np.array_equal(before, part):
            self._done.append((box, before))
            self._undone.clear()

    def _turn(self, taken: list[tuple[Box, Pixels]], given: list[tuple[Box, Pixels]]) -> None:
        box, before = taken.pop()
        part = self._part(box)
        given.append((box, part.copy()))
        part[:] = before

    def _part(self, box: Box) -> Pixels:
        top, left, bottom, right = box
        return self._pixels[top:bottom, left:right]


def _points(path: Sequence[Point]) -> npt.NDArray[np.int32]:
    return np.array(path, np.int32).reshape(-1, 1, 2)
