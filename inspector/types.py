"""The data that flows through the product, frozen; numpy and the standard library only."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

SEVERITY_MAX = 12.0
"""Top of the severity scale (paper, section III-A)."""

LEVEL_MAX = 255
"""A stored severity map has 8 bits a cell: severity = level x 12 / 255."""

BLOCK = 8
"""Side of a block in cells."""

BACKGROUND = "background"
"""The kind of a region that the classifier holds for a false alarm."""

Pixels = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]
Box = tuple[int, int, int, int]
"""(top, left, bottom, right) in pixels, half-open."""


def to_levels(severity: npt.NDArray[np.floating]) -> Levels:
    """Quantise a severity map in [0, 12] to 8 bits; values outside are clipped."""
    levels: Levels = np.rint(np.clip(severity, 0, SEVERITY_MAX) * (LEVEL_MAX / SEVERITY_MAX)).astype(np.uint8)
    return levels


def to_severity(levels: npt.NDArray[np.number]) -> FloatArray:
    """Severities in [0, 12] of an 8-bit map, float32 of the same shape."""
    return levels.astype(np.float32) * np.float32(SEVERITY_MAX / LEVEL_MAX)


def threshold_level(threshold: float) -> int:
    """The lowest 8-bit level whose severity reaches `threshold`; at least 1, so that 0 is never a defect."""
    return max(1, math.ceil(threshold * LEVEL_MAX / SEVERITY_MAX - 1e-6))


def block_peaks(levels: Levels) -> Levels:
    """The highest level in each block of `BLOCK` x `BLOCK` cells, uint8 (ceil(h / BLOCK), ceil(w / BLOCK)).

    Most of a map lies below any T: with these, a T change looks at the rest only.
    """
    return np.ascontiguousarray(_highest(_highest(levels).T).T)


def _highest(levels: Levels) -> Levels:
    """The highest of each `BLOCK` rows, the last ones perhaps fewer; 20 times as fast as numpy's `reduceat`."""
    highest = levels[::BLOCK].copy()
    for start in range(1, BLOCK):
        rows = levels[start::BLOCK]
        np.maximum(highest[: len(rows)], rows, out=highest[: len(rows)])
    return highest


class Verdict(StrEnum):
    """What becomes of a part."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"

    @property
    def rank(self) -> int:
        """0 for accept, 1 for review, 2 for reject: the worst of several has the highest."""
        return list(Verdict).index(self)


@dataclass(frozen=True, eq=False)
class Frame:
    """One image of a part.

    Attributes
    ----------
    pixels : uint8 (H, W) grey or (H, W, 3) RGB
        Made read-only.
    index : int
        Counted by the source from 0; a gap means that frames were lost.
    name : str
        File name without folders, or a made-up one for live sources.
    part : str
        Id of the part that the frame shows.
    captured_at : datetime
        UTC, aware.
    """

    pixels: Pixels
    index: int
    name: str
    part: str
    captured_at: datetime

    def __post_init__(self) -> None:
        colour = self.pixels.ndim == 3 and self.pixels.shape[2] == 3
        if self.pixels.dtype != np.uint8 or not (self.pixels.ndim == 2 or colour) or self.pixels.size == 0:
            raise ValueError(f"a frame is uint8 (H, W) or (H, W, 3), not {self.pixels.dtype} {self.pixels.shape}")
        self.pixels.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


@dataclass(frozen=True)
class Unreadable:
    """The place in the line of a frame that could not be read: it is logged, never judged.

    Attributes
    ----------
    index : int
    name : str
    error : str
        Why, and what to do.
    part : str
        Id of the part that it would have shown; empty where its source knows of none.
    """

    index: int
    name: str
    error: str
    part: str = ""


class Window(NamedTuple):
    """A square of the frame that stage 4 classifies: on the fixed grid of its scale.

    The side is 64 px x 2**scale; it is scaled down to 64 x 64 for the network.
    """

    scale: int
    top: int
    left: int


class WindowKinds(Protocol):
    """The classes of one frame's windows, each computed at most once."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names; the first is ``background``."""
        ...

    @property
    def veto(self) -> float:
        """Mean probability of ``background`` that a region's windows must reach to make it a false alarm."""
        ...

    def probabilities(self, windows: Ints) -> FloatArray:
        """Class probabilities, float32 (windows, classes), of windows (windows, 3): scale, top and left of each."""
        ...


@dataclass(frozen=True, eq=False)
class Measurement:
    """What the networks say of a frame; nothing in it depends on T.

    Attributes
    ----------
    frame : Frame
    levels : uint8 (ceil(H / cell), ceil(W / cell))
        The severity map of stage 1, quantised, read-only.
    cell : int
        Side of a cell in pixels: 4, 2 or 1.
    kinds : WindowKinds or None
        Stage 4's window classes, filled on demand; None when the model has no classifier.
    model : str
        Digest of the model bundle.
    milliseconds : float
        Time that stage 1 took.
    """

    frame: Frame
    levels: Levels
    cell: int
    kinds: WindowKinds | None
    model: str
    milliseconds: float

    def __post_init__(self) -> None:
        height, width = self.frame.shape
        expected = (-(-height // self.cell), -(-width // self.cell))
        if self.levels.shape != expected or self.levels.dtype != np.uint8:
            raise ValueError(f"the map of a {height} x {width} frame is uint8 {expected}, not {self.levels.shape}")
        self.levels.setflags(write=False)

    @cached_property
    def peaks(self) -> Levels:
        """See `block_peaks`."""
        return block_peaks(self.levels)


class Region(NamedTuple):
    """One defect, or one suppressed false alarm; a tuple, as a frame may have a thousand.

    Attributes
    ----------
    box : (top, left, bottom, right)
        Pixels, half-open; bounds `mask`.
    mask : bool (bottom - top, right - left)
        The region's pixels.
    area_px : int
        Number of pixels of `mask`.
    peak_severity, mean_severity : float
        Over the region's cells at or above T.
    kind : str
    confidence : float
        Share of the votes for `kind`, in [0, 1]; 1 without a classifier.
    votes : mapping of kind to number of windows
    """

    box: Box
    mask: Mask
    area_px: int
    peak_severity: float
    mean_severity: float
    kind: str
    confidence: float = 1.0
    votes: Mapping[str, int] = MappingProxyType({})

    def __eq__(self, other: object) -> bool:
        """Whether it is the same region: masks have no one answer to whether they are equal."""
        return self is other

    def __hash__(self) -> int:
        return id(self)


STAGES = ("severity", "filtering", "components", "classification")


@dataclass(frozen=True, eq=False)
class Inspection:
    """A measurement judged under a recipe.

    Attributes
    ----------
    measurement : Measurement
    threshold : float
        T under which it was judged.
    recipe : str
        Digest of the recipe.
    verdict : Verdict
    reasons : tuple of str
        Sentences, the deciding one first.
    regions : tuple of Region
        The defects, worst first.
    suppressed : tuple of Region
        False alarms, kind ``background``.
    too_small : tuple of Region
        Regions under the recipe's minimum area: not defects, but kept to be seen.
    milliseconds : mapping of stage to float
        One entry for each of `STAGES` and ``total``.
    """

    measurement: Measurement
    threshold: float
    recipe: str
    verdict: Verdict
    reasons: tuple[str, ...]
    regions: tuple[Region, ...]
    suppressed: tuple[Region, ...]
    too_small: tuple[Region, ...]
    milliseconds: Mapping[str, float]

    @property
    def frame(self) -> Frame:
        """The frame that was judged."""
        return self.measurement.frame

    @property
    def max_severity(self) -> float:
        """The highest severity that counts: of the defects, or where there is none, the highest below T.

        What was left out as a false alarm or for its size says nothing of how bad the part is.
        """
        if self.regions:
            return max(region.peak_severity for region in self.regions)
        peaks, level = self.measurement.peaks, threshold_level(self.threshold)
        # Where something above T was left out, its blocks' peaks say nothing of what is below.
        seen = peaks if peaks.max() < level else self.measurement.levels
        below = seen[seen < level]
        return float(below.max(initial=0)) * SEVERITY_MAX / LEVEL_MAX
