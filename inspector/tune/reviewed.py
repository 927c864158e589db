"""Truth from the journal: what people decided about inspections."""

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.errors import InspectorError
from inspector.journal.entry import Entry
from inspector.journal.schema import number_text
from inspector.journal.store import Journal
from inspector.tune.truth import Known, Truth, without_defect
from inspector.types import BACKGROUND, Verdict


@dataclass(frozen=True)
class Reviewed:
    """A frame that a person decided about (a `TrueFrame`); it has no mask."""

    journal: Journal
    entry: Entry

    @property
    def name(self) -> str:
        """With the number of the entry: names may come again in a journal."""
        return f"No. {number_text(self.entry.id)} {self.entry.record['name']}"

    @property
    def part(self) -> str:
        """The part as logged."""
        return str(self.entry.record["part"])

    def read(self) -> Known:
        """See `TrueFrame`."""
        return Known(self.journal.pixels(self.entry), None, self.entry.final_verdict is Verdict.REJECT)


def reviewed(journal: Journal, entries: Iterable[Entry]) -> Truth:
    """The entries that have a review, as last decided: rejected ones are defective, accepted ones sound.

    What was left for review, what nobody decided, and what has no pictures any more is left out.

    Raises
    ------
    InspectorError
        If there are none, or none of them is defective.
    """
    decided = [entry for entry in entries if _is_decided(entry)]
    frames = [Reviewed(journal, entry) for entry in decided if entry.pictures_removed is None]
    gone = len(decided) - len(frames)
    if not frames:
        why = f"; the pictures of {gone} were removed to make room" if gone else ""
        raise InspectorError(f"none of these inspections has a review and its pictures{why}; review some of them first")
    lacking = f" ({gone} more have no pictures)" if gone else ""
    truth = Truth(f"{len(frames)} reviewed inspections{lacking}", (BACKGROUND,), frames)
    if all(frame.entry.final_verdict is Verdict.ACCEPT for frame in frames):
        raise without_defect(truth.name)
    return truth


def _is_decided(entry: Entry) -> bool:
    return any(not review.blind for review in entry.reviews) and entry.final_verdict is not Verdict.REVIEW
