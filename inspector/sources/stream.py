"""RTSP, and MJPEG over HTTP."""

import re
from datetime import UTC, datetime

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

_USER = re.compile(r"(?<=://).*@")
_SECRET = re.compile(r"(?<=[/?&;])([^/?=&;]*(?:pass|pwd|token|key|secret|auth|user|login)[^=&;]*=)[^&;]*", re.I)


def without_secrets(url: str) -> str:
    """The URL as people may read it: no user, no password, and ``***`` where its query holds one.

    Everything up to the last ``@`` goes, since a password may hold any character.

    >>> without_secrets("rtsp://admin:secret@10.0.0.5:554/live?channel=1&pwd=secret")
    'rtsp://10.0.0.5:554/live?channel=1&pwd=***'
    """
    return _SECRET.sub(r"\1***", _USER.sub("", url))


class Stream:
    """One connection to a server; see `Driver`."""

    def __init__(self, url: str, tint: Tint) -> None:
        self._decoder = Decoder(url, tint, OPEN_WITHIN, READ_WITHIN)
        if not self._decoder.is_open:
            raise InspectorError(
                "the stream can't be opened; check its address, its user and password, and the network"
            )

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
    """The stream of an address."""
    url, tint = address.target, Tint()
    return LiveSource(without_secrets(url), lambda: Stream(url, tint), limit=frames)
