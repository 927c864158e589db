"""What every source of frames keeps to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from inspector.types import Frame, Unreadable


class SourceState(StrEnum):
    """How a source stands with what it takes its frames from."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    """Connected, but no new picture comes."""
    LOST = "lost"
    """Not connected; it tries again by itself."""
    STOPPED = "stopped"


@dataclass(frozen=True)
class Status:
    """A source's state, with the sentence that a person needs to hear, if any.

    Attributes
    ----------
    state : SourceState
    text : str
    missed : bool
        Whether frames may have passed that nobody could count.
    """

    state: SourceState
    text: str = ""
    missed: bool = field(default=False, compare=False)


Item = Frame | Unreadable | Status
"""What a source gives: frames, the places of those that can't be read, and each change of its own state."""


class Source(Protocol):
    """Where frames come from.

    One thread iterates; `close` and `discard` may be called from any thread. Indices count every frame that the
    source knows of, the unreadable ones too, so that a gap means a loss.
    """

    name: str
    """What the operator reads: "demo", a folder, a camera."""

    def __iter__(self) -> Iterator[Item]:
        """Items in order; an unreadable frame takes its place as `Unreadable`. Each call starts anew."""
        ...

    def __len__(self) -> int:
        """How many frames will come; 0 when that is not known."""
        ...

    def close(self) -> None:
        """End the iteration soon, in every state, and free what the source holds; may be called twice."""
        ...

    def discard(self, in_hand: int) -> bool:
        """After a pause: forget what was taken meanwhile, where it would be stale now, without counting it as lost.

        Parameters
        ----------
        in_hand : int
            How many of the last items the caller has not judged.

        Returns
        -------
        Whether these are to be forgotten too, and others may have passed: True for cameras, False for files, which wait
        as long as they have to.
        """
        ...
