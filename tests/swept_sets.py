"""Small sets of random frames at every T, and the same frames to be judged one T after the other."""

from dataclasses import dataclass

import numpy as np
from builders import CAPTURED
from scipy import ndimage

from inspector.dataset import IGNORE, defect_pixels
from inspector.pipeline import region_classes
from inspector.tune.frame_sweep import sweep_frame
from inspector.tune.swept import SweptSet
from inspector.tune.truth import Known, Truth
from inspector.types import FloatArray, Frame, Levels, Measurement, Pixels

MODEL_CLASSES = ("background", "crack", "pit")
CLASSES = ("background", "pit", "stain", "crack")
"""The truth's classes in another order than the model's, and one more."""


@dataclass(frozen=True)
class RandomKinds:
    """Window classes drawn by the window's place alone (a `WindowKinds`)."""

    seed: int
    veto: float = 0.0
    classes: tuple[str, ...] = MODEL_CLASSES

    def probabilities(self, windows: np.ndarray) -> FloatArray:
        drawn = [np.random.default_rng([self.seed, *map(int, window)]).dirichlet((1, 1, 1)) for window in windows]
        return np.array(drawn, np.float32)


@dataclass(frozen=True)
class MadeUp:
    """A frame with its truth (a `TrueFrame`)."""

    name: str
    part: str
    known: Known

    def read(self) -> Known:
        return self.known


def random_levels(rng: np.random.Generator, shape: tuple[int, int], smooth: float) -> Levels:
    """Hills on mostly empty ground, with flat tops, ridges and noise."""
    noise = ndimage.gaussian_filter(rng.normal(0, 1, shape), smooth)
    return np.clip(noise / max(noise.std(), 1e-9) * 70 + rng.integers(-60, 30), 0, 255).astype(np.uint8)


def random_truth(rng: np.random.Generator, shape: tuple[int, int]) -> Pixels:
    """Some defects of several classes, and some pixels to be ignored."""
    mask = np.zeros(shape, np.uint8)
    for _ in range(rng.integers(0, 5)):
        top, left = rng.integers(0, shape[0]), rng.integers(0, shape[1])
        mask[top : top + rng.integers(1, 20), left : left + rng.integers(1, 20)] = rng.choice([1, 2, 3, IGNORE])
    return mask


def random_set(
    seed: int, cell: int, distance: float, frames: int = 4, veto: float = 0.0, classified: bool = True
) -> tuple[SweptSet, list[Measurement], list[Pixels]]:
    """Frames of two parts each with maps and annotations, the last part without a defect; beside them what they are.

    Returns
    -------
    swept, measurements, masks
    """
    rng = np.random.default_rng(seed)
    made, measurements, masks, sweeps = [], [], [], []
    for number in range(frames):
        shape = tuple(rng.integers(30, 110, 2).tolist())
        size = tuple(-(-side // cell) for side in shape)
        levels, mask = random_levels(rng, size, rng.uniform(0.6, 3.0)), random_truth(rng, shape)
        if number >= frames - 2:
            mask[defect_pixels(mask)] = 0
        if number == 0:
            mask[5:12, 5:12] = 2
        pixels = rng.integers(0, 256, shape, np.uint8)
        kinds = RandomKinds(seed + number, veto) if classified else None
        frame = Frame(pixels, number, f"{number}.png", f"part {number // 2}", CAPTURED)
        made.append(MadeUp(frame.name, frame.part, Known(pixels, mask, bool(defect_pixels(mask).any()))))
        measurements.append(Measurement(frame, levels, cell, kinds, "model", 0.0))
        masks.append(mask)
        sweeps.append(sweep_frame(levels, cell, shape, kinds, distance, mask, CLASSES))
    defective = np.array([frame.known.defective for frame in made])
    kinds = region_classes(MODEL_CLASSES if classified else ("background",))
    truth = Truth("made up", CLASSES, made)
    return SweptSet(truth, "model", kinds, CLASSES, distance, True, defective, sweeps), measurements, masks
