"""A replay in words, made beside the window: how far it is, what flips, the counts before and after."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from inspector.journal.again import Under
from inspector.journal.listing import Listed
from inspector.journal.preview import Preview, preview
from inspector.journal.replay import Flip
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.types import Verdict

_ARROW = "\N{RIGHTWARDS ARROW}"


class Chosen(NamedTuple):
    """What is to be judged again, and whether the line runs, to which one processor is left then."""

    journal: Journal
    ids: Sequence[int]
    line_runs: bool

    @property
    def threads(self) -> int:
        """How many may look at maps and frames."""
        return max(1, (os.cpu_count() or 1) - self.line_runs)


@dataclass(frozen=True, eq=False)
class Found:
    """What has come of a replay so far.

    Attributes
    ----------
    total, done : int
        Inspections to be judged, and those that were looked at.
    summary : str
        "under T 4.80: 14 of 812 flip", and which from what to what.
    counts : str
        Of each verdict, before and after.
    rows : sequence of Flip
        Those that flip; in the end also those that could not be judged.
    """

    total: int
    done: int
    summary: str
    counts: str
    rows: Sequence[Flip]


def replay(
    chosen: Chosen,
    under: Under,
    words: str,
    load_model: Callable[[str], Model],
    tell: Callable[[Found], None],
) -> Found:
    """Judge inspections again; `words` says under what, `tell` is told now and then.

    Raises
    ------
    InspectorError
        If the recipe's model can't be used, or the journal not be read.
    """
    found = _in_words(Preview(len(chosen.ids), {}, {}, (), ()), words)
    tell(found)
    entries = Listed(chosen.journal, chosen.ids)
    steps = preview(chosen.journal, entries, under, load_model, remeasure=True, threads=chosen.threads)
    with closing(steps):
        for step in steps:
            found = _in_words(step, words)
            tell(found)
    return found


def _in_words(step: Preview, words: str) -> Found:
    turns = ", ".join(f"{count} {before} {_ARROW} {after}" for (before, after), count in step.turns.items())
    summary = f"under {words}: {len(step.changed)} of {step.judged} flip" + (f" ({turns})" if turns else "")
    if not step.finished and not step.judged:
        summary = f"under {words}: the first of {step.total} are being judged"
    if step.left_out:
        summary += f"; {step.left_out} could not be judged again: {step.why}"
    counts = f"before: {_counts(step.before)}   {_ARROW}   after: {_counts(step.after)}"
    rows = (*step.changed, *step.missed) if step.finished else step.changed
    return Found(step.total, step.judged + step.left_out, summary, counts, rows)


def _counts(counts: Mapping[Verdict, int]) -> str:
    return ", ".join(f"{counts.get(verdict, 0)} {verdict}" for verdict in Verdict)
