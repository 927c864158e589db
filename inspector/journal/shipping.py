"""The thread that sends a spool's entries on, and tries again while nobody takes them."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from inspector.errors import InspectorError
from inspector.journal.spool import Parcel, Spool

log = logging.getLogger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0
_LAST_SECONDS = 30.0


class Shipper:
    """Sends what waits, oldest first, as soon as there is something.

    Parameters
    ----------
    spool : Spool
    deliver : callable
        Returns when what it was given is durable elsewhere; an `InspectorError` says why it is not.

    Attributes
    ----------
    trouble : str
        One sentence while nothing can be delivered, else empty.
    """

    def __init__(self, spool: Spool, deliver: Callable[[Parcel], None]) -> None:
        self.trouble = ""
        self._spool, self._deliver = spool, deliver
        self._call = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="inspector-shipper", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something was added."""
        if not self.trouble:  # else it is tried again in its own time
            self._call.set()

    def close(self) -> None:
        """Send the rest, unless nobody takes it, and end the thread."""
        self._closing = True
        self._call.set()
        self._thread.join(_LAST_SECONDS)

    def _work(self) -> None:
        wait, since = _FIRST_WAIT, ""
        while True:
            self._call.clear()
            closing = self._closing
            try:
                while parcel := self._spool.oldest():
                    self._deliver(parcel)
                    self._spool.forget(parcel)
                    self.trouble, since, wait = "", "", _FIRST_WAIT
            except InspectorError as error:
                since = since or f"{datetime.now():%H:%M}"
                self.trouble = f"{error}; since {since} inspections are kept on this station, to be sent later"
                log.warning("%s", self.trouble)
            if closing:
                return
            if self.trouble:
                self._rest(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            else:
                self._call.wait()

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._closing and (left := until - time.monotonic()) > 0:
            self._call.wait(left)
            self._call.clear()
