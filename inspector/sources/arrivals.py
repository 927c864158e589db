"""What comes into a folder: each file once, when it is complete."""

import hashlib
import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from inspector.errors import InspectorError
from inspector.images import read_image
from inspector.sources.base import Item, SourceState, Status
from inspector.sources.part_names import PartNames, in_order, in_unicode, is_image
from inspector.types import Frame, Unreadable

LOOK_EVERY = 0.2
"""Seconds between two looks at the folder; more where looks would take up more than a fifth of the time."""

_RETRY = 1.0
"""Seconds between attempts to read a damaged file, which may be locked or cached rather than written."""

_AGAIN = 0.01
"""Seconds of a look that go to files that were given, in turn: has one been overwritten?"""


class _Stamp(NamedTuple):
    """What changes while a file is written. No inode: many shares have none, or new ones after each connection."""

    size: int
    changed: int  # ns


class _Given(NamedTuple):
    """A file that was given, with the digest of its pixels; an empty one if it could not be read."""

    stamp: _Stamp
    digest: bytes


@dataclass(slots=True)
class _Coming:
    """A file that was not given yet; times are those of `time.monotonic`."""

    stamp: _Stamp
    since: float
    settled: bool = False
    damaged: bool = False
    due: float = 0.0


class Arrivals:
    """Looks at a folder again and again, and reads what has come; for one thread.

    Parameters
    ----------
    path : Path
    parts : PartNames
    patience : float
        Seconds that a file is waited for that is damaged since its last change, or gone.
    """

    def __init__(self, path: Path, parts: PartNames, patience: float) -> None:
        self._path, self._parts, self._patience = path, parts, patience
        self._coming = dict[str, _Coming]()  # the settled ones in the order in which they are to be read
        self._given = dict[str, _Given]()
        self._gone = dict[str, float]()  # names of both kinds that are not in the folder any more, and since when
        self._turn: Iterator[str] = iter(())
        self._numbers = count()

    def items(self, over: threading.Event) -> Iterator[Item | None]:
        """Items until it is `over`; None after a look that brought no news."""
        link, next_look = Status(SourceState.CONNECTING), 0.0
        while not over.is_set():
            began = time.monotonic()
            if began >= next_look:
                before, lost = link, list[Unreadable]()
                try:
                    lost = self._look(began)
                    link = Status(SourceState.LIVE)
                    if before.state is SourceState.LOST:
                        self._wait_anew(began)
                except OSError as error:
                    link = _unreachable(error)
                next_look = time.monotonic() + max(LOOK_EVERY, 4 * (time.monotonic() - began))
                yield link if link != before else None
                yield from lost
            name = self._next() if link.state is SourceState.LIVE else None
            if name is None:
                over.wait(next_look - time.monotonic())
            elif item := self._read(name):
                yield item

    def _look(self, now: float) -> list[Unreadable]:
        """Compare the folder with what is known of it; the files that were removed before their turn.

        Raises
        ------
        OSError
            If the folder is not there or can't be read.
        """
        with os.scandir(self._path) as entries:
            listed = {entry.name for entry in entries}
        new = [name for name in listed - self._given.keys() if name not in self._coming and is_image(name)]
        unsettled = [name for name, file in self._coming.items() if not file.settled and name in listed]
        settled = list[str]()
        for name in chain(new, unsettled, self._in_turn(listed)):
            stamp = self._stamp(name)
            known = self._coming.get(name) or self._given.get(name)
            if stamp and (known is None or known.stamp != stamp):
                self._coming[name] = _Coming(stamp, now)
            elif stamp and name in self._coming:
                settled.append(name)
        for image in in_order(self._parts.of(self._path / name) for name in settled):
            file = self._coming[image.path.name] = self._coming.pop(image.path.name)
            file.settled = True
        absent = (self._given.keys() - listed) | (self._coming.keys() - listed)
        self._gone = {name: self._gone.get(name, now) for name in absent}
        # A share that is away for a moment may leave an empty folder behind, which says nothing of the files.
        here = self._gone and any(name in listed for name in chain(self._coming, self._given))
        return self._forget(now) if here else []

    def _wait_anew(self, now: float) -> None:
        """Nobody could go on writing while the folder was away."""
        for file in self._coming.values():
            file.since = now

    def _in_turn(self, listed: set[str]) -> Iterator[str]:
        """Files that were given, as many as there is time for."""
        until = time.monotonic() + _AGAIN
        for name in self._turn:
            if name in listed and name not in self._coming:
                yield name
            if time.monotonic() > until:
                return
        self._turn = iter(list(self._given))

    def _forget(self, now: float) -> list[Unreadable]:
        """Forget what is gone for good; the files among it that could have been read."""
        waiting = {file.stamp for name, file in self._coming.items() if name not in self._gone}
        lost = dict[str, _Stamp]()
        for name, since in self._gone.items():
            given = self._given.get(name)
            if now - since <= self._patience or (given and given.stamp in waiting):
                continue  # it may come back, or have another name now, which reading that will tell
            self._given.pop(name, None)
            file = self._coming.pop(name, None)
            if file and file.settled and not file.damaged:
                lost[name] = file.stamp
        renamed = waiting | {given.stamp for given in self._given.values()} if lost else waiting
        return [
            self._unreadable(name, f"{name} is not there any more: it was removed before its turn came")
            for name, stamp in lost.items()
            if stamp not in renamed
        ]

    def _next(self) -> str | None:
        """The file whose turn it is to be read."""
        now = time.monotonic()
        due = (name for name, file in self._coming.items() if file.settled and file.due <= now)
        return next((name for name in due if name not in self._gone), None)

    def _read(self, name: str) -> Frame | Unreadable | None:
        """What a file gives; None if it was given before, or has to wait."""
        file = self._coming[name]
        pixels, damage = None, ""
        try:
            pixels = read_image(self._path / name)
        except InspectorError as error:
            damage = str(error)
        now = time.monotonic()
        if not self._is_unchanged(name, file):
            return None
        if pixels is None and now - file.since < self._patience:
            file.damaged, file.due = True, min(now + _RETRY, file.since + self._patience)
            return None
        del self._coming[name]
        digest = b"" if pixels is None else hashlib.blake2b(pixels.data, digest_size=16).digest()
        if self._is_known(name, _Given(file.stamp, digest)):
            return None
        if pixels is None:
            return self._unreadable(name, damage)
        image = self._parts.of(self._path / name)
        return Frame(pixels, next(self._numbers), image.name, image.part, datetime.now(UTC))

    def _is_unchanged(self, name: str, file: _Coming) -> bool:
        """Whether a file is as it was at the last look; else it has to settle anew, or the next look finds it gone."""
        try:
            stamp = self._stamp(name)
        except OSError:
            stamp = None
        if stamp is None:
            file.due = time.monotonic() + LOOK_EVERY
        elif stamp != file.stamp:
            self._coming[name] = _Coming(stamp, time.monotonic())
        return stamp == file.stamp

    def _is_known(self, name: str, given: _Given) -> bool:
        """Whether this picture was given under its name, or this file under one that is gone; now it is known."""
        before = self._given.get(name)
        renamed = next((other for other in self._gone if self._given.get(other) == given), None)
        if renamed is not None:
            del self._given[renamed], self._gone[renamed]
        self._given[name] = given
        return renamed is not None or (before is not None and before.digest == given.digest != b"")

    def _stamp(self, name: str) -> _Stamp | None:
        """None if there is no file of that name."""
        try:
            status = (self._path / name).stat()  # that of the directory's entry lags behind on Windows
        except FileNotFoundError:
            return None
        return _Stamp(status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None

    def _unreadable(self, name: str, error: str) -> Unreadable:
        image = self._parts.of(self._path / name)
        return Unreadable(next(self._numbers), image.name, in_unicode(error), image.part)


def _unreachable(error: OSError) -> Status:
    text = f"{error.filename} can't be read ({error.strerror}); check the share, its rights and the camera PC"
    return Status(SourceState.LOST, in_unicode(text))
