"""Decisions on their way into the journal: every one gets there, in the order in which they were made."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from inspector.journal.entry import Entry
from inspector.journal.query import EntryFilter, Order
from inspector.journal.schema import number_text
from inspector.journal.store import Journal
from inspector.types import Verdict


@dataclass(frozen=True)
class Decision:
    """What a person says of an inspection; see `inspector.journal.entry.Review`."""

    entry: Entry
    verdict: Verdict
    reviewer: str
    reason: str
    blind: bool


@dataclass(frozen=True)
class Kept:
    """A decision that is in the journal, and the inspection to look at now; None where all are reviewed."""

    decision: Decision
    following: int | None

    @property
    def sentence(self) -> str:
        """What was kept."""
        decision = self.decision
        confirms = decision.verdict is decision.entry.verdict
        what = "said blindly" if decision.blind else "confirmed" if confirms else "overridden"
        left = "" if self.following else " Nothing else that is listed is left to review."
        return f"No. {number_text(decision.entry.id)} {what}: {decision.verdict}.{left}"


class Writer:
    """Writes decisions in a thread of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "inspector-review")
        self._waiting = deque[Future[Kept]]()

    @property
    def idle(self) -> bool:
        """Whether every decision is in the journal and was told."""
        return not self._waiting

    def write(self, journal: Journal, decision: Decision, wanted: EntryFilter, order: Order) -> None:
        """Append a decision; the list says what comes next."""
        self._waiting.append(self._pool.submit(_write, journal, decision, wanted, order))

    def take(self) -> Kept | None:
        """The next decision that was kept, once.

        Raises
        ------
        InspectorError
            If it could not be kept.
        """
        return self._waiting.popleft().result() if self._waiting and self._waiting[0].done() else None

    def close_threads(self) -> None:
        """Write what waits, then end."""
        self._pool.shutdown()


def next_unreviewed(
    journal: Journal, entry: Entry | None, wanted: EntryFilter, order: Order, reviewer: str = ""
) -> int | None:
    """The next inspection of a list that nobody has reviewed, or that one person has not; after the last the first."""
    unseen = replace(wanted, not_by=reviewer) if reviewer else replace(wanted, reviewed=False)
    found = journal.following(entry, unseen, order) if entry else None
    if found is None:
        found = next(iter(journal.ids(unseen, 1, order=order)), None)
    return None if entry is not None and found == entry.id else found


def _write(journal: Journal, decision: Decision, wanted: EntryFilter, order: Order) -> Kept:
    entry = decision.entry
    journal.add_review(entry.id, decision.verdict, decision.reviewer, decision.reason, blind=decision.blind)
    if decision.blind:  # what was hidden is to be seen now
        return Kept(decision, entry.id)
    return Kept(decision, next_unreviewed(journal, entry, wanted, order))
