"""Stage 4: windows of a region are classified and vote its kind (paper, section III-D).

The classifier sees a window's pixels and, beside them, its severities: where the defect is that is to be named.
The windows lie on grids that depend on the frame's size alone. A window's class therefore does not depend on T:
each is computed once per frame, when a region first needs it.
"""

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inspector.networks.input import InputScale, prepare
from inspector.stages.components import Shape
from inspector.stages.grids import count_held
from inspector.types import Box, FloatArray, Ints, Levels, Pixels, Window, WindowKinds

WINDOW = 64
"""Side of a window at scale 0, and of the classifier's input, in px."""

MAX_SCALE = 3
"""Windows are doubled for large defects up to 512 px."""

SEVERITY_GAIN = 1 / 128
"""The classifier's last input is the 8-bit severity map times this: 0 to 2, as the pixels' spread is about 1."""

SHARE = 0.5
"""A window votes if it holds at least this share of what the best window of the region holds."""

_BATCH = 64


class KindVote(NamedTuple):
    """What the windows of a region say."""

    kind: str
    confidence: float
    votes: dict[str, int]


def cut_window(pixels: Pixels, window: Window) -> Pixels:
    """The 64 x 64 px of a window, scaled down from its size; a frame smaller than it is mirrored at its border."""
    size = WINDOW << window.scale
    part = pixels[window.top : window.top + size, window.left : window.left + size]
    missing = (size - part.shape[0], size - part.shape[1])
    if any(missing):
        part = np.pad(part, ((0, missing[0]), (0, missing[1]), (0, 0))[: part.ndim], mode="symmetric")
    return part if size == WINDOW else cv2.resize(part, (WINDOW, WINDOW), interpolation=cv2.INTER_AREA)


def cut_severity(levels: Levels, cell: int, shape: tuple[int, ...], window: Window) -> Levels:
    """The severities of a window, uint8 (64, 64): the map's cells as pixels, cut and scaled as the window's own.

    `shape` is the frame's, whose border the last cells may lie across.
    """
    top, left, size = window.top, window.left, WINDOW << window.scale
    rows, columns = (slice(start // cell, (start + size) // cell + 1) for start in (top, left))
    part = np.repeat(np.repeat(levels[rows, columns], cell, 0), cell, 1)
    y, x = top % cell, left % cell
    return cut_window(part[y : y + shape[0] - top, x : x + shape[1] - left], Window(window.scale, 0, 0))


def severity_plane(levels: Levels) -> FloatArray:
    """The classifier's last input, float32 (1, H, W)."""
    return (levels * np.float32(SEVERITY_GAIN))[None]


class FrameWindows:
    """The window classes of one frame (a `WindowKinds`); safe to use from several threads.

    Parameters
    ----------
    classify : callable
        The network: float32 (N, channels + 1, 64, 64) -> class probabilities (N, classes).
    pixels : uint8 (H, W) or (H, W, 3)
    levels : uint8 (ceil(H / cell), ceil(W / cell))
        The severity map.
    cell : int
    classes : tuple of str
        The first is ``background``.
    channels : int
    scale : InputScale
        Of the whole frame.
    veto : float
        See `WindowKinds`.
    """

    def __init__(
        self,
        classify: Callable[[FloatArray], FloatArray],
        pixels: Pixels,
        levels: Levels,
        cell: int,
        classes: tuple[str, ...],
        channels: int,
        scale: InputScale,
        veto: float = 0.0,
    ) -> None:
        self._classify, self._pixels, self._classes = classify, pixels, classes
        self._levels, self._cell = levels, cell
        self._channels, self._scale, self._veto = channels, scale, veto
        self._keys, self._known = np.empty(0, np.intp), np.empty((0, len(classes)), np.float32)
        self._lock = threading.Lock()

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names; the first is ``background``."""
        return self._classes

    @property
    def veto(self) -> float:
        """See `WindowKinds`."""
        return self._veto

    def probabilities(self, windows: Ints) -> FloatArray:
        """Class probabilities, float32 (windows, classes); only windows not seen before cost time."""
        height, width = self._pixels.shape[:2]
        keys = windows @ [height * width, width, 1]
        with self._lock:
            self._learn(windows, keys)
            known: FloatArray = self._known[np.searchsorted(self._keys, keys)]
        return known

    def _learn(self, windows: Ints, keys: Ints) -> None:
        new = np.flatnonzero(keys != np.append(self._keys, -1)[np.searchsorted(self._keys, keys)])
        keys, first = np.unique(keys[new], return_index=True)
        for start in range(0, len(keys), _BATCH):
            batch = slice(start, start + _BATCH)
            inputs = [self._input(Window(*window)) for window in windows[new[first[batch]]].tolist()]
            places = np.searchsorted(self._keys, keys[batch])
            self._known = np.insert(self._known, places, self._classify(np.stack(inputs)), axis=0)
            self._keys = np.insert(self._keys, places, keys[batch])

    def _input(self, window: Window) -> FloatArray:
        pixels = prepare(cut_window(self._pixels, window), self._channels, self._scale)
        severity = cut_severity(self._levels, self._cell, self._pixels.shape, window)
        return np.concatenate([pixels, severity_plane(severity)])


def fitting_scale(box: Box) -> int:
    """The smallest scale whose windows are as large as a box, at most `MAX_SCALE`."""
    return int(fitting_scales(np.array([box]))[0])


def fitting_scales(boxes: Ints) -> Ints:
    """`fitting_scale` of each of many boxes, (boxes, 4)."""
    longest = (boxes[:, 2:] - boxes[:, :2]).max(1)
    scales: Ints = np.searchsorted(WINDOW << np.arange(MAX_SCALE), longest)
    return scales


def region_windows(regions: Sequence[Shape], shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """The grid windows that hold a significant part of each region, at the scale that fits it.

    Parameters
    ----------
    regions : sequence of Shape
        One or more.
    shape : (H, W)
        Of the frame in px.

    Returns
    -------
    windows : int (windows, 3)
        Scale, top and left of each; of one region after the other's, by column and row.
    sizes : int (regions,)
        How many each region has, 1 at least.
    """
    boxes = np.array([region.box for region in regions])
    scales = fitting_scales(boxes)
    held = count_held(boxes, [region.mask for region in regions], WINDOW << scales, shape)
    tables = np.searchsorted(held.region, np.arange(len(regions)))
    chosen = held.pixels >= SHARE * np.maximum.reduceat(held.pixels, tables)[held.region]
    region = held.region[chosen]
    windows = np.column_stack([scales[region], held.top[chosen], held.left[chosen]])
    return windows, np.bincount(region, minlength=len(regions))


def vote(regions: list[Shape], shape: tuple[int, int], kinds: WindowKinds) -> list[KindVote]:
    """The kind of each region, all regions in one batch; ``background`` makes it a false alarm. See `winners`."""
    ballot = poll(regions, shape, kinds)
    won = winners(ballot, kinds.veto)
    # Most of many regions are voted alike: each outcome is made once.
    counts = np.take_along_axis(ballot.counts, ballot.ranking, axis=1)
    outcomes = np.column_stack([won, np.where(counts, ballot.ranking, -1), counts])
    keys = outcomes.view(f"V{outcomes.itemsize * outcomes.shape[1]}").ravel().tolist()
    numbers = {key: number for number, key in enumerate(keys)}
    made = {key: _outcome(outcomes[number].tolist(), kinds.classes) for key, number in numbers.items()}
    return [made[key] for key in keys]


def _outcome(told: list[int], classes: tuple[str, ...]) -> KindVote:
    """From the number of the winner, of the classes ranked and their votes."""
    winner, ranked, counts = told[0], told[1 : len(classes) + 1], told[len(classes) + 1 :]
    votes = {classes[number]: count for number, count in zip(ranked, counts, strict=True) if count}
    kind = classes[winner]
    return KindVote(kind, votes.get(kind, 0) / sum(counts), votes)


class Ballot(NamedTuple):
    """The windows' votes by region, each (regions, classes).

    Attributes
    ----------
    counts : int
        Windows whose most probable class it is.
    means : float64
        Mean probability.
    ranking : int
        The classes, the most frequent first, equal counts by the mean probability.
    """

    counts: Ints
    means: npt.NDArray[np.float64]
    ranking: Ints


def poll(regions: Sequence[Shape], shape: tuple[int, int], kinds: WindowKinds) -> Ballot:
    """What the windows of regions say, all in one batch; `shape` is the frame's (H, W)."""
    if not regions:
        return count_votes(np.empty((0, len(kinds.classes)), np.float32), np.empty(0, np.intp))
    windows, sizes = region_windows(regions, shape)
    return count_votes(kinds.probabilities(windows), sizes)


def count_votes(probabilities: FloatArray, sizes: Ints) -> Ballot:
    """Count the votes of regions with `sizes` windows each, 1 at least.

    Parameters
    ----------
    probabilities : float32 (windows, classes)
        Of one region's windows after the other's.
    sizes : int (regions,)
    """
    classes, first = probabilities.shape[1], np.cumsum(sizes) - sizes
    votes = np.eye(classes, dtype=np.intp)[probabilities.argmax(1)]
    counts = np.add.reduceat(votes, first, axis=0)
    means = np.add.reduceat(probabilities, first, axis=0, dtype=np.float64) / sizes[:, None]
    ranking = np.lexsort((-means, -counts), axis=1)
    return Ballot(counts, means, ranking)


def winners(ballot: Ballot, veto: float) -> Ints:
    """The class that each region's windows vote for, by number: the most frequent, int (regions,).

    ``background`` counts only where its mean probability reaches the model's veto; else the next most frequent does.
    """
    won = ballot.ranking[:, 0].copy()
    overruled = (won == 0) & (ballot.means[:, 0] < veto)
    won[overruled] = ballot.ranking[overruled, 1]
    return won
