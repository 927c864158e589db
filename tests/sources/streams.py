"""A stream from the side of a test: what a source gives of it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inspector.sources import open_source
from inspector.sources.base import Item, Source, SourceState, Status
from inspector.types import Frame

WAIT = 20.0
"""Seconds that a slow machine may take; what has to be quick has a limit of its own."""


class Watch:
    """A thread that takes what a source gives."""

    def __init__(self, source: Source) -> None:
        self.items: list[Item] = []
        self._thread = threading.Thread(target=lambda: self.items.extend(iter(source)), daemon=True)
        self._source = source
        self._thread.start()

    @property
    def frames(self) -> list[Frame]:
        return [item for item in self.items.copy() if isinstance(item, Frame)]

    @property
    def status(self) -> Status:
        nothing = Status(SourceState.STOPPED)
        return next((item for item in reversed(self.items.copy()) if isinstance(item, Status)), nothing)

    def until(self, condition: Callable[[], bool], within: float = WAIT) -> None:
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < within, self.items[-5:]
            time.sleep(0.02)

    def new_frames(self, count: int = 3) -> None:
        known = len(self.frames)
        self.until(lambda: len(self.frames) >= known + count)

    def close(self) -> float:
        """Seconds that it takes to end."""
        began = time.monotonic()
        self._source.close()
        self._thread.join(WAIT)
        assert not self._thread.is_alive()
        return time.monotonic() - began


@contextmanager
def watches() -> Iterator[Callable[[str], Watch]]:
    """Opens streams, and closes them."""
    begun: list[Watch] = []

    def begin(url: str) -> Watch:
        begun.append(Watch(open_source(url)))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()
