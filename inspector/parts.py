"""Parts of several frames: which frame belongs to which, and the part's verdict, the worst of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from inspector.types import Frame, Inspection, Unreadable, Verdict


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
    """

    part: str
    verdict: Verdict
    reason: str
    frames: int
    views: int


class PartBook:
    """Keeps the part in hand; for one thread.

    Frames of one part come one after the other. Those of a source that names no parts are counted off, as many as the
    recipe says, unless a part's id was given: by a barcode reader, say.

    Parameters
    ----------
    views : int
        Frames of a part, from the recipe. Of parts with one frame the book says nothing: their frame says it all.
    """

    def __init__(self, views: int) -> None:
        self._views = views
        self._part: str | None = None
        self._own_name = False
        self._seen: list[Inspection | Unreadable] = []

    def claim(self, frame: Frame, given: str = "") -> Frame:
        """The frame with the id of its part; `given` is the id that was read off the part, if there is one."""
        if given:
            return replace(frame, part=given)
        if _is_nameless(frame) and self._part is not None and self._own_name:
            return replace(frame, part=self._part)
        return frame

    def add(self, item: Inspection | Unreadable) -> list[PartVerdict]:
        """Take a frame's outcome; the parts that have come to their end with it.

        A frame that can't be read belongs to the part in hand, or begins one: such a part can't pass.
        """
        if self._views == 1:
            return []
        ended = []
        part = item.frame.part if isinstance(item, Inspection) else (self._part or item.name)
        if self._part is not None and part != self._part:
            ended += self.close()
        if self._part is None:
            self._part = part
            self._own_name = isinstance(item, Unreadable) or _is_nameless(item.frame)
        self._seen.append(item)
        if len(self._seen) == self._views:
            ended += self.close()
        return ended

    def close(self) -> list[PartVerdict]:
        """The part in hand as it is, complete or not; none where there is none in hand."""
        if self._part is None:
            return []
        ended = _verdict(self._part, self._seen, self._views)
        self._part, self._seen = None, []
        return [ended]


def _is_nameless(frame: Frame) -> bool:
    """Whether its source named no part, but took the frame for one."""
    return frame.part in (frame.name, PurePath(frame.name).stem)


def _verdict(part: str, seen: Sequence[Inspection | Unreadable], views: int) -> PartVerdict:
    judged = [item for item in seen if isinstance(item, Inspection)]
    worst = max(judged, key=lambda inspection: inspection.verdict.rank, default=None)
    verdict, reasons = Verdict.ACCEPT, list[str]()
    if worst is not None and worst.verdict is not Verdict.ACCEPT:
        verdict = worst.verdict
        reasons.append(f"{worst.frame.name}: {worst.reasons[0]}")
    if len(seen) < views:
        reasons.append(f"incomplete: {len(seen)} of {views} frames came")
    elif len(judged) < views:
        reasons.append(f"incomplete: {views - len(judged)} of {views} frames can't be read")
    if reasons and verdict is Verdict.ACCEPT:
        verdict = Verdict.REVIEW
    reason = "; ".join(reasons) or f"no defect in {len(judged)} frames"
    return PartVerdict(part, verdict, reason, len(judged), views)
