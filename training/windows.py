"""Training windows of 64 x 64 px for the classifier, drawn and altered at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from inspector.dataset import IGNORE
from inspector.networks.input import prepare
from inspector.stages.classification import (
    MAX_SCALE,
    WINDOW,
    cut_severity,
    cut_window,
    fitting_scale,
    severity_plane,
)
from inspector.types import Box, FloatArray, Levels, Window
from training.augment import Augment
from training.patches import Annotated

SIGNIFICANT = 0.3
"""A window shows a kind if it holds this share of the defect, or if this share of the window is defect."""

UNSEEN = 0.1
"""Share of windows without their severities, so that the pixels are learned to say it alone."""

_TRIES = 10
_MARGIN = 20


@dataclass(frozen=True)
class Place:
    """Where windows of a class may be cut: frame number, box in px, class id (0 = background)."""

    frame: int
    box: Box
    kind: int


def defect_places(frames: Sequence[Annotated]) -> list[Place]:
    """One place for each connected defect of one class."""
    places = []
    for number, frame in enumerate(frames):
        for kind in sorted(set(np.unique(frame.mask)) - {0, IGNORE}):
            _, _, stats, _ = cv2.connectedComponentsWithStats((frame.mask == kind).astype(np.uint8), connectivity=8)
            for left, top, width, height, _ in stats[1:].tolist():
                places.append(Place(number, (top, left, top + height, left + width), int(kind)))
    return places


def false_alarm_places(frames: Sequence[Annotated], found: Sequence[Sequence[Box]]) -> list[Place]:
    """Background places: boxes that the detector found where the annotation has no defect."""
    return [
        Place(number, box, 0)
        for number, (frame, boxes) in enumerate(zip(frames, found, strict=True))
        for box in boxes
        if not (frame.mask[box[0] : box[2], box[1] : box[3]] > 0).any()
    ]


class WindowSampler:
    """Draws batches of windows, the kinds equally often.

    Parameters
    ----------
    frames : sequence of Annotated
    maps : sequence of uint8 (ceil(H / cell), ceil(W / cell))
        The frames' severity maps.
    defects, false_alarms : lists of Place
    cell : int
    size : int
        Windows in a batch.
    seed : int
    augment : Augment
    background_share : float
        Share of background in a batch: half of it from false alarms where there are any, the rest sound surface.
    """

    def __init__(
        self,
        frames: Sequence[Annotated],
        maps: Sequence[Levels],
        defects: Sequence[Place],
        false_alarms: Sequence[Place],
        *,
        cell: int,
        size: int,
        seed: int,
        augment: Augment,
        background_share: float,
    ) -> None:
        self.frames, self.maps, self.cell = frames, maps, cell
        self.false_alarms, self.share = false_alarms, background_share
        self.size, self.seed, self.augment = size, seed, augment
        self.of_kind: dict[int, list[Place]] = {}
        for place in defects:
            self.of_kind.setdefault(place.kind, []).append(place)

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        """Inputs float32 (size, C + 1, 64, 64) and class ids (size,) of a step."""
        self.rng = np.random.default_rng((self.seed, step))
        drawn = [self._draw() for _ in range(self.size)]
        inputs = np.stack([inputs for inputs, _ in drawn])
        return torch.from_numpy(inputs), torch.tensor([kind for _, kind in drawn])

    def _draw(self) -> tuple[FloatArray, int]:
        if self.rng.random() < self.share and (sound := self._background()):
            number, window = sound
            return self._inputs(number, window), 0
        kind = int(self.rng.choice(list(self.of_kind)))
        place = self.of_kind[kind][self.rng.integers(len(self.of_kind[kind]))]
        return self._inputs(place.frame, self._of_defect(place)), kind

    def _of_defect(self, place: Place) -> Window:
        """A window around a point of the defect, at the scale that fits it or, as for a fragment, a smaller one."""
        mask = self.frames[place.frame].mask == place.kind
        top, left, bottom, right = place.box
        ys, xs = np.nonzero(mask[top:bottom, left:right])
        fitting = fitting_scale(place.box)
        for attempt in range(_TRIES):
            scale = fitting if self.rng.random() < 0.75 else int(self.rng.integers(fitting + 1))
            size, k = WINDOW << scale, self.rng.integers(len(ys))
            spread = (0.5 - attempt / (2 * _TRIES)) * size  # each miss looks nearer to the point
            y, x = (int(p - size / 2 + self.rng.uniform(-spread, spread)) for p in (top + ys[k], left + xs[k]))
            window = _inside(Window(scale, y, x), mask.shape)
            held = np.count_nonzero(mask[window.top : window.top + size, window.left : window.left + size])
            if held >= SIGNIFICANT * min(len(ys), size * size):
                return window
        return window

    def _background(self) -> tuple[int, Window] | None:
        """A window without any defect, around a false alarm or anywhere; None where chance finds none."""
        for _ in range(10 * _TRIES):
            if self.false_alarms and self.rng.random() < 0.5:
                place = self.false_alarms[int(self.rng.integers(len(self.false_alarms)))]
                number, scale = place.frame, fitting_scale(place.box)
                size = WINDOW << scale
                middle = ((place.box[0] + place.box[2]) / 2, (place.box[1] + place.box[3]) / 2)
                y, x = (int(m - size / 2 + self.rng.uniform(-size / 3, size / 3)) for m in middle)
            else:
                number, scale = (
                    int(self.rng.integers(len(self.frames))),
                    min(int(self.rng.geometric(0.6)) - 1, MAX_SCALE),
                )
                size = WINDOW << scale
                y, x = (int(self.rng.integers(max(1, side - size + 1))) for side in self.frames[number].mask.shape)
            mask = self.frames[number].mask
            window = _inside(Window(scale, y, x), mask.shape)
            if not mask[window.top : window.top + size, window.left : window.left + size].any():
                return number, window
        return None

    def _inputs(self, number: int, window: Window) -> FloatArray:
        frame = self.frames[number]
        severity = cut_severity(self.maps[number], self.cell, frame.mask.shape, window)
        cut = np.dstack([cut_window(frame.pixels, window), severity])
        margin = ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0))
        cut = np.pad(cut, margin, mode="reflect")  # for the corners of a turned window
        cut, _ = self.augment.geometry(cut, np.zeros(cut.shape[:2], np.uint8), 0, self.rng)
        cut = cut[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
        pixels, scale = self.augment.light(cut[..., :-1], frame.scale, self.rng)
        seen = prepare(self.augment.grain(pixels, self.rng), pixels.shape[2], scale)
        return np.concatenate([seen, severity_plane(cut[..., -1]) * self._doubt()])

    def _doubt(self) -> np.float32:
        """A factor on the severities: of frames that it learned from, the detector is surer than of those to come."""
        if not self.augment.doubt:
            return np.float32(1)
        return np.float32(self.rng.uniform(1 - self.augment.doubt, 1) * (self.rng.random() > UNSEEN))


def _inside(window: Window, shape: tuple[int, ...]) -> Window:
    size = WINDOW << window.scale
    top, left = (max(0, min(start, side - size)) for start, side in zip((window.top, window.left), shape, strict=True))
    return Window(window.scale, top, left)
