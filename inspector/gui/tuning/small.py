"""Frames made small for the grid, read in a thread of their own; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inspector.dataset import defect_pixels
from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.models import Models
from inspector.stages.filtering import pixel_levels
from inspector.tune.measuring import Measured, measured
from inspector.tune.store import Store
from inspector.tune.trial import Trial
from inspector.types import Levels, Pixels

SIDE = (148, 112)
"""Width and height in px that a small frame fits into."""

_AT_ONCE = 6
_KEPT = 2000


@dataclass(frozen=True, eq=False)
class Small:
    """A frame as it is painted small.

    Attributes
    ----------
    pixels : uint8 (h, w) or (h, w, 3)
    levels : uint8 (h, w)
        The highest severity level around each of its pixels: what is thin stays to be seen.
    outlines : tuple of float32 (n, 2)
        Of the annotated defects: x and y in its pixels.
    scale : float
        Its pixels for a pixel of the frame.
    trouble : str
        Why the frame can't be read; else empty.
    """

    pixels: Pixels
    levels: Levels
    outlines: tuple[npt.NDArray[np.float32], ...]
    scale: float
    trouble: str = ""


def make_small(found: Measured) -> Small:
    """A frame with its map and truth, of the frame's proportions."""
    pixels, mask = found.known.pixels, found.known.mask
    height, width = pixels.shape[:2]
    scale = min(SIDE[0] / width, SIDE[1] / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fine = pixel_levels(found.measurement.levels, found.measurement.cell, (height, width))
    if scale < 1:
        fine = cv2.dilate(fine, np.ones((round(1 / scale),) * 2, np.uint8))
    levels = cv2.resize(fine, size, interpolation=cv2.INTER_NEAREST)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    outlines: list[npt.NDArray[np.float32]] = []
    if mask is not None:
        found_outlines, _ = cv2.findContours(
            defect_pixels(mask).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
        )
        outlines = [(outline[:, 0].astype(np.float32) + 0.5) * np.float32(scale) for outline in found_outlines]
    return Small(np.ascontiguousarray(small, np.uint8), np.ascontiguousarray(levels, np.uint8), tuple(outlines), scale)


class Smalls:
    """The small frames of a trial: those on the screen first, the others while nothing else is wanted.

    Parameters
    ----------
    models : Models
    store : Store
        Where the frames were measured.
    """

    def __init__(self, models: Models, store: Store) -> None:
        self._models, self._store = models, store
        self._work: Newest[dict[int, Small]] = Newest("inspector-tune-pictures")
        self._trial: Trial | None = None
        self._read: dict[int, Small] = {}

    @property
    def settled(self) -> bool:
        """Whether all are there, or as many as are kept."""
        return self._trial is None or (self._work.idle and len(self._read) >= min(self._trial.swept.frames, _KEPT))

    def show_trial(self, trial: Trial) -> None:
        """The trial whose frames are wanted; those of the same frames and model stay."""
        before, self._trial = self._trial, trial
        if before is None or before.swept.truth is not trial.swept.truth or before.swept.model != trial.swept.model:
            self._work.renew()
            self._read.clear()

    def get(self, frame: int) -> Small | None:
        """A frame by number; None while it is not read."""
        return self._read.get(frame)

    def refresh(self, seen: Sequence[int]) -> bool:
        """Take what was read and have more read, those that are `seen` first; whether some came."""
        trial, came = self._trial, self._work.take()
        if trial is None:
            return False
        self._read.update(came or {})
        while len(self._read) > _KEPT:
            self._read.pop(next(frame for frame in self._read if frame not in seen))
        if self._work.idle:
            missing = [frame for frame in seen if frame not in self._read]
            if not missing and len(self._read) < _KEPT:
                missing = [frame for frame in range(trial.swept.frames) if frame not in self._read]
            if missing:
                wanted = missing[:_AT_ONCE]
                self._work.ask(lambda: {frame: self._one(trial, frame) for frame in wanted})
        return bool(came)

    def close(self) -> None:
        """End the thread."""
        self._work.close()

    def _one(self, trial: Trial, frame: int) -> Small:
        try:
            model = self._models.get(trial.recipe.model)
            return make_small(measured(trial.swept.truth.frames[frame], model, self._store))
        except InspectorError as error:
            empty = np.zeros((1, 1), np.uint8)
            return Small(empty, empty, (), 1.0, str(error))
