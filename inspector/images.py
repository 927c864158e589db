"""Images from files, whole or not at all."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFile, UnidentifiedImageError

from inspector.errors import InspectorError
from inspector.types import Pixels

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".pgm", ".ppm", ".webp"})
MIN_SIDE = 16
"""A frame narrower than this, in px, shows no part."""

MAX_PIXELS = 400_000_000
"""A file that claims more is taken for damaged or hostile; a phone glass of the paper has 105 million."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow refuses at twice this value
ImageFile.LOAD_TRUNCATED_IMAGES = False

_CHECKSUM = 4


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
    try:
        with path.open("rb") as file, Image.open(file) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InspectorError(f"{path.name} claims {image.width} x {image.height} px, too many to be a frame")
            image.verify()  # a PNG's checksums, which decoding passes over
            if (
                image.format == "PNG" and len(file.read(_CHECKSUM)) < _CHECKSUM
            ):  # that of the end, which verify() leaves
                raise OSError("its last bytes are missing")
        with Image.open(path) as image:
            deep = _is_deep(image)
            image.load()
            return _as_pixels(image, path.name, deep)
    except FileNotFoundError as error:
        raise InspectorError(f"{path.name} is not there any more") from error
    except UnidentifiedImageError as error:
        what = "is empty" if path.exists() and path.stat().st_size == 0 else "is no image that can be read"
        raise InspectorError(f"{path.name} {what}; export it anew as PNG or JPEG") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InspectorError(f"{path.name} is damaged or incomplete ({error}); export it anew") from error


def _is_deep(image: ImageFile.ImageFile) -> bool:
    """Whether a file that is not loaded yet has 16-bit colour, which Pillow cuts to 8 bits without a word."""
    return any(
        ";16" in str(arguments) or (codec == "ppm" and isinstance(arguments, tuple) and arguments[1] > 255)
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
