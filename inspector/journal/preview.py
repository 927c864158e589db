"""What has come of a replay so far, while it goes on: the counts, and which verdicts would be others."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass

from inspector.journal.again import Under
from inspector.journal.entry import Entry
from inspector.journal.log import Log
from inspector.journal.replay import Flip, rejudge
from inspector.networks.bundle import Model
from inspector.types import Verdict

PREVIEWED = 200
"""Of the last inspections."""


@dataclass(frozen=True)
class Preview:
    """What a recipe would have said of past inspections.

    Attributes
    ----------
    total : int
        Inspections to be judged again.
    before, after : mapping of Verdict to int
        Verdicts of those that could be judged again so far: as judged by the program, and under the recipe.
    changed : tuple of Flip
        Those that differ, in the order of the inspections.
    missed : tuple of Flip
        Those that could not be judged again so far.
    """

    total: int
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    changed: tuple[Flip, ...]
    missed: tuple[Flip, ...]

    @property
    def judged(self) -> int:
        """How many were judged again so far."""
        return sum(self.after.values())

    @property
    def left_out(self) -> int:
        """How many could not be judged again so far."""
        return len(self.missed)

    @property
    def why(self) -> str:
        """Why the first of those was left out; else empty."""
        return self.missed[0].reason if self.missed else ""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be judged."""
        return self.judged + self.left_out == self.total

    @property
    def turns(self) -> Mapping[tuple[Verdict, Verdict | None], int]:
        """How many verdicts change from which to which, the most frequent first."""
        return dict(Counter((one.before, one.after) for one in self.changed).most_common())


def preview(
    journal: Log,
    entries: Collection[Entry],
    under: Under,
    load_model: Callable[[str], Model],
    seconds: float = 0.2,
    *,
    remeasure: bool = False,
    threads: int = 1,
) -> Generator[Preview, None, None]:
    """Judge past inspections again, as `rejudge` does, and tell now and then how far it is.

    Parameters
    ----------
    journal : Log
    entries : collection of Entry
        Read as far as they are judged; see `Listed`.
    under, load_model, remeasure
        See `inspector.journal.again.Judge`.
    seconds : float
        Time between two interim results.
    threads : int
        How many look at maps and frames.

    Yields
    ------
    Preview
        What is known so far; the last one is finished. Whoever wants no more of it stops iterating.

    Raises
    ------
    InspectorError
        If the recipe's model can't be used, or the journal not read.
    """
    before, after = Counter[Verdict](), Counter[Verdict]()
    changed, missed = list[Flip](), list[Flip]()

    def so_far() -> Preview:
        return Preview(len(entries), dict(before), dict(after), tuple(changed), tuple(missed))

    told = time.monotonic()
    with closing(rejudge(journal, entries, under, load_model, remeasure=remeasure, threads=threads)) as flips:
        for flip in flips:
            if time.monotonic() - told >= seconds:
                yield so_far()
                told = time.monotonic()
            if flip.after is None:
                missed.append(flip)
                continue
            before[flip.before] += 1
            after[flip.after] += 1
            if flip.flipped:
                changed.append(flip)
    yield so_far()
