"""Which of the last verdicts a recipe would change, before it is put to use."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from inspector.errors import InspectorError
from inspector.journal.entry import Entry
from inspector.journal.replay import stored_measurement
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge
from inspector.policy import Decision, frame_verdict
from inspector.recipe import Recipe
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Region, Verdict, threshold_level

PREVIEWED = 200
"""Of the last inspections."""


@dataclass(frozen=True)
class Changed:
    """An inspection whose verdict would be another; `reason` is what decides then."""

    id: int
    name: str
    before: Verdict
    after: Verdict
    reason: str


@dataclass(frozen=True)
class Preview:
    """What a recipe would have said of past inspections.

    Attributes
    ----------
    total : int
        Inspections to be judged again.
    before, after : mapping of Verdict to int
        Verdicts of those that could be judged again so far: as judged by the program, and under the recipe.
    changed : tuple of Changed
        Those that differ, in the order of the inspections.
    left_out : int
        Could not be judged again so far.
    why : str
        Why the first of those was left out; else empty.
    """

    total: int
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    changed: tuple[Changed, ...]
    left_out: int
    why: str

    @property
    def judged(self) -> int:
        """How many were judged again so far."""
        return sum(self.after.values())

    @property
    def finished(self) -> bool:
        """Whether nothing is left to be judged."""
        return self.judged + self.left_out == self.total

    @property
    def turns(self) -> Mapping[tuple[Verdict, Verdict], int]:
        """How many verdicts change from which to which, the most frequent first."""
        return dict(Counter((one.before, one.after) for one in self.changed).most_common())


def preview(
    journal: Journal,
    entries: Sequence[Entry],
    recipe: Recipe,
    load_model: Callable[[str], Model],
    seconds: float = 0.2,
) -> Iterator[Preview]:
    """Judge past inspections again, as `replay.rejudge` does and with the same verdicts, but sparing the pictures.

    Where the logged regions are the recipe's own, its policy and sizes are applied to them; else the stored map is
    judged. Whoever wants no more of it stops iterating.

    Parameters
    ----------
    journal : Journal
    entries : sequence of Entry
    recipe : Recipe
    load_model : callable
        Gives the model that a recipe names.
    seconds : float
        Time between two interim results.

    Yields
    ------
    Preview
        What is known so far; the last one is finished.

    Raises
    ------
    InspectorError
        If the recipe's model can't be used, or the journal not read. An inspection of another model, or whose
        pictures are gone, is left out and counted.
    """
    model, recipe_of = load_model(recipe.model), cache(journal.recipe)
    before, after = Counter[Verdict](), Counter[Verdict]()
    changed, troubles = list[Changed](), list[str]()

    def so_far() -> Preview:
        why = troubles[0] if troubles else ""
        return Preview(len(entries), dict(before), dict(after), tuple(changed), len(troubles), why)

    told = time.monotonic()
    for entry in entries:
        if time.monotonic() - told >= seconds:
            yield so_far()
            told = time.monotonic()
        own = recipe_of(entry.recipe)
        try:
            verdict, reason = _from_row(entry, own, recipe, model) or _from_map(journal, entry, recipe, model)
        except InspectorError as error:
            troubles.append(str(error))
            continue
        before[entry.verdict] += 1
        after[verdict] += 1
        if verdict is not entry.verdict:
            changed.append(Changed(entry.id, entry.record["name"], entry.verdict, verdict, reason))
    yield so_far()


def _from_map(journal: Journal, entry: Entry, recipe: Recipe, model: Model) -> Decision:
    inspection = judge(stored_measurement(journal, entry, model), recipe)
    return Decision(inspection.verdict, inspection.reasons[0])


def _from_row(entry: Entry, own: Recipe, recipe: Recipe, model: Model) -> Decision | None:
    """The verdict from the logged regions; None where the recipe finds or classifies others.

    Parameters
    ----------
    entry : Entry
    own : Recipe
        What the inspection was judged by.
    recipe : Recipe
        What it is to be judged by.
    model : Model
        The recipe's.
    """
    same_regions = (
        entry.model == model.digest
        and threshold_level(own.threshold) == threshold_level(recipe.threshold)
        and own.cluster_distance == recipe.cluster_distance
    )
    smallest = recipe.min_area.in_px2(recipe.mm_per_px)
    # What was too small was never classified: its kind is not known.
    if not same_regions or any(region["area_px"] >= smallest for region in entry.too_small):
        return None
    large = tuple(_region(region) for region in entry.record["regions"] if region["area_px"] >= smallest)
    verdict, reasons = frame_verdict(large, (), (), recipe)  # what is left out gives no first reason
    return Decision(verdict, reasons[0])


def _region(record: Mapping[str, Any]) -> Region:
    """A logged region, as far as a policy asks for it: the mask is the whole box and takes no memory."""
    top, left, bottom, right = record["box"]
    return Region(
        box=(top, left, bottom, right),
        mask=np.broadcast_to(np.True_, (bottom - top, right - left)),
        area_px=record["area_px"],
        # The journal keeps three decimals; a policy's limit is compared with the level itself.
        peak_severity=round(record["peak_severity"] * LEVEL_MAX / SEVERITY_MAX) * (SEVERITY_MAX / LEVEL_MAX),
        mean_severity=record["mean_severity"],
        kind=record["kind"],
        confidence=record["confidence"],
        votes=record["votes"],
    )
