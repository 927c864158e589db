"""TIFF files, whole or refused: decoders make up what they can't read."""

from PIL import TiffImagePlugin as Tiff

from inspector.errors import InspectorError

_TELLING = {"raw", "packbits", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "lzma", "zstd"}
"""Compressions in which a missing piece is noticed."""

_NEEDED = {Tiff.BITSPERSAMPLE, Tiff.COMPRESSION, Tiff.PHOTOMETRIC_INTERPRETATION}
_OPTIONAL = {Tiff.SAMPLESPERPIXEL, Tiff.PLANAR_CONFIGURATION, Tiff.PREDICTOR, Tiff.SAMPLEFORMAT}
"""Tags that say how the pixels lie."""


def check(image: Tiff.TiffImageFile, name: str) -> None:
    """Make sure of a file that is not loaded yet that its strips or tiles are the picture, no more and no less.

    Raises
    ------
    OSError
        If they are not.
    InspectorError
        If its compression would not show that.
    """
    tags, compression = image.tag_v2, image.info["compression"]
    if compression not in _TELLING:
        raise InspectorError(f"{name} is compressed as {compression}, which hides what is missing; export it as PNG")
    rows = {Tiff.ROWSPERSTRIP} if Tiff.STRIPOFFSETS in tags else set()
    for tag in _NEEDED | rows | (_OPTIONAL & set(tags)):
        if tags.get(tag) is None:
            raise OSError(f"its tag {tag} can't be read")
    boxes = [piece.extents for piece in image.tile if piece.extents]
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
    raw = compression == "raw"  # of others libtiff finds the pieces
    planes = {1: 1, 2: len(image.getbands()) if raw else 1}.get(tags.get(Tiff.PLANAR_CONFIGURATION, 1))
    if planes is None or covered != image.width * image.height * planes:
        raise OSError("its pieces do not cover it once")
    if raw and not _hold(image, len(boxes)):
        raise OSError("its pieces do not hold it")


def _hold(image: Tiff.TiffImageFile, pieces: int) -> bool:
    """Whether each piece has a place and a size, and together they are as large as the picture."""
    tags = image.tag_v2
    places = tags.get(Tiff.STRIPOFFSETS) or tags.get(Tiff.TILEOFFSETS) or ()
    sizes = tags.get(Tiff.STRIPBYTECOUNTS) or tags.get(Tiff.TILEBYTECOUNTS) or ()
    needed = image.width * image.height * sum(tags[Tiff.BITSPERSAMPLE])
    return len(places) == len(sizes) == pieces and 8 * sum(sizes) >= needed
