"""What a station tells, in order: a verdict only after it is on disk."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.parts import PartVerdict
from inspector.sources.base import Status
from inspector.types import Inspection, Unreadable


class State(StrEnum):
    """What the line is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAULT = "fault"


@dataclass(frozen=True)
class Judged:
    """A part was judged, and its journal row is on disk."""

    entry_id: int
    inspection: Inspection


@dataclass(frozen=True)
class Skipped:
    """A frame could not be read; logged, never judged."""

    entry_id: int
    unreadable: Unreadable


@dataclass(frozen=True)
class Moved:
    """The line came into another state; `text` is the sentence to show, if there is one to say."""

    state: State
    text: str = ""


@dataclass(frozen=True)
class PartJudged:
    """A part of several frames came to its end, and its journal row is on disk."""

    part: PartVerdict
    at: datetime


@dataclass(frozen=True)
class Linked:
    """The source came into another state; the journal has it."""

    status: Status


@dataclass(frozen=True)
class Noticed:
    """What somebody should know or do about the journal while the line goes on; empty once that is over."""

    text: str


Event = Judged | Skipped | PartJudged | Linked | Noticed | Moved
