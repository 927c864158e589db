"""Small pictures in the formats that stations get, as bytes, and PNG and JPEG taken apart."""

import io
import struct
import zlib
from functools import cache
from random import Random

import cv2
import numpy as np
import tifffile
from PIL import Image

_NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
RGB = cv2.GaussianBlur(_NOISE, (0, 0), 2)
GREY = np.ascontiguousarray(RGB[..., 1])
DEEP = GREY.astype(np.uint16) * 257


def saved(kind: str, pixels: np.ndarray | Image.Image, **options: object) -> bytes:
    """A picture as the bytes of a file of that kind (Pillow's name)."""
    file = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(file, kind, **options)
    return file.getvalue()


@cache
def pictures() -> dict[str, bytes]:
    """Files by names with their suffix."""
    opaque = np.dstack([RGB, np.full_like(GREY, 255)])
    palette = Image.fromarray(RGB).quantize(64)
    tiffs = {name: saved("TIFF", RGB, compression=name) for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits")}
    return {
        "grey.png": saved("PNG", GREY),
        "rgb.png": saved("PNG", RGB, dpi=(300, 300)),
        "palette.png": saved("PNG", palette),
        "opaque.png": saved("PNG", opaque),
        "deep.png": saved("PNG", DEEP),
        "bilevel.png": saved("PNG", GREY > 128),
        "grey.jpg": saved("JPEG", GREY, quality=90),
        "rgb.jpg": saved("JPEG", RGB, quality=90),
        "exif.jpg": saved("JPEG", RGB, exif=_exif()),
        "progressive.jpg": saved("JPEG", RGB, progressive=True),
        "restarts.jpg": saved("JPEG", RGB, restart_marker_rows=1),
        "optimised.jpg": saved("JPEG", GREY, optimize=True),
        "several.jpg": saved("MPO", RGB, save_all=True, append_images=[Image.fromarray(GREY)]),
        "grey.bmp": saved("BMP", GREY),
        "rgb.bmp": saved("BMP", RGB),
        "grey.tif": saved("TIFF", GREY),
        "strips.tif": _in_strips(),
        "deep.tif": saved("TIFF", DEEP),
        **{f"{name}.tif": data for name, data in tiffs.items()},
        "jpeg.tif": saved("TIFF", RGB, compression="jpeg"),
        "fax.tif": saved("TIFF", GREY > 128, compression="group4"),
        "grey.pgm": saved("PPM", GREY),
        "rgb.ppm": saved("PPM", RGB),
        "plain.pgm": b"P2\n60 40\n255\n" + "\n".join(map(str, (*GREY.ravel(), ""))).encode(),
        "lossless.webp": saved("WEBP", RGB, lossless=True),
        "lossy.webp": saved("WEBP", RGB),
    }


def _in_strips() -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, RGB, photometric="rgb", rowsperstrip=7, metadata=None)
    return file.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 1, "camera maker"
    return exif


def chunks_of(png: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and content of the chunks of a PNG that is in order."""
    found, at = [], 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        found.append((kind, png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """A PNG with right lengths and checksums, whatever its chunks hold."""
    told = (struct.pack(">I4s", len(c), k) + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


def other_chunks(png: bytes, chance: Random, damage: object) -> bytes:
    """Chunks lost, doubled, moved or changed, under right checksums: a fault that they do not show."""
    chunks = chunks_of(png)
    at = chance.randrange(len(chunks))
    kind, content = chunks[at]
    match chance.randrange(6):
        case 0:
            del chunks[at]
        case 1:
            chunks.insert(chance.randrange(len(chunks)), chunks[at])
        case 2:
            chunks[at] = (
                chance.choice((b"IDAT", b"PLTE", b"tRNS", b"acTL", b"fdAT", b"iCCP", b"zTXt", b"eXIf")),
                content,
            )
        case 3 if kind == b"IDAT":  # other pixels, fewer or more of them
            pixels = damage(zlib.decompress(content), chance)
            chunks[at] = kind, zlib.compress(pixels)
        case _:
            chunks[at] = kind, damage(content, chance)
    return png_of(chunks)
