"""Parts of several frames: which frame belongs to which, and the part's verdict, the worst of them."""

from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TypeVar

from inspector.types import Frame, Inspection, Unreadable, Verdict

OPEN_PARTS = 8
"""Parts that may wait for their missing frames at once; with one more the oldest is given up."""

_LATE_PARTS = 1000
"""Parts that were given up of which it is known that their frames come late."""

Taken = TypeVar("Taken", bound=Frame | Unreadable)


@dataclass(frozen=True)
class PartVerdict:
    """The verdict of a part.

    Attributes
    ----------
    part : str
        Its id.
    verdict : Verdict
        The worst of its frames'; at least review where one is missing or can't be read.
    reason : str
        One sentence.
    frames, views : int
        How many frames it has, and how many it should have.
    replaces : Verdict or None
        The verdict that the part was given before, where a frame came after it that made it worse.
    """

    part: str
    verdict: Verdict
    reason: str
    frames: int
    views: int
    replaces: Verdict | None = None


@dataclass
class _Seen:
    """What a part has come to: frames that were judged, that can't be read, that were lost; and the worst of them."""

    judged: int = 0
    unreadable: int = 0
    lost: int = 0
    worst: Verdict = Verdict.ACCEPT
    reason: str = ""
    names: set[str] = field(default_factory=set)

    @property
    def places(self) -> int:
        return self.judged + self.unreadable + self.lost

    def add(self, item: Inspection | Unreadable, *, counted: bool) -> bool:
        """Take a frame's outcome; whether it is worse than all before.

        Where frames are not `counted` off, one that comes again under its name takes no other's place.
        """
        name = item.frame.name if isinstance(item, Inspection) else item.name
        new = counted or name not in self.names
        self.names.add(name)
        if isinstance(item, Unreadable):
            self.unreadable += new
            return False
        self.judged += new
        worse = item.verdict.rank > self.worst.rank
        if worse:
            self.worst, self.reason = item.verdict, f"{name}: {item.reasons[0]}"
        return worse


class PartBook:
    """Keeps the parts that are not complete yet; for one thread, which claims each frame and then adds its outcome.

    A frame belongs to the part that its source names, whatever came in between: the part waits for its frames until it
    has them all, or too many others wait too. A frame that comes later still can make the verdict of its part worse,
    never better.

    Frames of a source that names no parts are counted off, as many as the recipe says, and those that were lost on the
    way with them; so are the frames of a part whose id was given, by a barcode reader, say. The next part ends it.

    Of a part that had all its frames nothing is kept: where its id comes again, the part is inspected anew.

    Parameters
    ----------
    views : int
        Frames of a part, from the recipe. Of parts with one frame the book says nothing: their frame says it all.
    """

    def __init__(self, views: int) -> None:
        self._views = views
        self._open = dict[str, _Seen]()  # the oldest first
        self._late = dict[str, _Seen]()
        self._counted: str | None = None  # the open part whose frames are counted off
        self._next_index = 0
        self._ended = list[PartVerdict]()

    def claim(self, item: Taken, given: str = "") -> Taken:
        """The frame with the id of its part; `given` is the id that was read off the part, if there is one."""
        missing = self._pass_over(item.index - self._next_index)
        self._next_index = item.index + 1
        if any(part.part == given for part in self._ended):
            given = ""  # frames of that part were missed, and this one is of the next
        nameless = item.part in ("", item.name, PurePath(item.name).stem)
        part = given or (self._counted if nameless else None) or item.part or item.name
        if self._views > 1:
            if part != self._counted:
                self.interrupt()
            if given or nameless:
                self._counted = part
                self._open.setdefault(part, _Seen(lost=missing))
        return replace(item, part=part)

    def add(self, item: Inspection | Unreadable) -> None:
        """Take the outcome of a frame that was claimed; a part with one that can't be read does not pass."""
        if self._views == 1:
            return
        part = item.frame.part if isinstance(item, Inspection) else item.part
        if part in self._late and part not in self._open:
            self._add_late(part, item)
            return
        seen = self._open.setdefault(part, _Seen())
        seen.add(item, counted=part == self._counted)
        if seen.places == self._views:
            self._end(part)
        elif len(self._open) > OPEN_PARTS:
            self._end(next(iter(self._open)))

    def interrupt(self) -> None:
        """Frames may have passed of which nobody knows: a part whose frames are counted off can't be completed."""
        if self._counted is not None:
            self._end(self._counted)

    def close(self) -> None:
        """End all parts as they are."""
        for part in list(self._open):
            self._end(part)

    def ended(self) -> list[PartVerdict]:
        """The parts that came to their end since this was asked last, or whose verdict grew worse."""
        ended, self._ended = self._ended, []
        return ended

    def _pass_over(self, lost: int) -> int:
        """Have lost frames take their places in the part that is counted off; how many the next one begins without."""
        if lost > 0 and self._counted is not None:
            seen = self._open[self._counted]
            own = min(lost, self._views - seen.places)
            seen.lost += own
            lost -= own
            if seen.places == self._views:
                self._end(self._counted)
        return max(0, lost) % self._views

    def _end(self, part: str) -> None:
        seen = self._open.pop(part)
        self._ended.append(_verdict(part, seen, self._views))
        if part == self._counted:
            self._counted = None
        elif seen.places < self._views:
            self._late[part] = seen
            if len(self._late) > _LATE_PARTS:
                del self._late[next(iter(self._late))]

    def _add_late(self, part: str, item: Inspection | Unreadable) -> None:
        """A frame of a part that was given up, and so was given review at least."""
        seen = self._late[part]
        before = max(seen.worst, Verdict.REVIEW, key=lambda verdict: verdict.rank)
        if seen.add(item, counted=False) and seen.worst is Verdict.REJECT:
            reason = f"{seen.reason}; this frame came after the part's verdict"
            self._ended.append(PartVerdict(part, seen.worst, reason, seen.judged, self._views, before))
        if seen.places == self._views:
            del self._late[part]


def _verdict(part: str, seen: _Seen, views: int) -> PartVerdict:
    verdict, reasons = seen.worst, [seen.reason] if seen.reason else []
    came = seen.judged + seen.unreadable
    if came < views:
        reasons.append(f"incomplete: {came} of {views} frames came")
    elif seen.unreadable:
        reasons.append(f"incomplete: {seen.unreadable} of {views} frames can't be read")
    if seen.judged < views and verdict is Verdict.ACCEPT:
        verdict = Verdict.REVIEW
    reason = "; ".join(reasons) or f"no defect in {views} frames"
    return PartVerdict(part, verdict, reason, seen.judged, views)
