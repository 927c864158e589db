"""A mask while a person draws it: brush, polygon, kinds, undo."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inspector.types import Box, Pixels

Point = tuple[int, int]
"""(x, y) in px."""


class _Stroke(NamedTuple):
    """A stroke of the brush that is being drawn; `before` is the whole mask as it was."""

    before: Pixels
    radius: int
    kind: int
    path: list[Point]


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
        self._stroke: _Stroke | None = None

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
        self.begin(path[0], radius, kind)
        for point in path[1:]:
            self.extend(point)
        self.finish()

    def begin(self, at: Point, radius: int, kind: int) -> Box:
        """Put a round brush down; kind 0 erases.

        Returns
        -------
        Box
            What may have changed, for whoever paints it while it is drawn.
        """
        self._stroke = _Stroke(self._pixels.copy(), radius, kind, [at])
        return self._draw(self._stroke, at, at)

    def extend(self, to: Point) -> Box:
        """Lead the brush to a point, straight on; see `begin`."""
        assert self._stroke is not None, "no stroke was begun"
        before = self._stroke.path[-1]
        self._stroke.path.append(to)
        return self._draw(self._stroke, before, to)

    def finish(self) -> None:
        """Lift the brush: the whole stroke is one step to be undone."""
        assert self._stroke is not None, "no stroke was begun"
        stroke, self._stroke = self._stroke, None
        top, left, bottom, right = box = self._around(stroke.path, stroke.radius)
        self._keep(box, stroke.before[top:bottom, left:right].copy())

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
        self._keep(box, before)

    def _draw(self, stroke: _Stroke, start: Point, end: Point) -> Box:
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        for x, y in np.rint(np.linspace(start, end, steps + 1)).astype(int).tolist():  # cv2's thick lines are too thick
            cv2.circle(self._pixels, (x, y), stroke.radius, stroke.kind, cv2.FILLED)
        return self._around((start, end), stroke.radius)

    def _around(self, path: Sequence[Point], radius: int) -> Box:
        """What a brush on this path reaches, in the frame; empty where it passes outside."""
        (left, top), (right, bottom) = np.min(path, 0) - radius - 1, np.max(path, 0) + radius + 2
        height, width = self._pixels.shape
        top, bottom = np.clip((top, bottom), 0, height)
        left, right = np.clip((left, right), 0, width)
        return int(top), int(left), int(bottom), int(right)

    def _keep(self, box: Box, before: Pixels) -> None:
        """Have a step to be undone, if it changed anything."""
        if not np.array_equal(before, self._part(box)):
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
