"""From pixels to what the networks see; the bundle names which way."""

from enum import StrEnum
from typing import NamedTuple, Protocol

import cv2
import numpy as np

from inspector.types import FloatArray, Pixels


class Normalisation(StrEnum):
    """How a frame's brightness is taken out before the networks.

    ``mean`` subtracts the frame's mean and keeps contrast absolute, for lines with steady light. ``frame`` divides
    by the frame's standard deviation as well, for parts taken under several exposures.
    """

    MEAN = "mean"
    FRAME = "frame"


class InputContract(Protocol):
    """What a regressor asks of its input; model.toml states it.

    Attributes
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        Px; the output has one severity for each cell.
    multiple : int
        Px; both sides of the input are multiples of it.
    halo : int
        Px around a cell that can change its severity, rounded up to a multiple of `multiple`.
    late_halo : int
        Px around a cell that the last layers look at, rounded up likewise: what else is in the halo they may leave out.
    tile : int
        Px: larger frames go through in tiles of this side, so that memory stays bounded; a multiple of `multiple`.
    normalisation : Normalisation
    """

    @property
    def channels(self) -> int: ...
    @property
    def cell(self) -> int: ...
    @property
    def multiple(self) -> int: ...
    @property
    def halo(self) -> int: ...
    @property
    def late_halo(self) -> int: ...
    @property
    def tile(self) -> int: ...
    @property
    def normalisation(self) -> Normalisation: ...


class Blocks(NamedTuple):
    """A part of a network's input, in squares with a side of the contract's `multiple`."""

    rows: range
    columns: range


class InputScale(NamedTuple):
    """Network input = (grey value - offset) x gain."""

    offset: float
    gain: float

    @property
    def spread(self) -> float:
        """Grey values that one unit of the input stands for, divided by 64: 1 under `Normalisation.MEAN`.

        With it a network that sees a standardised frame can tell its contrast in grey values all the same.
        """
        return 1 / (64 * self.gain)


def input_scale(pixels: Pixels, channels: int, normalisation: Normalisation) -> InputScale:
    """The scale of a whole frame, of which every tile and window is prepared.

    Parameters
    ----------
    pixels : uint8 (H, W) or (H, W, C)
    channels : int
        The model's: a colour frame that it takes in grey is scaled by its grey values.
    normalisation : Normalisation
    """
    mean, deviation = cv2.meanStdDev(with_channels(pixels, 1) if channels == 1 else pixels)
    if normalisation is Normalisation.MEAN:
        return InputScale(float(mean.mean()), 1 / 64)
    spread = float(np.sqrt((deviation**2).mean() + mean.var()))
    return InputScale(float(mean.mean()), 1 / max(spread, 4.0))  # 4: a blank frame's noise is no contrast


def with_channels(pixels: Pixels, channels: int) -> Pixels:
    """uint8 (H, W, channels) of (H, W) or (H, W, C): colour made grey or grey repeated where the model wants it."""
    given = pixels[..., None] if pixels.ndim == 2 else pixels
    if given.shape[2] == channels:
        return given
    if channels == 1:
        grey: Pixels = cv2.cvtColor(given, cv2.COLOR_RGB2GRAY)
        return grey[..., None]
    return np.repeat(given, channels, axis=2)


def prepare(pixels: Pixels, channels: int, scale: InputScale) -> FloatArray:
    """Network input, float32 (channels, H, W), of a frame or a part of it, (H, W) or (H, W, C)."""
    values = with_channels(pixels, channels).astype(np.float32)
    values -= scale.offset  # in place: a tile of a large frame has some 50 MB
    values *= scale.gain
    return np.ascontiguousarray(values.transpose(2, 0, 1))
