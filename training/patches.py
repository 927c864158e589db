"""Training patches of 256 x 256 px for the regressor, drawn and altered at random."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    def __init__(
        self,
        frames: Sequence[Annotated],
        cell: int,
        scale: SeverityScale,
        rng: np.random.Generator,
        defect_share: float = 0.75,
    ) -> None:
        self.frames, self.cell, self.scale, self.rng, self.defect_share = frames, cell, scale, rng, defect_share
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
        pixels, mask = _cut(frame.pixels, y, x, None), _cut(frame.mask, y, x, IGNORE)
        turns = int(self.rng.integers(4))
        pixels, mask = np.rot90(pixels, turns), np.rot90(mask, turns)
        if self.rng.random() < 0.5:
            pixels, mask = pixels[:, ::-1], mask[:, ::-1]
        pixels, scale = expose(pixels, frame.scale, self.rng)
        scores = cell_scores(pixels if pixels.shape[2] == 3 else pixels[..., 0], mask, self.cell)
        inner, cells = slice(MARGIN, -MARGIN), slice(MARGIN // self.cell, -(MARGIN // self.cell))
        severity, known = self.scale.severity(scores)[cells, cells], scores.known[cells, cells]
        inputs = prepare(
            pixels[inner, inner] if pixels.shape[2] == 3 else pixels[inner, inner, 0], pixels.shape[2], scale
        )
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
            y, x = (self.rng.integers(min(0, side - PATCH), max(0, side - PATCH) + 1) for side in frame.mask.shape)
        height, width = frame.mask.shape
        return frame, _keep(int(y), height), _keep(int(x), width)


def expose(pixels: Pixels, scale: InputScale, rng: np.random.Generator) -> tuple[Pixels, InputScale]:
    """Another exposure of (H, W, C) pixels: grey values times a gain, plus noise. Labels are made from the result."""
    gain = float(np.exp(rng.normal(0, 0.12)))
    noise = rng.normal(0, rng.uniform(0, 3), pixels.shape).astype(np.float32)
    exposed = np.clip(pixels * np.float32(gain) + noise, 0, 255).astype(np.uint8)
    return exposed, scale._replace(offset=scale.offset * gain)


def _keep(start: int, side: int) -> int:
    """Keep a patch inside a frame that is larger than it, and around one that is smaller."""
    return int(np.clip(start, min(0, side - PATCH), max(0, side - PATCH)))


def _cut(image: Pixels, y: int, x: int, outside: int | None) -> Pixels:
    """The patch at (y, x) with its margin; what lies beyond the frame is `outside`, or mirrored."""
    y, x, size = y - MARGIN, x - MARGIN, PATCH + 2 * MARGIN
    height, width = image.shape[:2]
    top, left, bottom, right = max(0, -y), max(0, -x), max(0, y + size - height), max(0, x + size - width)
    part = image[max(0, y) : min(height, y + size), max(0, x) : min(width, x + size)]
    if not (top or left or bottom or right):
        return part
    pads = ((top, bottom), (left, right), (0, 0))[: image.ndim]
    if outside is not None:
        return np.pad(part, pads, constant_values=outside)
    return np.pad(part, pads, mode="reflect")
