"""JPEG pictures, whole or not at all: they have no checksum, and decoders fill with grey what is missing."""

import io
import re

from PIL import Image, ImageChops

HEADER = b"\xff\xd8"

_MARKER = re.compile(rb"\xff+([\x01-\xfe])")
_END, _SCAN, _RESTART = 0xD9, 0xDA, 0xD0
_NOTES = {*range(0xE1, 0xEE), 0xEF, 0xFE}
"""Segments of cameras and editors, which do not change how the picture is decoded."""

_MOST_SCANS = 100
"""Progressive pictures have about ten; each is a walk over all of the picture."""

_NOISE = bytes((155 + 53 * n) % 240 for n in range(64))


def decode(data: bytes) -> Image.Image:
    """Decode a picture of which nothing is missing; for the errors see `whole`."""
    return _decoded(whole(data))


def whole(data: bytes) -> bytes:
    """The picture alone, without notes in it and what stands behind its end, if nothing but its last pixels is missing.

    A decoder that comes to a marker while it still needs data goes on with zeros and tells nobody. So a small picture
    is decoded as it is, and with noise before each marker: where nothing is missing, both are the same.

    Raises
    ------
    OSError
        If a piece is missing or the order of the file is broken. Pillow raises errors of other kinds too.
    """
    plain, noisy = _copies(data)
    if ImageChops.difference(_decoded(plain, small=True), _decoded(noisy, small=True)).getbbox():
        raise OSError("a piece of the picture is missing")
    return plain


def _decoded(data: bytes, *, small: bool = False) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        if small and "progressive" not in image.info:  # of which the last scans would not be seen
            image.draft(None, (1, 1))
        image.load()
        return image


def _copies(data: bytes) -> tuple[bytes, bytes]:
    """The file without its notes; and the same with noise wherever coded data end."""
    plain, noisy, at, scans = bytearray(HEADER), bytearray(HEADER), len(HEADER), 0
    while (marker := _MARKER.match(data, at)) and (kind := marker[1][0]) != _END:
        end = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
        if kind not in _NOTES:
            plain += data[at:end]
            noisy += data[at:end]
        at = end
        if kind == _SCAN:
            ends, scans = _ends_of_scan(data, at), scans + 1
            for end in ends:
                plain += data[at:end]
                noisy += data[at:end] + _NOISE
                at = end
            noisy += bytes((0xFF, _RESTART + (len(ends) - 1) % 8)) + _NOISE  # of restarts that may be missing
        if scans > _MOST_SCANS:
            raise OSError("it has too many scans")
    if marker is None:
        raise OSError("its segments do not follow each other")
    return bytes(plain + marker[0]), bytes(noisy + marker[0])


def _ends_of_scan(data: bytes, start: int) -> list[int]:
    """Where its coded data come to a marker: to one for a restart after the other, and in the end to another one."""
    ends = list[int]()
    for marker in _MARKER.finditer(data, start):
        ends.append(marker.start())
        restart = marker[1][0] - _RESTART
        if not 0 <= restart < 8:
            return ends
        if restart != (len(ends) - 1) % 8:
            break
    raise OSError("a piece of the picture is missing")
