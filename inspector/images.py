"""Images from files, whole or not at all."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError

from inspector.errors import InspectorError
from inspector.formats import jpeg, png, tiff
from inspector.types import Pixels

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".pgm", ".ppm", ".webp"})
MIN_SIDE = 16
"""A frame narrower than this, in px, shows no part."""

MAX_PIXELS = 400_000_000
"""A file that claims more is taken for damaged or hostile; a phone glass of the paper has 105 million."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False
for _doubt in (Image.DecompressionBombWarning, UserWarning):  # of a claim that is too large, of broken tags
    warnings.filterwarnings("error", category=_doubt, module=r"PIL\.")

_FORMATS = ("PNG", "BMP", "TIFF", "PPM", "WEBP")
"""Beside JPEG. Of the others that Pillow knows, some start a program (EPS) and some are read in part."""

_START, _DEPTH = 32, 28
"""Bytes of a header that are looked at; where a BMP has its bits of a pixel."""


def read_image(path: Path) -> Pixels:
    """Read an 8-bit image.

    Parameters
    ----------
    path : Path
        An opaque alpha channel is dropped and a palette resolved; everything else must be 8-bit grey or colour.

    Returns
    -------
    uint8 (H, W) for grey files, (H, W, 3) RGB for colour ones

    Raises
    ------
    InspectorError
        If the file is missing, empty, damaged, truncated, 16-bit, transparent, or too small or large.
    """
    with open_whole(path) as (image, deep):
        return _as_pixels(image, path.name, deep)


@contextmanager
def open_whole(path: Path) -> Iterator[tuple[Image.Image, bool]]:
    """An image in the mode of its file, loaded, and whether that has 16-bit colour, of which only 8 bits are left.

    Raises
    ------
    InspectorError
        If the file is missing, empty, damaged, truncated or claims to be too large, or if what is done with the image
        fails.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise InspectorError(f"{path.name} is no file; take it away")
        with path.open("rb") as file:
            yield _load(file, path.name)
    except InspectorError:
        raise
    except FileNotFoundError as error:
        raise InspectorError(f"{path.name} is not there any more") from error
    except UnidentifiedImageError as error:
        what = "is empty" if path.exists() and path.stat().st_size == 0 else "is no image that can be read"
        raise InspectorError(f"{path.name} {what}; export it anew as PNG or JPEG") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InspectorError(f"{path.name} claims more than {MAX_PIXELS} px, too many to be a frame") from error
    except Exception as error:  # each format and each way of being damaged has its own kind of error
        raise InspectorError(f"{path.name} is damaged or incomplete ({error}); export it anew") from error


def _load(file: IO[bytes], name: str) -> tuple[Image.Image, bool]:
    start = file.read(_START)
    file.seek(0)
    if start.startswith(jpeg.HEADER):
        return jpeg.decode(file.read(MAX_PIXELS)), False
    if start.startswith(png.HEADER):
        png.check(file)
    if start[:2] in (b"P1", b"P2", b"P3"):
        raise OSError("its numbers are written as text, of which the last may be cut off")
    with Image.open(file, formats=_FORMATS) as image:
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            tiff.check(image, name)
        if image.format == "BMP" and image.mode == "1" and start[_DEPTH] != 1:
            raise OSError("its colours do not fit its depth")  # Pillow then takes 8 pixels for 64
        deep = _is_deep(image)
        image.load()
        return image, deep


def _is_deep(image: ImageFile.ImageFile) -> bool:
    """Whether a file that is not loaded yet has 16-bit colour, which Pillow cuts to 8 bits without a word."""
    return any(
        ";16" in str(arguments) or (codec.startswith("ppm") and isinstance(arguments, tuple) and arguments[1] > 255)
        for codec, _, _, arguments in image.tile
    )


def _as_pixels(image: Image.Image, name: str, deep: bool) -> Pixels:
    if image.has_transparency_data:
        if image.convert("RGBA").getchannel("A").getextrema() != (255, 255):
            raise InspectorError(f"{name} has transparent pixels; export it without an alpha channel")
        image = image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
    if image.mode in ("P", "PA"):
        image = image.convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    if deep or image.mode not in ("L", "RGB"):
        depth = "16-bit" if deep or image.mode.startswith("I") else f"of the kind {image.mode}"
        raise InspectorError(f"{name} is {depth}; export it as 8-bit grey or RGB, scaled as the camera's recipe says")
    if min(image.size) < MIN_SIDE:
        raise InspectorError(f"{name} has {image.width} x {image.height} px; a frame has at least {MIN_SIDE} a side")
    return np.array(image)
