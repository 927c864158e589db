"""Training patches of 256 x 256 px for the regressor, drawn and altered at random."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inspector.dataset import IGNORE, Dataset, Sample, defect_pixels
from inspector.networks.input import InputScale, Normalisation, input_scale, prepare, with_channels
from inspector.types import FloatArray, Mask, Pixels
from training.augment import Augment
from training.contrast import label_scores, local_background
from training.labels import SeverityScale

PATCH = 256
MARGIN = 32
"""Surroundings cut along with a patch, px, from which its corners come when it is turned."""


@dataclass(frozen=True)
class Annotated:
    """A training frame in memory.

    Attributes
    ----------
    pixels, background : uint8 (H, W, channels)
        The frame, and the sound surface behind its defects; see `local_background`.
    mask : uint8 (H, W)
        Class ids; 255 ignore.
    scale : InputScale
    """

    pixels: Pixels
    background: Pixels
    mask: Pixels
    scale: InputScale

    @classmethod
    def of(cls, pixels: Pixels, mask: Pixels, normalisation: Normalisation) -> "Annotated":
        """A frame (H, W, channels) with its background."""
        background = local_background(pixels, mask) if defect_pixels(mask).any() else pixels
        return cls(pixels, background, mask, input_scale(pixels, pixels.shape[2], normalisation))


def load_frames(
    dataset: Dataset, samples: Sequence[Sample], channels: int | None, normalisation: Normalisation
) -> list[Annotated]:
    """Read the samples of a split into memory; `channels` None takes colour if any sample shows it, else grey."""
    read = [(_without_repeats(pixels), mask) for pixels, mask in map(dataset.read, samples)]
    if channels is None:
        channels = max(1 if pixels.ndim == 2 else 3 for pixels, _ in read)
    return [Annotated.of(with_channels(pixels, channels), mask, normalisation) for pixels, mask in read]


def _without_repeats(pixels: Pixels) -> Pixels:
    """One plane (H, W) of a grey frame that was stored in colour."""
    grey = pixels.ndim == 3 and (pixels == pixels[..., :1]).all()
    return pixels[..., 0].copy() if grey else pixels


class Batch(NamedTuple):
    """Patches to train on, float32 but for `defect` and `known`, which are bool.

    Attributes
    ----------
    inputs : (N, C, 256, 256)
        Prepared pixels.
    spread : (N, 1, 1, 1)
        See `InputScale.spread`.
    severity : (N, 1, 256 / cell, 256 / cell)
    defect, known : of that shape
        Whether a cell is defect, and whether the annotation says so or the contrary.
    """

    inputs: Tensor
    spread: Tensor
    severity: Tensor
    defect: Tensor
    known: Tensor


class PatchSampler:
    """Draws batches: three of four patches are centred near a defect, the kinds equally often.

    The batch of a step depends on the seed and the step's number alone, so that a training which goes on after a
    kill, or draws its batches in several processes, sees what an unbroken one sees.

    Parameters
    ----------
    frames : sequence of Annotated
    cell : int
    scale : SeverityScale
    size : int
        Patches in a batch.
    seed : int
    augment : Augment
    labels : str
        One of `training.contrast.LABELS`.
    defect_share : float
        Share of patches near a defect.
    """

    def __init__(
        self,
        frames: Sequence[Annotated],
        cell: int,
        scale: SeverityScale,
        *,
        size: int,
        seed: int,
        augment: Augment,
        labels: str = "contrast",
        defect_share: float = 0.75,
    ) -> None:
        self.frames, self.cell, self.scale, self.size, self.seed = frames, cell, scale, size, seed
        self.augment, self.labels, self.defect_share = augment, labels, defect_share
        self.of_kind: dict[int, list[tuple[Annotated, npt.NDArray[np.intp]]]] = {}
        for frame in frames:
            for kind in sorted(set(np.unique(frame.mask).tolist()) - {0, IGNORE}):
                self.of_kind.setdefault(kind, []).append((frame, np.flatnonzero(frame.mask == kind)))

    def __getitem__(self, step: int) -> Batch:
        """The batch of a step."""
        self.rng = np.random.default_rng((self.seed, step))
        drawn = [self._patch() for _ in range(self.size)]
        inputs, spread, severity, defect, known = (
            torch.from_numpy(np.stack(parts)) for parts in zip(*drawn, strict=True)
        )
        return Batch(inputs, spread[:, None, None, None], severity[:, None], defect[:, None], known[:, None])

    def _patch(self) -> tuple[FloatArray, np.float32, FloatArray, Mask, Mask]:
        frame, y, x = self._place()
        beyond = round(frame.scale.offset)  # the frame's mean: 0 to the network, as its own padding is
        both = np.dstack([_cut(frame.pixels, y, x, beyond), _cut(frame.background, y, x, beyond)])
        both, mask = self.augment.geometry(both, _cut(frame.mask, y, x, IGNORE), beyond, self.rng)
        inner = slice(MARGIN, -MARGIN)
        both, scale = self.augment.light(both[inner, inner], frame.scale, self.rng)
        pixels, background = np.split(both, 2, axis=2)
        scores = label_scores(pixels, background, mask[inner, inner], self.cell, self.labels)
        inputs = prepare(self.augment.grain(pixels, self.rng), pixels.shape[2], scale)
        return inputs, np.float32(scale.spread), self.scale.severity(scores), scores.defect, scores.known

    def _place(self) -> tuple[Annotated, int, int]:
        """A frame, and the top left corner of a patch in it (may lie outside where the frame is small)."""
        if self.of_kind and self.rng.random() < self.defect_share:
            held = self.of_kind[int(self.rng.choice(list(self.of_kind)))]
            frame, places = held[self.rng.integers(len(held))]
            middle = np.unravel_index(places[self.rng.integers(len(places))], frame.mask.shape)
            reach = PATCH // 2 - 16
            y, x = (at - PATCH // 2 + self.rng.integers(-reach, reach) for at in middle)
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


def _cut(image: Pixels, y: int, x: int, beyond: int) -> Pixels:
    """The patch at (y, x) with its margin; what lies beyond the frame has the value `beyond`."""
    y, x, size = y - MARGIN, x - MARGIN, PATCH + 2 * MARGIN
    height, width = image.shape[:2]
    pads = ((max(0, -y), max(0, y + size - height)), (max(0, -x), max(0, x + size - width)), (0, 0))
    part = image[max(0, y) : min(height, y + size), max(0, x) : min(width, x + size)]
    return np.pad(part, pads[: image.ndim], constant_values=beyond)
