"""Frames and severity maps as PNG files that are whole or absent."""

import hashlib
import struct
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from inspector.errors import InspectorError
from inspector.files import draft_of, sync_folder, write_synced
from inspector.formats import png
from inspector.types import Pixels

_SIZE = slice(16, 24)
"""Where a PNG has its width and height."""


def encode(pixels: Pixels) -> bytes:
    """Lossless PNG of uint8 (H, W) or (H, W, 3) RGB."""
    colours = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.ndim == 3 else pixels
    return cv2.imencode(".png", colours)[1].tobytes()  # OpenCV's own settings are its fastest


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, hex."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, sha256: str, name: str) -> Pixels:
    """The picture of that digest, uint8 (H, W) or (H, W, 3) RGB.

    Raises
    ------
    InspectorError
        If the bytes are not those that were stored.
    """
    if digest(data) != sha256:
        raise InspectorError(f"{name} is damaged or was changed since it was stored; restore it from a backup")
    pixels = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8) if pixels.ndim == 3 else pixels


def shape(data: bytes, name: str) -> tuple[int, int]:
    """Height and width of a PNG in px, from its header.

    Raises
    ------
    InspectorError
        If it has none.
    """
    if not data.startswith(png.HEADER) or len(data) < _SIZE.stop:
        raise InspectorError(f"{name} is damaged; restore it from a backup")
    width, height = struct.unpack(">2I", data[_SIZE])
    return height, width


class PictureFolder:
    """Pictures as files below a folder, named by paths relative to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, name: str) -> bytes:
        """A file's bytes.

        Raises
        ------
        InspectorError
            If it is missing or can't be read, or its name leads out of the folder.
        """
        path = self.folder / name
        try:
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise InspectorError(f"{name} lies outside {self.folder}: that row was not written by a station")
            return path.read_bytes()
        except OSError as error:
            raise InspectorError(f"{path} can't be read ({error.strerror}); restore it from a backup") from error

    def store(self, files: Mapping[str, bytes]) -> None:
        """Write files, all in one folder below this one, so that they are on disk when this returns.

        Raises
        ------
        OSError
            If one can't be written; then none is left.
        """
        targets = {self.folder / name: data for name, data in files.items()}
        try:
            for path, data in targets.items():
                _make_folder(path.parent)
                write_synced(draft_of(path), data)
            for path in targets:
                draft_of(path).replace(path)
            sync_folder(path.parent)
        except OSError:
            for name in files:
                with suppress(OSError):
                    self.remove(name)
            raise

    def remove(self, name: str) -> int:
        """Delete a picture, half-written or whole, if it is there; returns the bytes that were freed."""
        path, freed = self.folder / name, 0
        for leftover in (draft_of(path), path):
            with suppress(FileNotFoundError):
                freed += leftover.stat().st_size
                leftover.unlink()
        return freed


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir()
        sync_folder(folder.parent)
