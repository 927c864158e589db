"""The frames of a video file, every one of them, as fast as the station asks."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from inspector.errors import InspectorError
from inspector.sources.address import Address
from inspector.sources.decoding import DAMAGED, Decoder, Tint
from inspector.sources.part_names import in_unicode
from inspector.types import Frame, Pixels, Unreadable

_MATROSKA = b"\x1aE\xdf\xa3"
_LAST_TRIES = 64
"""Reads without a picture after which a video is at its end."""


class VideoSource:
    """A video file; each frame is a part of its own.

    A damaged frame is unreadable, in its place. Where fewer can be read than the file announces, one more unreadable
    frame at the end says so; a Matroska or WebM file announces no number, and its length is not known.

    Parameters
    ----------
    path : Path
    limit : int
        Take only the first so many; 0 takes all.

    Raises
    ------
    InspectorError
        If the file is missing, is no video or has no frame that can be read; from iterating too, if it vanished.
    """

    def __init__(self, path: Path, limit: int = 0) -> None:
        self.name = in_unicode(str(path))
        self._path = path.absolute()
        self._stem = Path(self.name).stem
        self._limit, self._count = limit, 0
        self._closed = threading.Event()
        with closing(self._open()) as decoder:
            if all(isinstance(picture, str) for picture in _pictures(decoder)):
                raise InspectorError(f"video {self.name} has no frame that can be read; export it anew as MP4 or AVI")

    def __len__(self) -> int:
        """See `Source`."""
        return min(self._count, self._limit or self._count)

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """See `Source`."""
        index = 0
        with closing(self._open()) as decoder:
            for picture in islice(_pictures(decoder), self._limit or None):
                if self._closed.is_set():
                    return
                yield self._item(index, picture)
                index += 1
        if index < len(self) and not self._closed.is_set():
            yield self._item(index, f"the file announces {self._count} frames, {index} were found; export it anew")

    def close(self) -> None:
        """See `Source`."""
        self._closed.set()

    def discard(self, in_hand: int) -> bool:
        """See `Source`: a file waits as long as it has to."""
        return False

    def _open(self) -> Decoder:
        try:
            with self._path.open("rb") as file:
                start = file.read(len(_MATROSKA))
        except OSError as error:
            raise InspectorError(f"video {self.name} can't be read: {error.strerror}; check the path") from error
        decoder = Decoder(str(self._path), Tint())
        if not decoder.is_open:
            raise InspectorError(f"video {self.name} is no video, or not whole; export it anew as MP4 or AVI")
        # Matroska says how long it plays; times its rate that is no more than a guess at the number of frames.
        self._count = 0 if start == _MATROSKA else max(0, decoder.count)
        return decoder

    def _item(self, index: int, picture: Pixels | str) -> Frame | Unreadable:
        name = f"{self._stem}-{index:06}"
        if isinstance(picture, str):
            return Unreadable(index, name, picture, name)
        return Frame(picture, index, name, name, datetime.now(UTC))


def _pictures(decoder: Decoder) -> Iterator[Pixels | str]:
    """Every frame of a file in order, or why it can't be used.

    At the end and at a damaged frame alike nothing is read: it was a damaged one if others follow.
    """
    missed = 0
    while missed < _LAST_TRIES:
        picture: Pixels | str | None
        try:
            picture = decoder.read()
        except InspectorError as error:
            picture = str(error)
        if picture is None:
            missed += 1
            continue
        yield from [DAMAGED] * missed
        missed = 0
        yield picture


def open_video(address: Address, frames: int) -> VideoSource:
    """The video file of an address."""
    return VideoSource(Path(address.target), limit=frames)
