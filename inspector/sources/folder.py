"""Frames from image files."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from inspector.errors import InspectorError
from inspector.images import SUFFIXES, read_image
from inspector.sources.address import Address
from inspector.types import Frame, Unreadable


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key that counts digits as numbers: part-2 comes before part-10."""
    pieces = filter(None, re.split(r"(\d+)", name))
    return [(int(piece), "") if piece.isdecimal() else (-1, piece.lower()) for piece in pieces]


class FolderSource:
    """The images of a folder in natural order, or one image file; each is a part of its own.

    Parameters
    ----------
    path : Path
    limit : int
        Take only the first so many; 0 takes all.

    Raises
    ------
    InspectorError
        If the path is missing or holds no image.
    """

    def __init__(self, path: Path, limit: int = 0) -> None:
        self.name = str(path)
        self._closed = threading.Event()
        try:
            files = [path] if path.is_file() else [p for p in path.iterdir() if p.suffix.lower() in SUFFIXES]
        except OSError as error:
            raise InspectorError(f"source {path} can't be read: {error.strerror}; check the path") from error
        if not files:
            raise InspectorError(f"folder {path} holds no images ({', '.join(sorted(SUFFIXES))})")
        self._files = sorted(files, key=lambda p: natural_key(p.name))[: limit or None]

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """See `Source`; files that vanish meanwhile are unreadable frames."""
        for index, path in enumerate(self._files):
            if self._closed.is_set():
                return
            yield self._read(index, path)

    def _read(self, index: int, path: Path) -> Frame | Unreadable:
        name = path.name.encode(errors="replace").decode()  # a name that is no valid Unicode can't be logged
        try:
            pixels = read_image(path)
        except InspectorError as error:
            return Unreadable(index, name, str(error))
        return Frame(pixels, index, name, Path(name).stem, datetime.now(UTC))

    def close(self) -> None:
        """See `Source`."""
        self._closed.set()

    def discard(self, in_hand: int) -> bool:
        """See `Source`: a file waits as long as it has to."""
        return False


def open_folder(address: Address, frames: int) -> FolderSource:
    """The folder, or image, of an address."""
    path = Path(address.target)
    if not path.exists():
        raise InspectorError(f"no source {path}: give a folder of images or an image file that exists")
    return FolderSource(path, limit=frames)
