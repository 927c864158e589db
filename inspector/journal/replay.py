"""Past inspections judged again, under another T, policy, recipe or model: which verdicts would be others?"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from inspector.errors import InspectorError
from inspector.journal.again import Judge, Under, check_model, frame_of
from inspector.journal.entry import Entry
from inspector.journal.log import Log
from inspector.networks.bundle import Model
from inspector.pipeline import remember
from inspector.policy import Decision
from inspector.types import Measurement, Verdict

_AHEAD = 8
"""Inspections for each thread that are begun before the first of them is waited for."""

Outcome = Decision | InspectorError


@dataclass(frozen=True)
class Flip:
    """The verdict of one inspection before and after; they may be equal.

    Attributes
    ----------
    id : int
    name : str
        Of its frame.
    before : Verdict
        As judged by the program.
    after : Verdict or None
        None where it could not be judged again.
    reason : str
        What decides now, or why it could not be judged.
    """

    id: int
    name: str
    before: Verdict
    after: Verdict | None
    reason: str

    @property
    def flipped(self) -> bool:
        """Whether the verdict changed."""
        return self.after not in (None, self.before)


def stored_measurement(journal: Log, entry: Entry, model: Model) -> Measurement:
    """The measurement that an inspection was judged from, exactly: live verdicts too come from the 8-bit map.

    Raises
    ------
    InspectorError
        If the frame or the map is missing or damaged, or was measured by another model than `model`.
    """
    check_model(entry, model)
    return remember(frame_of(journal, entry), journal.levels(entry), model, entry.record["milliseconds"]["severity"])


def rejudge(
    journal: Log,
    entries: Iterable[Entry],
    under: Under,
    load_model: Callable[[str], Model],
    *,
    remeasure: bool = False,
    from_rows: bool = True,
    threads: int = 1,
) -> Generator[Flip, None, None]:
    """Judge past inspections again; one that can't be is told with the reason, and the others go on.

    Parameters
    ----------
    journal : Log
    entries : iterable of Entry
    under, load_model, remeasure, from_rows
        See `Judge`.
    threads : int
        How many look at maps and frames.

    Yields
    ------
    Flip
        One for each entry, in their order. Whoever wants no more of it stops iterating.

    Raises
    ------
    InspectorError
        If the model of a recipe for all can't be had, or the database not be read.
    """
    judge = Judge(journal, under, load_model, remeasure, from_rows)
    waiting = deque[tuple[Entry, Outcome | Future[Decision]]]()
    pool = ThreadPoolExecutor(threads, "inspector-replay")
    try:
        for entry in entries:
            waiting.append((entry, _begin(entry, judge, pool)))
            while waiting and (_is_done(waiting[0][1]) or len(waiting) > threads * _AHEAD):
                yield _flip(*waiting.popleft())
        while waiting:
            yield _flip(*waiting.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(entry: Entry, judge: Judge, pool: ThreadPoolExecutor) -> Outcome | Future[Decision]:
    try:
        begun = judge.begin(entry)
    except InspectorError as error:
        return error
    return begun if isinstance(begun, Decision) else pool.submit(begun)


def _is_done(begun: Outcome | Future[Decision]) -> bool:
    return not isinstance(begun, Future) or begun.done()


def _flip(entry: Entry, begun: Outcome | Future[Decision]) -> Flip:
    try:
        outcome = begun.result() if isinstance(begun, Future) else begun
    except InspectorError as error:
        outcome = error
    after, reason = (None, str(outcome)) if isinstance(outcome, InspectorError) else outcome
    return Flip(entry.id, entry.record["name"], entry.verdict, after, reason)
