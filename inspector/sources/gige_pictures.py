"""Pictures of GigE Vision cameras: pixel formats made 8-bit grey or RGB, and block ids made a count."""

import re
from typing import TYPE_CHECKING

import numpy as np

from inspector.errors import InspectorError
from inspector.types import Pixels

if TYPE_CHECKING:
    from viva_genicam import Frame

_FORMAT = re.compile(r"(?:Mono|Bayer(?:BG|GB|GR|RG))(?:8|16|1[02](?:p|Packed)?)|(?:RGB|BGR)8(?:Packed)?")


def is_known(pixel_format: str) -> bool:
    """Whether `pixels_of` can read a format, by the name that the standard gives it."""
    return _FORMAT.fullmatch(pixel_format) is not None


def pixels_of(frame: "Frame") -> Pixels:
    """The picture of a complete frame, in 8 bits.

    Deeper pixels keep their 8 highest bits: value >> (depth - 8). A Bayer mosaic is interpolated to RGB before that.

    Returns
    -------
    uint8 (H, W) for Mono formats or (H, W, 3) RGB for Bayer, RGB and BGR ones, contiguous.

    Raises
    ------
    InspectorError
        If its pixel format is none of these.
    """
    if not is_known(frame.pixel_format):
        raise InspectorError(f"pictures in {frame.pixel_format} can't be read; choose another pixel_format")
    values = frame.to_numpy(demosaic=True)
    depth = int(re.sub(r"\D", "", frame.pixel_format))
    return np.ascontiguousarray(values >> (depth - 8) if depth > 8 else values, dtype=np.uint8)


def frames_between(before: int, after: int) -> int:
    """How many frames on one block id is from another: 1 where none was lost.

    Ids of 16 bits go from 65535 to 1; the 64 bits of GigE Vision 2 don't come to their end.
    """
    return after - before if after > before else (after - before) % 65535
