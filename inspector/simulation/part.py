"""One part of the simulated line: a surface, its defects and the exact truth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from inspector.simulation.defects import DEFECTS, KINDS, Shape
from inspector.simulation.textures import SIZE, TEXTURES, Field
from inspector.types import Box, Mask, Pixels

STRONGEST = 105.0
"""Largest amplitude of a defect, the mean by which it alters its pixels, in grey values."""
WEAKEST = 12.0
"""Smallest amplitude; more on a surface that varies much by itself."""
SURROUNDINGS = 16
"""Sound pixels up to this far, in px, are what a defect is compared with."""

_BORDER = 8
_GAP = 20
_TRIES = 40


@dataclass(frozen=True)
class SimulatedDefect:
    """The truth about one defect.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    box : (top, left, bottom, right)
        Pixels, half-open.
    area : int
        Number of its pixels.
    contrast : float
        |mean grey of its pixels - mean grey of the sound pixels within 16 px|, on the final image.
    """

    kind: str
    box: Box
    area: int
    contrast: float


@dataclass(frozen=True, eq=False)
class SimulatedPart:
    """A part and its truth.

    Attributes
    ----------
    pixels : uint8 (512, 512)
        Grey frame, read-only.
    mask : uint8 (512, 512)
        0 for sound pixels, 1 + the place in `KINDS` for defects, read-only.
    texture : str
        One of `TEXTURES`.
    defects : tuple of SimulatedDefect
    """

    pixels: Pixels
    mask: Pixels
    texture: str
    defects: tuple[SimulatedDefect, ...]

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)
        self.mask.setflags(write=False)


def _draw_kinds(rng: Generator) -> list[str]:
    """No defect for half of the parts, else one to three."""
    count = int(rng.choice(4, p=(0.5, 0.36, 0.1, 0.04)))
    return [str(kind) for kind in rng.choice(KINDS, count)]


def _place(rng: Generator, shape: tuple[int, int], taken: Mask) -> tuple[slice, slice] | None:
    """A free window of that size away from the frame's border; None if it does not fit between the others."""
    height, width = shape
    for _ in range(_TRIES):
        top = int(rng.integers(_BORDER, SIZE - height - _BORDER))
        left = int(rng.integers(_BORDER, SIZE - width - _BORDER))
        window = slice(top, top + height), slice(left, left + width)
        if not taken[window].any():
            taken[max(top - _GAP, 0) : top + height + _GAP, max(left - _GAP, 0) : left + width + _GAP] = True
            return window
    return None


def _add_clutter(rng: Generator, surface: Field) -> None:
    """Dust and a faint smear, clearly weaker than any defect."""
    for y, x in rng.integers(8, SIZE - 8, (int(rng.poisson(5)), 2)):
        speck = np.outer(*(np.exp(-((np.arange(-4, 5) / rng.uniform(0.8, 1.6)) ** 2)) for _ in range(2)))
        surface[y - 4 : y + 5, x - 4 : x + 5] += rng.uniform(-9, 9) * speck
    y, x = np.ogrid[:SIZE, :SIZE]
    cy, cx, size = rng.uniform(0, SIZE), rng.uniform(0, SIZE), rng.uniform(25, 60)
    surface += rng.uniform(-5, 5) * np.exp(-(((y - cy) / size) ** 2)) * np.exp(-(((x - cx) / size) ** 2))


def _light(rng: Generator) -> Field:
    """Gain of the illumination around 1: a slope and a fall-off towards the corners."""
    y, x = np.linspace(-1, 1, SIZE)[:, None], np.linspace(-1, 1, SIZE)[None, :]
    slope_y, slope_x = rng.uniform(-0.08, 0.08, 2)
    light: Field = 1.02 + slope_y * y + slope_x * x - rng.uniform(0, 0.06) * (y**2 + x**2)
    return light


def _measure(kind: str, mask: Mask, window: tuple[slice, slice], pixels: Pixels, truth: Pixels) -> SimulatedDefect:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    top, left = window[0].start, window[1].start
    box = (top + int(rows[0]), left + int(columns[0]), top + int(rows[-1]) + 1, left + int(columns[-1]) + 1)
    reach = SURROUNDINGS
    near = slice(max(box[0] - reach, 0), box[2] + reach), slice(max(box[1] - reach, 0), box[3] + reach)
    own = np.zeros((SIZE, SIZE), bool)
    own[window] = mask
    distance = cv2.distanceTransform((~own[near]).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    around = (distance <= reach) & (truth[near] == 0)
    contrast = abs(float(pixels[own].mean()) - float(pixels[near][around].mean()))
    return SimulatedDefect(kind, box, int(mask.sum()), contrast)


def simulate_part(seed: int, index: int) -> SimulatedPart:
    """The part at `index` of the line with that seed: always the same, whatever was asked before.

    Parameters
    ----------
    seed, index : int
        Both 0 or more.
    """
    rng = np.random.default_rng([seed, index])
    texture = str(rng.choice(list(TEXTURES)))
    grain = TEXTURES[texture](rng)
    # No weaker than a few times what patches of the surface differ by, so that no truth is in doubt.
    weakest = max(WEAKEST, 3.5 * float(cv2.boxFilter(grain, -1, (8, 8)).std()))
    surface = rng.uniform(110, 140) + grain
    _add_clutter(rng, surface)
    base = surface - grain
    truth = np.zeros((SIZE, SIZE), np.uint8)
    taken = np.zeros((SIZE, SIZE), bool)
    placed: list[tuple[str, Mask, tuple[slice, slice]]] = []
    for kind in _draw_kinds(rng):
        shape: Shape = DEFECTS[kind](rng)
        amplitude = shape.sign * weakest * (STRONGEST / weakest) ** rng.random()
        window = _place(rng, shape.coverage.shape, taken)
        if window is None:
            continue
        mask = shape.mask
        under = base[window] + shape.grain * grain[window] + amplitude * shape.tone / shape.tone[mask].mean()
        surface[window] += shape.coverage * (under - surface[window])
        truth[window][mask] = 1 + KINDS.index(kind)
        placed.append((kind, mask, window))
    image = cv2.GaussianBlur(surface * _light(rng), (5, 5), rng.uniform(0.5, 0.8))
    noise = rng.uniform(1.2, 2.2) * rng.standard_normal(image.shape)
    pixels = np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
    defects = tuple(_measure(kind, mask, window, pixels, truth) for kind, mask, window in placed)
    return SimulatedPart(pixels, truth, texture, defects)
