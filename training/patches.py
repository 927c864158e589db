"""Training patches of 256 x 256 px for the regressor, drawn and altered at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inspector.dataset import IGNORE, Dataset, Sample
from inspector.networks.input import InputScale, Normalisation, input_scale, prepare, with_channels
from inspector.types import FloatArray, Pixels
from training.labels import REFERENCE_REACH, SeverityScale, cell_scores

PATCH = 256
MARGIN = 2 * REFERENCE_REACH
"""Surroundings cut along with a patch, so that defects at its rim find their sound reference."""


@dataclass(frozen=True)
class Annotated:
    """A training frame in memory: uint8 pixels (H, W, channels) and class ids (H, W)."""

    pixels: Pixels
    mask: Pixels
    scale: InputScale


def load_frames(
    dataset: Dataset, samples: Sequence[Sample], channels: int, normalisation: Normalisation
) -> list[Annotated]:
    """Read the samples of a split into memory."""
    frames = []
    for sample in samples:
        pixels, mask = dataset.read(sample)
        frames.append(Annotated(with_channels(pixels, channels), mask, input_scale(pixels, normalisation)))
    return frames


class PatchSampler:
    """Draws batches: three of four patches are centred near a defect, the kinds equally often.

    Parameters
    ----------
    frames : sequence of Annotated
    cell : int
    scale : SeverityScale
    rng : numpy Generator
        The only source of chance; its state is saved with a checkpoint.
    directed : bool
        The surface has a direction (grinding marks, a weave) that every part shares: patches are mirrored and tilted
        a little, but not turned.
    defect_share : float
        Share of patches near a defect.
    """

    def __init__(
        self,
        frames: Sequence[Annotated],
        cell: int,
        scale: SeverityScale,
        rng: np.random.Generator,
        *,
        directed: bool = False,
        defect_share: float = 0.75,
    ) -> None:
        self.frames, self.cell, self.scale, self.rng = frames, cell, scale, rng
        self.directed, self.defect_share = directed, defect_share
        self.of_kind: dict[int, list[int]] = {}
        for i, frame in enumerate(frames):
            for kind in np.unique(frame.mask):
                if kind not in (0, IGNORE):
                    self.of_kind.setdefault(int(kind), []).append(i)

    def batch(self, size: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Inputs (size, C, 256, 256), severities (size, 1, 256 / cell, 256 / cell) and weights of that shape."""
        drawn = [self._patch() for _ in range(size)]
        inputs, severities, weights = (np.stack(parts) for parts in zip(*drawn, strict=True))
        return inputs, severities[:, None], weights[:, None]

    def _patch(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        frame, y, x = self._place()
        beyond = round(frame.scale.offset)  # the frame's mean: 0 to the network, as its own padding is
        pixels, mask = _cut(frame.pixels, y, x, beyond), _cut(frame.mask, y, x, IGNORE)
        pixels, mask = self._turn(pixels, mask, beyond)
        pixels, scale = expose(pixels, frame.scale, self.rng)
        scores = cell_scores(pixels, mask, self.cell)
        inner, cells = slice(MARGIN, -MARGIN), slice(MARGIN // self.cell, -(MARGIN // self.cell))
        severity, known = self.scale.severity(scores)[cells, cells], scores.known[cells, cells]
        inputs = prepare(pixels[inner, inner], pixels.shape[2], scale)
        return inputs, severity, known.astype(np.float32)

    def _place(self) -> tuple[Annotated, int, int]:
        """A frame, and the top left corner of a patch in it (may lie outside where the frame is small)."""
        if self.of_kind and self.rng.random() < self.defect_share:
            kind = self.rng.choice(list(self.of_kind))
            frame = self.frames[self.rng.choice(self.of_kind[kind])]
            ys, xs = np.nonzero(frame.mask == kind)
            k = self.rng.integers(len(ys))
            reach = PATCH // 2 - 16
            y, x = (
                ys[k] - PATCH // 2 + self.rng.integers(-reach, reach),
                xs[k] - PATCH // 2 + self.rng.integers(-reach, reach),
            )
        else:
            frame = self.frames[int(self.rng.integers(len(self.frames)))]
            y, x = (self.rng.integers(max(0, side - PATCH) + 1) for side in frame.mask.shape)
        height, width = frame.mask.shape
        return frame, self._fit(int(y), height), self._fit(int(x), width)

    def _fit(self, start: int, side: int) -> int:
        """Keep a patch inside its frame; one that is larger than the frame begins or ends where the frame does.

        Either way each border of a frame is often the border of a patch, as it is when the frame is inspected.
        """
        if side < PATCH:
            return 0 if self.rng.random() < 0.5 else side - PATCH
        return int(np.clip(start, 0, side - PATCH))

    def _turn(self, pixels: Pixels, mask: Pixels, beyond: int) -> tuple[Pixels, Pixels]:
        """Mirror, turn by quarters unless the surface is directed, and every other time tilt and scale a little."""
        quarters = 0 if self.directed else int(self.rng.integers(4))
        pixels, mask = np.rot90(pixels, quarters), np.rot90(mask, quarters)
        for axis in (0, 1):
            if self.rng.random() < 0.5:
                pixels, mask = np.flip(pixels, axis), np.flip(mask, axis)
        if self.rng.random() < 0.5:
            middle = (mask.shape[1] / 2, mask.shape[0] / 2)
            matrix = cv2.getRotationMatrix2D(middle, self.rng.uniform(-8, 8), self.rng.uniform(0.9, 1.15))
            size, channels = mask.shape[::-1], pixels.shape[2]
            pixels = cv2.warpAffine(np.ascontiguousarray(pixels), matrix, size, borderValue=(beyond,) * channels)
            pixels = pixels.reshape(*mask.shape, channels)
            mask = cv2.warpAffine(
                np.ascontiguousarray(mask), matrix, size, flags=cv2.INTER_NEAREST, borderValue=float(IGNORE)
            )
        return pixels, mask


def expose(pixels: Pixels, scale: InputScale, rng: np.random.Generator) -> tuple[Pixels, InputScale]:
    """Other light on (H, W, C) pixels: a gain that falls off to one side, and noise. Labels are made afterwards."""
    gain = float(np.exp(rng.normal(0, 0.12)))
    height, width, _ = pixels.shape
    down, right = rng.normal(0, 0.1, 2)
    slope = down * np.linspace(-1, 1, height)[:, None] + right * np.linspace(-1, 1, width)
    light = (gain * np.exp(slope)).astype(np.float32)[..., None]
    noise = rng.standard_normal(pixels.shape, np.float32) * np.float32(rng.uniform(0, 3))
    exposed = np.clip(pixels * light + noise, 0, 255).astype(np.uint8)
    return exposed, scale._replace(offset=scale.offset * gain)


def _cut(image: Pixels, y: int, x: int, beyond: int) -> Pixels:
    """The patch at (y, x) with its margin; what lies beyond the frame has the value `beyond`."""
    y, x, size = y - MARGIN, x - MARGIN, PATCH + 2 * MARGIN
    height, width = image.shape[:2]
    pads = ((max(0, -y), max(0, y + size - height)), (max(0, -x), max(0, x + size - width)), (0, 0))
    part = image[max(0, y) : min(height, y + size), max(0, x) : min(width, x + size)]
    return np.pad(part, pads[: image.ndim], constant_values=beyond)
