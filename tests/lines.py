"""A station that a test runs, and the sources that it runs on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import cv2
import numpy as np
from builders import make_frame
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.events import Event, Judged, Moved, State
from inspector.journal.store import Journal
from inspector.networks.bundle import load_model
from inspector.recipe import Recipe
from inspector.sources.base import Item, Source
from inspector.sources.folder import FolderSource
from inspector.station import Station
from inspector.types import Frame

WAIT = 10.0


class Line:
    """A station on a folder of three parts, the second unreadable, and everything that it published."""

    def __init__(self, folder: Path, source: Source | None = None, views: int = 1, **options: bool) -> None:
        parts = folder / "parts"
        parts.mkdir()
        for name, spot in (("1", 250), ("3", 100)):
            pixels = np.full((64, 64), 100, np.uint8)
            pixels[20:28, 20:28] = spot
            cv2.imwrite(str(parts / f"part-{name}.png"), pixels)
        (parts / "part-2.png").write_bytes(b"no image")
        self.recipe = Recipe(name="spots", model="tiny", threshold=5, views=views)
        self.journal = Journal.open(f"sqlite:///{(folder / 'journal.db').as_posix()}")
        self.events: list[Event] = []
        self._published = threading.Condition()
        model = load_model(write_tiny_bundle(folder / "tiny"), threads=1)
        given = source or FolderSource(parts)
        self.station = Station(model, self.recipe, given, self.journal, self.publish, **options)
        self.thread = threading.Thread(target=self.station.run)

    def publish(self, event: Event) -> None:
        with self._published:
            self.events.append(event)
            self._published.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._published:
            assert self._published.wait_for(condition, WAIT)

    @property
    def judged(self) -> list[Judged]:
        return [event for event in self.events if isinstance(event, Judged)]

    @property
    def ended(self) -> bool:
        return any(isinstance(event, Moved) and event.state in (State.FINISHED, State.FAULT) for event in self.events)


@contextmanager
def lines(folder: Path) -> Iterator[Callable[..., Line]]:
    """Starts lines, and ends them."""
    made: list[Line] = []

    def make(**options: Any) -> Line:
        made.append(Line(folder, **options))
        made[-1].thread.start()
        return made[-1]

    yield make
    for line in made:
        line.station.stop()
        line.thread.join(WAIT)
        line.journal.close()


class OneFrame:
    """A camera that gives one frame and then none until it is closed, or fails."""

    name = "camera"

    def __init__(self, fails: bool = False) -> None:
        self.fails, self.closed = fails, threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        yield make_frame((64, 64))
        if self.fails:
            raise InspectorError("the camera is gone; plug it in")
        self.closed.wait(WAIT)

    def close(self) -> None:
        self.closed.set()

    def discard(self, in_hand: int) -> bool:
        return False


class Camera(OneFrame):
    """Gives a frame whenever a test wants it, and says how it stands; what came during a pause is stale."""

    def __init__(self) -> None:
        super().__init__()
        self.items: Queue[Item | None] = Queue()
        self.discarded: list[int] = []

    def __iter__(self) -> Iterator[Item]:
        yield from iter(self.items.get, None)

    def close(self) -> None:
        self.items.put(None)

    def discard(self, in_hand: int) -> bool:
        self.discarded.append(in_hand)
        return True
