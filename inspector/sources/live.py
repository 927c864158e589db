"""A camera or stream as a source: always connected again, and never judged by an old picture."""

import threading
from collections.abc import Iterator

from inspector.sources.base import Item, SourceState, Status
from inspector.sources.capture import Capture, lost
from inspector.sources.driver import Connect, Shot
from inspector.types import Frame, Unreadable

STALE_AFTER = 1.5
"""Seconds without a new picture after which a device that runs freely is stale."""

HUNG_AFTER = 10.0
"""Seconds after which a driver's call is given up, and another connection tried."""

_POLL = 0.2
_PATIENCE = 2.0
_MOST_HUNG = 3

_NO_PICTURE = "no new picture comes; check the camera, its cable and its trigger"
_REPEATS = "the same picture comes again and again, which is not judged; restart the camera"
_BROKE_OFF = "the connection broke off for a moment; check the camera and its cable"
_HANGS = "the driver does not answer; check the camera and its cable, or restart the program"


class LiveSource:
    """Runs a driver in a thread of its own, numbers its pictures and watches over it.

    A lost device is connected to again, however long it takes. A driver that hangs is left behind with its thread:
    it holds up neither the station nor `close`.

    Parameters
    ----------
    name : str
    connect : callable
        Opens a connection; see `Connect`.
    limit : int
        End after so many frames; 0 for none.
    on_demand : bool
        Take a picture only when the next frame is asked for, as where this program gives the trigger; else what comes
        waits for the station.
    stale_after : float or None
        Seconds; None where pictures come by a trigger, so that a long wait says nothing.
    hung_after : float
        Seconds.
    """

    def __init__(
        self,
        name: str,
        connect: Connect,
        *,
        limit: int = 0,
        on_demand: bool = False,
        stale_after: float | None = STALE_AFTER,
        hung_after: float = HUNG_AFTER,
    ) -> None:
        self.name = name
        self._connect, self._limit, self._on_demand = connect, limit, on_demand
        self._stale_after, self._hung_after = stale_after, hung_after
        self._lock = threading.Lock()
        self._capture: Capture | None = None
        self._closed = False

    def __len__(self) -> int:
        return self._limit

    def close(self) -> None:
        """See `Source`."""
        with self._lock:
            self._closed = True
            if self._capture:
                self._capture.end()

    def discard(self, in_hand: int) -> bool:
        """See `Source`."""
        with self._lock:
            if self._capture:
                self._capture.forget(in_hand)
        return in_hand > 0 or not self._on_demand

    def __iter__(self) -> Iterator[Item]:
        """See `Source`."""
        hung, given = list[Capture](), 0
        told: Status | None = None
        loss_told = True
        capture = self._begin(0)
        try:
            while capture and not self._closed:
                status = self._status(capture, bool(hung))
                # What waits came before the trouble.
                if status != told and (status.state is SourceState.LIVE or not capture.waits):
                    told = status
                    loss_told |= status.missed
                    yield status
                if (taken := capture.take(_POLL)) is not None:
                    if taken.first and not loss_told:  # the loss was over before its turn came
                        told = lost(_BROKE_OFF)
                        yield told
                    if told is None or told.state is not SourceState.LIVE:  # a new picture is the proof of it
                        told = Status(SourceState.LIVE)
                        yield told
                    loss_told = False
                    yield _item(taken.number, taken.shot)
                    given += 1
                    if given == self._limit:
                        return
                elif capture.ended:
                    return
                elif capture.silence > self._hung_after:
                    hung = [other for other in (*hung, capture) if other.alive]
                    if len(hung) < _MOST_HUNG:  # each leaves a thread behind, and the device's handles with it
                        capture.end()
                        capture = self._begin(capture.next_number)
        finally:
            if capture:
                capture.end()
                capture.join(_PATIENCE)

    def _begin(self, first: int) -> Capture | None:
        with self._lock:
            self._capture = None
            if not self._closed:
                thread = f"inspector-{self.name}"
                self._capture = Capture(thread, self._connect, first, on_demand=self._on_demand)
            return self._capture

    def _status(self, capture: Capture, hung: bool) -> Status:
        link = capture.link
        if link.state is not SourceState.LIVE:
            return lost(_HANGS) if hung and link.state is SourceState.CONNECTING else link
        if capture.silence > _PATIENCE:
            return lost(_HANGS)
        if self._stale_after is None or capture.quiet <= self._stale_after:
            return link
        return Status(SourceState.STALE, _REPEATS if capture.repeats else _NO_PICTURE)


def _item(number: int, shot: Shot) -> Frame | Unreadable:
    name = f"{shot.captured_at:%Y%m%d-%H%M%S}-{number:06}"
    if shot.pixels is None:
        return Unreadable(number, name, shot.error, name)
    return Frame(shot.pixels, number, name, name, shot.captured_at)
