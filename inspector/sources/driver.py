"""What a camera or stream has to offer: one connection, read by one thread. `LiveSource` does all the rest."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from inspector.types import Pixels


class Shot(NamedTuple):
    """A picture as it came from a device.

    Attributes
    ----------
    pixels : uint8 (H, W) or (H, W, 3) RGB, or None
        None where the picture came damaged; then `error` says why.
    number : int or None
        The device's own count of its frames, where it has one: a gap in it is a loss.
    captured_at : datetime
        UTC, aware; when the picture was taken, or came in where the device does not say.
    error : str
    """

    pixels: Pixels | None
    number: int | None
    captured_at: datetime
    error: str = ""


class Ended(Exception):
    """There is no further picture, and that is in order: a video file is at its end."""


class Driver(Protocol):
    """One open connection to a device."""

    def read(self, timeout: float) -> Shot | None:
        """Wait for the next picture.

        Parameters
        ----------
        timeout : float
            Seconds, after which None says that none came.

        Raises
        ------
        InspectorError
            If the connection is lost: what, where and what to do.
        Ended
            If there will be none.
        """
        ...

    def close(self) -> None:
        """Give the device free."""
        ...


Connect = Callable[[], Driver]
"""Opens a connection; raises InspectorError with one sentence where that is not possible now."""
