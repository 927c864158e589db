"""What the line has come to, as one frozen value; no Qt.

The thread at work folds each event into the next value; the window paints the newest one, whenever it gets to it. So
no part is missed however slowly the window paints, and nothing piles up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from statistics import median

import cv2
import numpy as np

from inspector.events import Event, Judged, Linked, Noticed, PartJudged, Skipped, State
from inspector.parts import OPEN_PARTS, PartVerdict
from inspector.recipe import Recipe
from inspector.shifts import Shift, with_verdict
from inspector.sources.base import SourceState, Status
from inspector.types import Inspection, Pixels, Verdict

KEPT_PARTS = 40
KEPT_BYTES = 512_000_000
"""Frames that can be looked at again without the journal; large ones are fewer."""

THUMBNAIL = (104, 68)
"""Width and height in px that a thumbnail fits into."""

_PACE = 12

_CONNECTING = Status(SourceState.CONNECTING)


class Phase(StrEnum):
    """What the line is doing, as the operator reads it."""

    LOADING = "loading"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAULT = "stopped"


_PHASES = {
    State.RUNNING: Phase.RUNNING,
    State.PAUSED: Phase.PAUSED,
    State.FINISHED: Phase.FINISHED,
    State.FAULT: Phase.FAULT,
}


@dataclass(frozen=True, eq=False)
class Part:
    """One of the last parts.

    Attributes
    ----------
    entry_id : int
        Its row in the journal.
    name : str
    inspection : Inspection or None
        None for a frame that could not be read.
    thumbnail : uint8 (h, w) or (h, w, 3), or None
    error : str
        Why the frame could not be read.
    """

    entry_id: int
    name: str
    inspection: Inspection | None
    thumbnail: Pixels | None
    error: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """None for a frame that could not be read."""
        return self.inspection.verdict if self.inspection else None

    @property
    def size(self) -> int:
        """Bytes of the frame that it keeps."""
        return self.inspection.frame.pixels.nbytes if self.inspection else 0


@dataclass(frozen=True)
class InHand:
    """A part of several frames that is not complete yet: how many came, and the worst verdict of them."""

    part: str
    frames: int
    worst: Verdict | None


@dataclass(frozen=True, eq=False)
class LineState:
    """Everything that the station page says about the line.

    Attributes
    ----------
    number : int
        Counts the lines that were opened.
    phase : Phase
    text : str
        What it is loading, or why it stopped.
    recipe : Recipe or None
        As it was read; None until then.
    source : str
    link : Status
        How the source stands with its camera or files.
    notice : str
        What somebody should know or do about the journal, else empty.
    length : int
        How many frames will come; 0 when that is not known.
    counts : mapping of Verdict to number of parts
    unreadable, lost : int
        Frames that could not be read, and gaps in the count of frames.
    kinds : mapping of kind to number of parts that have it
    parts : tuple of Part
        The last ones, newest first.
    waiting : mapping of part to InHand
        Parts of several frames that are not complete.
    in_hand : InHand or None
        The one that the last frame is of; None where that frame, or whatever came since, ended a part.
    ended : PartVerdict or None
        The last part of several frames that came to its end.
    shift : Shift or None
        The shift of now, with its parts of earlier lines.
    last_index : int
    captures : tuple of datetime
        When the last frames were taken without a pause between them, oldest first.
    """

    number: int
    phase: Phase = Phase.LOADING
    text: str = ""
    recipe: Recipe | None = None
    source: str = ""
    link: Status = _CONNECTING
    notice: str = ""
    length: int = 0
    counts: Mapping[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    unreadable: int = 0
    lost: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    waiting: Mapping[str, InHand] = field(default_factory=dict)
    in_hand: InHand | None = None
    ended: PartVerdict | None = None
    shift: Shift | None = None
    last_index: int = -1
    captures: tuple[datetime, ...] = ()

    @property
    def judged(self) -> int:
        """Number of parts that have a verdict."""
        return sum(self.counts.values())

    @property
    def yield_share(self) -> float | None:
        """Accepted parts of those judged, in [0, 1]; None before the first."""
        return self.counts[Verdict.ACCEPT] / self.judged if self.judged else None

    @property
    def views(self) -> int:
        """Frames of a part."""
        return self.recipe.views if self.recipe else 1

    @property
    def cut_off(self) -> bool:
        """Whether the line runs and no picture comes: what was judged last says nothing of now."""
        return self.phase is Phase.RUNNING and self.link.state in (SourceState.STALE, SourceState.LOST)

    @property
    def takt(self) -> float | None:
        """Milliseconds from part to part, as they come now; None while that is not known."""
        gaps = [(b - a).total_seconds() for a, b in zip(self.captures, self.captures[1:], strict=False)]
        return 1000 * median(gaps) if gaps else None

    @property
    def pace(self) -> float | None:
        """Milliseconds that a part takes to be judged, as they come now; None before the first."""
        totals = [part.inspection.milliseconds["total"] for part in self.parts[:_PACE] if part.inspection]
        return median(totals) if totals else None


def after(state: LineState, event: Event) -> LineState:
    """The state of the line after an event."""
    if isinstance(event, Judged):
        return _after_judged(state, event)
    if isinstance(event, Skipped):
        frame = event.unreadable
        part = Part(event.entry_id, frame.name, None, None, frame.error)
        seen = _counted(state, part, frame.index)
        named = frame.part or (state.in_hand.part if state.in_hand else frame.name)
        return _in_hand(replace(seen, unreadable=state.unreadable + 1), named, None)
    if isinstance(event, PartJudged):
        return _after_part(state, event.part, event.at)
    if isinstance(event, Linked):
        return replace(state, link=event.status, captures=())
    if isinstance(event, Noticed):
        return replace(state, notice=event.text)
    captures = () if event.state is State.RUNNING else state.captures  # a pause is no takt
    ended = event.state in (State.FINISHED, State.FAULT)
    link = Status(SourceState.STOPPED) if ended else state.link
    return replace(state, phase=_PHASES[event.state], text=event.text, captures=captures, link=link)


def _after_judged(state: LineState, event: Judged) -> LineState:
    inspection = event.inspection
    kinds = dict(state.kinds)
    for kind in {region.kind for region in inspection.regions}:
        kinds[kind] = kinds.get(kind, 0) + 1
    frame = inspection.frame
    part = Part(event.entry_id, frame.name, inspection, shrink(frame.pixels))
    seen = _counted(state, part, frame.index)
    if state.views == 1:
        seen = _with_part(seen, inspection.verdict, frame.captured_at)
    seen = replace(seen, kinds=kinds, captures=(*state.captures, frame.captured_at)[-_PACE:])
    return _in_hand(seen, frame.part, inspection.verdict)


def _after_part(state: LineState, part: PartVerdict, at: datetime) -> LineState:
    waiting = {other: kept for other, kept in state.waiting.items() if other != part.part}
    counted = _with_part(state, part.verdict, at, part.replaces)
    return replace(counted, ended=part, waiting=waiting, in_hand=None)


def _with_part(state: LineState, verdict: Verdict, at: datetime, replaces: Verdict | None = None) -> LineState:
    shift = state.shift and state.shift.with_part(verdict, at, replaces)
    return replace(state, counts=with_verdict(state.counts, verdict, replaces), shift=shift)


def _in_hand(state: LineState, part: str, verdict: Verdict | None) -> LineState:
    """With one frame more of a part."""
    if state.views == 1:
        return state
    waiting = dict(state.waiting)
    before = waiting.pop(part, InHand(part, 0, None))
    known = [one for one in (before.worst, verdict) if one is not None]
    now = waiting[part] = InHand(part, before.frames + 1, max(known, key=lambda one: one.rank, default=None))
    while len(waiting) > OPEN_PARTS:  # a frame that came too late for its part ends none
        del waiting[next(iter(waiting))]
    return replace(state, waiting=waiting, in_hand=now)


def _counted(state: LineState, part: Part, index: int) -> LineState:
    kept, size = [part], part.size
    for older in state.parts[: KEPT_PARTS - 1]:
        size += older.size
        if size > KEPT_BYTES:
            break
        kept.append(older)
    lost = max(0, index - state.last_index - 1)
    silent = state.link.state is SourceState.CONNECTING  # files and the demo say nothing of themselves
    link = Status(SourceState.LIVE) if silent else state.link
    return replace(state, parts=tuple(kept), lost=state.lost + lost, last_index=index, link=link)


def shrink(pixels: Pixels, room: tuple[int, int] = THUMBNAIL) -> Pixels:
    """A thumbnail of a frame, of the frame's proportions; `room` is the width and height in px that it fits into."""
    height, width = pixels.shape[:2]
    scale = min(room[0] / width, room[1] / height)
    step = max(1, int(0.25 / scale))  # large frames: every few pixels are enough to average over
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels[::step, ::step], size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small, np.uint8)
