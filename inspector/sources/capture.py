"""The thread that reads a device, and connects to it again and again."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import numpy as np

from inspector.errors import InspectorError
from inspector.sources.base import SourceState, Status
from inspector.sources.driver import Connect, Ended, Shot
from inspector.types import Pixels

WAITING = 8
"""Pictures that may wait for the station: of more the oldest is lost, which its number shows."""

FIRST_RETRY, LONGEST_RETRY = 0.25, 2.0
"""Seconds between attempts to connect; each failure doubles them."""

_READ = 0.5


class Taken(NamedTuple):
    """A picture under its number; `first` is the first one of a connection."""

    number: int
    shot: Shot
    first: bool


class Capture:
    """One thread, one device; what it has read waits here under its number.

    A picture that repeats the one before it to the last bit is left out: no sensor gives the same noise twice, so the
    device, or what lies between, has frozen.

    Parameters
    ----------
    name : str
        Of the thread.
    connect : callable
        See `Connect`.
    first : int
        Number of the first picture.
    on_demand : bool
        Read no picture before it is to be taken.
    """

    def __init__(self, name: str, connect: Connect, first: int = 0, *, on_demand: bool = False) -> None:
        self._connect = connect
        self._change = threading.Condition()
        self._waiting = deque[Taken]()
        self._on_demand, self._asked = on_demand, False
        self._next, self._given = first, first - 1
        self._count: int | None = None
        self._before: Pixels | None = None
        self._link = Status(SourceState.CONNECTING)
        self._retry = FIRST_RETRY
        self._new_at = time.monotonic()
        self._call_began: float | None = None
        self._over = self._connected = self.ended = self.repeats = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def link(self) -> Status:
        """Connecting, live or lost."""
        return self._link

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    @property
    def waits(self) -> bool:
        """Whether a picture waits to be taken."""
        return bool(self._waiting)

    @property
    def next_number(self) -> int:
        """Of the picture that comes next."""
        return self._next

    @property
    def quiet(self) -> float:
        """Seconds since the connection was made or the last new picture came."""
        return time.monotonic() - self._new_at

    @property
    def silence(self) -> float:
        """Seconds that the driver has been at its present call."""
        began = self._call_began
        return 0.0 if began is None else time.monotonic() - began

    def take(self, timeout: float) -> Taken | None:
        """The oldest picture that waits; None if none came in so many seconds."""
        with self._change:
            self._asked = not self._waiting
            self._change.notify_all()
            self._change.wait_for(lambda: self._waiting or self.ended or self._over, timeout)
            if not self._waiting or self._over:
                return None
            taken = self._waiting.popleft()
            self._given = taken.number
            return taken

    def forget(self, given: int) -> None:
        """Leave out what waits, and the last so many that were given, as if they had never been taken."""
        with self._change:
            self._waiting.clear()
            self._given -= given
            self._next = self._given + 1

    def end(self) -> None:
        """Have the thread end when the driver comes back from its call."""
        with self._change:
            self._over = True
            self._change.notify_all()

    def join(self, timeout: float) -> None:
        """Wait for the thread, but not for one that hangs."""
        self._thread.join(timeout)

    def _work(self) -> None:
        while not self._over and not self.ended:
            try:
                self._session()
            except Ended:
                self._end()
            except InspectorError as error:
                self._link = lost(str(error))
            except Exception as error:  # makers' libraries raise all kinds; the line must come back by itself
                self._link = lost(f"the driver failed ({' '.join(str(error).split())}); trying again")
            with self._change:
                self._change.wait_for(lambda: self._over or self.ended, self._retry)
            self._retry = min(2 * self._retry, LONGEST_RETRY)

    def _session(self) -> None:
        with self._call():
            driver = self._connect()
        with closing(driver):
            self._count, self._connected = None, True
            self._new_at, self.repeats = time.monotonic(), False
            self._link = Status(SourceState.LIVE)
            while self._wanted():
                with self._call():
                    shot = driver.read(_READ)
                if shot is not None:
                    self._keep(shot)

    def _wanted(self) -> bool:
        """Wait until a picture is to be read; False when none is any more."""
        with self._change:
            self._change.wait_for(lambda: self._over or self._asked or not self._on_demand)
            return not self._over

    @contextmanager
    def _call(self) -> Iterator[None]:
        self._call_began = time.monotonic()
        try:
            yield
        finally:
            self._call_began = None

    def _keep(self, shot: Shot) -> None:
        missed = 0
        if shot.number is not None and self._count is not None:
            missed = max(0, shot.number - self._count - 1)
        self._count = shot.number
        if shot.pixels is not None:
            self.repeats = self._before is not None and np.array_equal(self._before, shot.pixels)
            if self.repeats:
                return
            self._before = shot.pixels
        self._new_at, self._retry = time.monotonic(), FIRST_RETRY
        with self._change:
            if self._over:
                return
            self._waiting.append(Taken(self._next + missed, shot, self._connected))
            self._next += missed + 1
            self._connected = self._asked = False
            if len(self._waiting) > WAITING:
                self._waiting.popleft()
            self._change.notify_all()

    def _end(self) -> None:
        with self._change:
            self.ended = True
            self._change.notify_all()


def lost(text: str) -> Status:
    """That a device is lost: nobody counts what it might have given meanwhile."""
    return Status(SourceState.LOST, text, missed=True)
