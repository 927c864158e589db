"""A watched folder from the side of a test: files that are dropped into it, and what comes of them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from inspector.sources.base import SourceState, Status
from inspector.sources.watched import WatchedFolder
from inspector.types import Frame, Pixels, Unreadable

WAIT = 30.0

SHORT = 0.6
"""A patience that a test can wait for: three looks."""


def picture(seed: int = 0, side: int = 16) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (side, side), np.uint8)


def write(path: Path, seed: int = 0, side: int = 16) -> Path:
    """A complete image, written in place."""
    Image.fromarray(picture(seed, side)).save(path)
    return path


class Watch:
    """A source that runs in a thread of its own, and what it has given."""

    def __init__(self, folder: Path, **options) -> None:
        self.folder = folder
        self.source = WatchedFolder(folder, **options)
        self.states: list[Status] = []
        self.given: list[Frame | Unreadable] = []
        self._change, self._marks = threading.Condition(), 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        for item in self.source:
            with self._change:
                if isinstance(item, Status):
                    self.states.append(item)
                else:
                    self.given.append(item)
                self._change.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._change:
            assert self._change.wait_for(condition, WAIT), (self.states, self.names)

    def wait_for(self, *names: str) -> None:
        """Until these have come, and nothing else, in this order."""
        self.wait(lambda: len(self.given) >= len(names))
        assert self.names == list(names)

    def wait_state(self, state: SourceState) -> Status:
        self.wait(lambda: bool(self.states) and self.states[-1].state is state)
        return self.states[-1]

    def settle(self) -> None:
        """Until all that lies in the folder now has come, if it was to come: a mark comes last."""
        self._marks += 1
        mark = write(self.folder / f"~{self._marks}.png", 1000 + self._marks)
        self.wait(lambda: mark.name in self.names)
        self.given.pop()

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.given]

    def end(self) -> None:
        self.source.close()
        self.thread.join(WAIT)
        assert not self.thread.is_alive()


@contextmanager
def watches() -> Iterator[Callable[..., Watch]]:
    """Begins to watch folders, and ends it."""
    begun: list[Watch] = []

    def begin(folder: Path, **options) -> Watch:
        begun.append(Watch(folder, **options))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


@contextmanager
def slowly(source: WatchedFolder) -> Iterator[Iterator[Frame | Unreadable]]:
    """What a source gives, for a station that takes its time; it ends when too long nothing comes."""
    end = threading.Timer(WAIT, source.close)
    end.start()
    try:
        yield (item for item in source if not isinstance(item, Status))
    finally:
        end.cancel()
        source.close()
