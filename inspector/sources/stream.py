"""RTSP, and MJPEG over HTTP."""

import time
from contextlib import suppress
from datetime import UTC, datetime

from inspector.credentials import filled_in, without_secrets
from inspector.errors import InspectorError
from inspector.sources.address import Address
from inspector.sources.decoding import Decoder, Tint
from inspector.sources.driver import Shot
from inspector.sources.live import LiveSource

OPEN_WITHIN = 5.0
"""Seconds that a server has to send its first picture."""

READ_WITHIN = 1.8
"""Seconds after which a connection that gives nothing is lost, before its driver counts as hanging.

A stream has to give its pictures more often than that.
"""

_CATCH_UP, _SOME = 2.0, 8
"""Seconds to get rid of old pictures in, and how many of them tell whether more wait."""


class Stream:
    """One connection to a server; see `Driver`."""

    def __init__(self, url: str, tint: Tint) -> None:
        self._decoder = Decoder(url, tint, OPEN_WITHIN, READ_WITHIN)
        if not self._decoder.is_open:
            raise InspectorError(
                "the stream can't be opened; check its address, its user and password, and the network"
            )
        if url.lower().startswith("rtsp"):
            self._catch_up()

    def _catch_up(self) -> None:
        """Leave out what came while the stream was analysed, a second or more: by now it waits, and is old.

        It is read faster than it was taken, by the stream's own clock, as long as any of it is left.
        """
        until, waits = time.monotonic() + _CATCH_UP, True
        while waits:
            began, taken_at = time.monotonic(), self._decoder.milliseconds
            for _ in range(_SOME):
                if time.monotonic() > until:
                    return
                with suppress(InspectorError):  # a damaged picture is left out like others
                    self._decoder.read()
            waits = 1000 * (time.monotonic() - began) < (self._decoder.milliseconds - taken_at) / 2

    def read(self, timeout: float) -> Shot:
        """See `Driver`; waits as long as `READ_WITHIN`."""
        try:
            pixels = self._decoder.read()
        except InspectorError as error:
            return Shot(None, None, datetime.now(UTC), str(error))
        if pixels is None:
            raise InspectorError("the stream broke off; check the camera and the network")
        return Shot(pixels, None, datetime.now(UTC))

    def close(self) -> None:
        """See `Driver`."""
        self._decoder.close()


def open_stream(address: Address, frames: int) -> LiveSource:
    """The stream of an address.

    Raises
    ------
    InspectorError
        If a secret that its URL names is not to be had; see `inspector.credentials`.
    """
    url, tint = filled_in(address.target), Tint()
    return LiveSource(without_secrets(address.target), lambda: Stream(url, tint), limit=frames)


__all__ = ["Stream", "open_stream", "without_secrets"]
