"""What every source of frames keeps to."""

from collections.abc import Iterator
from typing import Protocol

from inspector.types import Frame, Unreadable


class Source(Protocol):
    """Where frames come from.

    One thread iterates; `close` may be called from any thread, ends the iteration soon and may be called twice.
    Indices count every frame that the source knows of, the unreadable ones too, so that a gap means a loss.
    """

    name: str
    """What the operator reads: "demo", a folder."""

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        """Frames in order; an unreadable one takes its place as `Unreadable`. Each call starts anew."""
        ...

    def __len__(self) -> int:
        """How many frames will come; 0 when that is not known."""
        ...

    def close(self) -> None:
        """End the iteration and free what the source holds."""
        ...
