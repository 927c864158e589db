"""Damaged pictures: each is read as an independent decoder reads it, whole, or refused."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import cv2
import numpy as np
import tifffile
from fuzz.mutation import damage
from fuzz.pictures import other_chunks, pictures
from fuzz.refusals import refusal
from fuzz.traces import untouched

from inspector.images import read_image

TOLERANCES = {b"\xff\xd8": 3, b"BM": 8}
"""Grey values: decoders of JPEG round differently, and scale the 5 bits of a 16-bit BMP differently."""

BLOCK = 16 * 16
"""Pixels at the end of a JPEG of which bits may be missing unseen."""


def case(folder: Path, number: int) -> str:
    """One damaged picture, now and then under another's suffix."""
    chance = Random(f"images {number}")
    name, whole = chance.choice(list(pictures().items()))
    if name.endswith(".png") and chance.random() < 0.5:
        data = other_chunks(whole, chance, damage)
    else:
        data = damage(whole, chance)
    suffix = Path(name).suffix if chance.random() < 0.9 else chance.choice((".png", ".jpg", ".tif", ".bmp"))
    path = folder / f"frame{suffix}"
    path.write_bytes(data)
    with untouched(folder):
        pixels, said = refusal(lambda: read_image(path))
    if said:
        return "refused"
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 2 or pixels.shape[2:] == (3,)
    assert min(pixels.shape[:2]) >= 16
    (folder / name).write_bytes(whole)
    original, _ = refusal(lambda: read_image(folder / name))
    if original is not None and np.array_equal(pixels, original):
        return "the same picture"
    if data[:2] == b"BM" and data[10:14] == bytes(4):
        return "a place of the pixels that is left open"  # others take the header for pixels
    if data[:2] in (b"P5", b"P6") and data.split(maxsplit=4)[3] != b"255":
        return "another scale"  # which others pass over
    expected = decoded(data)
    if expected is None and name == "palette.png":
        return "a palette that is cut off"  # which others don't read
    assert expected is not None, f"{name} was read, which another decoder does not take"
    assert expected.shape[:2] == pixels.shape[:2], f"{name} was read as {pixels.shape}, not as {expected.shape}"
    colours = pixels if pixels.ndim == 3 else np.dstack([pixels] * 3)
    difference = np.abs(colours.astype(int) - expected).max()
    assert difference <= TOLERANCES.get(data[:2], 0), f"{name} was read with pixels that differ by {difference}"
    return "another whole picture"


def decoded(data: bytes) -> np.ndarray | None:
    """uint8 (H, W, 3) RGB by OpenCV, or tifffile; None where they find it damaged or incomplete."""
    with native_output() as output:
        pixels = opencv(data)
    if pixels is None and data[:2] in (b"II", b"MM"):
        with contextlib.suppress(Exception):
            pixels = tifffile.imread(io.BytesIO(data), key=0)
            pixels = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels
    return None if "premature end" in output.getvalue() and missing(data) > BLOCK else pixels


def opencv(data: bytes) -> np.ndarray | None:
    flags = cv2.IMREAD_COLOR_RGB | (cv2.IMREAD_IGNORE_ORIENTATION if data[:2] == b"\xff\xd8" else 0)
    return cv2.imdecode(np.frombuffer(data, np.uint8), flags)


def missing(jpeg: bytes) -> int:
    """How many pixels depend on what might stand where a JPEG that is cut off ends."""
    end, whole = jpeg.rfind(b"\xff\xd9"), opencv(jpeg)
    others = (opencv(jpeg[:end] + Random(k).randbytes(64).replace(b"\xff", b"") + jpeg[end:]) for k in range(8))
    return max(np.count_nonzero((other != whole).any(2)) for other in others)


@contextlib.contextmanager
def native_output() -> Iterator[io.StringIO]:
    """What C libraries write to stderr meanwhile."""
    found, kept = io.StringIO(), os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield found
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            found.write(file.read().decode(errors="replace"))
