"""A folder that a camera PC drops files into, as a source."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from inspector.errors import InspectorError
from inspector.paths import is_there
from inspector.sources.address import Address
from inspector.sources.arrivals import Arrivals
from inspector.sources.base import Item, SourceState, Status
from inspector.sources.part_names import PartNames, in_unicode

PATIENCE = 10.0
"""Seconds that a file is waited for that is damaged since its last change or gone, and a share that does not answer."""

_POLL = 0.1


class WatchedFolder:
    """The images that lie in a folder in natural order, then each new one as it comes, until it is closed.

    A file is read when its size and time have stayed the same between two looks. One that is damaged then is waited
    for, while others go on, and unreadable in the end. It is judged once, also when it is renamed, or written again
    with the same picture; a new picture under an old name is a new frame. Sub-folders are left alone: they may be where
    somebody puts what is done. A folder that is away is lost until it is back; no file is judged anew for that.

    Parameters
    ----------
    path : Path
        Need not be there yet.
    limit : int
        End after so many frames; 0 for none.
    part : str
        Names the parts; see `PartNames`.
    patience : float
        Seconds; see `PATIENCE`.

    Raises
    ------
    InspectorError
        If `part` is malformed.
    """

    def __init__(self, path: Path, limit: int = 0, *, part: str = "", patience: float = PATIENCE) -> None:
        self.name = in_unicode(str(path))
        self._path, self._limit, self._patience = path, limit, patience
        self._parts = PartNames(part)
        self._closed = threading.Event()

    def __len__(self) -> int:
        return self._limit

    def close(self) -> None:
        """See `Source`."""
        self._closed.set()

    def discard(self, in_hand: int) -> bool:
        """See `Source`: a file waits as long as it has to."""
        return False

    def __iter__(self) -> Iterator[Item]:
        """See `Source`."""
        if self._closed.is_set():
            return
        hangs = Status(SourceState.LOST, f"{self.name} does not answer; check the share and the network")
        link, told, given = Status(SourceState.CONNECTING), None, 0
        reader = _Reader(Arrivals(self._path, self._parts, self._patience), f"inspector-{self.name}")
        try:
            while not self._closed.is_set():
                status = hangs if reader.silence > self._patience else link
                if status != told:
                    told = status
                    yield status
                item = reader.take(_POLL)
                if isinstance(item, Status):
                    link = item
                elif item is not None:
                    yield item
                    given += 1
                    if given == self._limit:
                        return
        finally:
            reader.end()


def open_watched(address: Address, frames: int) -> WatchedFolder:
    """The watched folder of an address."""
    path = Path(address.target)
    if is_there(path) and path.is_file():
        raise InspectorError(f"{path} is a file; give the folder that files are dropped into")
    return WatchedFolder(path, limit=frames, part=address.options.get("part", ""))


class _Reader:
    """Looks and reads in a thread of its own, one item ahead: a share that hangs holds up nobody else."""

    def __init__(self, arrivals: Arrivals, name: str) -> None:
        self._arrivals = arrivals
        self._change = threading.Condition()
        self._item: Item | None = None
        self._fault: Exception | None = None
        self._over = threading.Event()
        self._sign_of_life = time.monotonic()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    @property
    def silence(self) -> float:
        """Seconds that the thread has been at work without a sign of life."""
        with self._change:
            return 0.0 if self._item else time.monotonic() - self._sign_of_life

    def take(self, timeout: float) -> Item | None:
        """The next item; None if none came in so many seconds."""
        with self._change:
            self._change.wait_for(lambda: self._item or self._fault, timeout)
            item, self._item = self._item, None
            if item is None and self._fault:
                raise self._fault
            if item is not None:
                self._sign_of_life = time.monotonic()
                self._change.notify_all()
            return item

    def end(self) -> None:
        """Have the thread end when it comes back from its call."""
        with self._change:
            self._over.set()
            self._change.notify_all()

    def _work(self) -> None:
        try:
            for item in self._arrivals.items(self._over):
                with self._change:
                    self._item, self._sign_of_life = item, time.monotonic()
                    self._change.notify_all()
                    self._change.wait_for(lambda: self._item is None or self._over.is_set())
        except Exception as error:  # a fault of the program, which is told where the items are taken
            with self._change:
                self._fault = error
                self._change.notify_all()
