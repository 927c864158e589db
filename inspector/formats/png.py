"""PNG files, whole or refused: decoders pass over checksums, and over rows that are missing."""

import os
import struct
import zlib
from collections.abc import Iterator
from typing import IO

HEADER = b"\x89PNG\r\n\x1a\n"

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By the number of the kind of colour."""

_INTERLACED = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Left, top and steps to the right and down of the pixels of each pass."""

_AT_ONCE = 1 << 20


def check(file: IO[bytes]) -> None:
    """Make sure that the checksums are right and that there are as many bytes of pixels as the picture has.

    Raises
    ------
    OSError, zlib.error
    """
    stream, needed, found = zlib.decompressobj(), 0, 0
    for kind, content in _chunks(file):
        if kind == b"IHDR":
            needed = _bytes_of_pixels(content)
        while kind == b"IDAT" and content and found <= needed:
            found += len(stream.decompress(content, _AT_ONCE))
            content = stream.unconsumed_tail
    found += len(stream.decompress(b"", _AT_ONCE))
    if found != needed or not stream.eof:
        raise OSError(f"it holds {found} of {needed} bytes of pixels")


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each, whose checksum is right."""
    file.seek(len(HEADER))
    kind, size = b"", os.fstat(file.fileno()).st_size
    while kind != b"IEND":
        start = file.read(8)
        length, kind = struct.unpack(">I4s", start) if len(start) == 8 else (size, b"")
        if length > size - file.tell():
            raise OSError("it breaks off")
        content = file.read(length)
        if file.read(4) != zlib.crc32(content, zlib.crc32(kind)).to_bytes(4, "big"):
            raise OSError("a checksum is wrong")
        yield kind, content


def _bytes_of_pixels(header: bytes) -> int:
    width, height, depth, colour, _, _, interlaced = struct.unpack(">2I5B", header)
    bits = depth * _CHANNELS[colour]
    found = 0
    for left, top, right, down in _INTERLACED if interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-max(0, width - left) // right), -(-max(0, height - top) // down)
        found += rows * (1 + -(-columns * bits // 8)) if columns else 0
    return found
