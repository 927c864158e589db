"""What the journal gives back: frozen, fit for tables and pictures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector.types import Verdict


@dataclass(frozen=True)
class Review:
    """What a person decided about an inspection.

    Attributes
    ----------
    time : datetime
        UTC, aware.
    reviewer : str
    verdict : Verdict
        Equal to the inspection's it is a confirmation, else an override.
    reason : str
    blind : bool
        Given without having seen the program's verdict or another review: it tells how far people agree, and does not
        decide.
    """

    time: datetime
    reviewer: str
    verdict: Verdict
    reason: str
    blind: bool = False


@dataclass(frozen=True)
class Entry:
    """One inspection in the journal.

    Attributes
    ----------
    id : int
    time, captured_at : datetime
        When it was judged and when the frame was taken; UTC, aware.
    source : str
        Name of the source.
    recipe, model : str
        Digests.
    record : dict
        The line of results.jsonl (design, section 5).
    too_small : list of dict
        Regions under the minimum area, in the form of the record's regions.
    frame_path, frame_sha256, map_path, map_sha256 : str
        Picture files, relative to the journal's folder, and their digests.
    reviews : tuple of Review
        Oldest first.
    pictures_removed : datetime or None
        When frame and map were deleted to make room; UTC, aware.
    """

    id: int
    time: datetime
    captured_at: datetime
    source: str
    recipe: str
    model: str
    record: dict[str, Any]
    too_small: list[dict[str, Any]]
    frame_path: str
    frame_sha256: str
    map_path: str
    map_sha256: str
    reviews: tuple[Review, ...]
    pictures_removed: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        """What the program judged."""
        return Verdict(self.record["verdict"])

    @property
    def decision(self) -> Review | None:
        """The last review that was not blind."""
        return next((review for review in reversed(self.reviews) if not review.blind), None)

    @property
    def final_verdict(self) -> Verdict:
        """What the last review says that was not blind, or the program's verdict where there is none."""
        return self.decision.verdict if self.decision else self.verdict

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of its defects, each once, worst region first."""
        return tuple(dict.fromkeys(region["kind"] for region in self.record["regions"]))


@dataclass(frozen=True)
class UnreadableEntry:
    """A frame that could not be read; `record` is its line of results.jsonl."""

    id: int
    time: datetime
    source: str
    record: dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that happened on the line: a source lost, a recipe changed."""

    time: datetime
    kind: str
    text: str
