"""Pictures that carry their number, and films made of them."""

from pathlib import Path

import cv2
import numpy as np

HEIGHT, WIDTH = 96, 128
_BITS = 8
_BAR = WIDTH // _BITS


def numbered(number: int, colour: tuple[int, int, int] = (200, 60, 30)) -> np.ndarray:
    """uint8 (96, 128, 3) BGR: a grained ground, and in its middle a bar for each bit of the number, white for 1."""
    grain = np.random.default_rng(number).integers(-20, 21, (HEIGHT, WIDTH, 1))
    picture = (np.full((HEIGHT, WIDTH, 3), colour) + grain).astype(np.uint8)
    for bit in range(_BITS):
        picture[32:64, bit * _BAR : (bit + 1) * _BAR] = 255 * (number >> bit & 1)
    return picture


def number_of(pixels: np.ndarray) -> int:
    """The number that a picture carries, after lossy compression too."""
    grey = pixels if pixels.ndim == 2 else pixels.mean(axis=2)
    bars = grey[36:60].reshape(24, _BITS, _BAR).mean(axis=(0, 2))
    return sum(int(bar > 127) << bit for bit, bar in enumerate(bars))


def film(path: Path, count: int, codec: str = "MJPG", colour: tuple[int, int, int] = (200, 60, 30)) -> Path:
    """A video of the pictures 0 to count - 1."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), 25, (WIDTH, HEIGHT))
    for number in range(count):
        writer.write(numbered(number, colour))
    writer.release()
    return path


def stills(folder: Path, count: int) -> Path:
    """A folder with the same pictures as JPEG files."""
    for number in range(count):
        (folder / f"{number:03}.jpg").write_bytes(cv2.imencode(".jpg", numbered(number))[1].tobytes())
    return folder
