"""A long work that tells how far it is and can be cancelled."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from inspector.gui.background import Newest

Told = TypeVar("Told")
Result = TypeVar("Result")


class Cancelled(Exception):
    """Raised inside a work that nobody wants any more."""


class Task(Generic[Told, Result]):
    """One work at a time, in a thread of its own.

    Attributes
    ----------
    told : object or None
        What the work said last of how far it is.

    Parameters
    ----------
    name : str
        Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._thread: Newest[Result] = Newest(name)
        self._cancelled = threading.Event()
        self.told: Told | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is at work and no result is left to take."""
        return self._thread.idle

    def start(self, work: Callable[[Callable[[Told], None]], Result]) -> None:
        """Begin a work instead of the one before; it is given what it tells its progress to."""
        self.cancel()
        self._cancelled, self.told = threading.Event(), None
        cancelled = self._cancelled

        def tell(value: Told) -> None:
            if cancelled.is_set():
                raise Cancelled
            self.told = value

        self._thread.ask(lambda: work(tell))

    def cancel(self) -> None:
        """Have it end as soon as it next tells something."""
        self._cancelled.set()
        self._thread.renew()

    def take(self) -> Result | None:
        """The result, once; None while there is none.

        Raises
        ------
        Exception
            What the work raised.
        """
        try:
            return self._thread.take()
        except Cancelled:
            return None

    def close_threads(self) -> None:
        """Cancel, and end the thread."""
        self.cancel()
        self._thread.close()
