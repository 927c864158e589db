"""What the statistics of a span of time are: read from the journal in one go; no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.errors import InspectorError
from inspector.journal.control import BASELINE, Limits, control_limits, in_words, out_of_control
from inspector.journal.log import Log
from inspector.journal.query import EntryFilter
from inspector.journal.statistics import (
    KindCount,
    SeverityPoint,
    Tally,
    accepted_severities,
    group_size,
    pareto,
    recipe_counts,
    tallies,
)
from inspector.types import Verdict

_RECIPES = 30
"""So many recipes are offered, those that judged most: each T that was tried on the line is one."""


@dataclass(frozen=True)
class Asked:
    """What the statistics are to be of.

    Attributes
    ----------
    bounds : tuple of datetime
        Between the bars, aware.
    recipe : str
        Digest; empty is all recipes.
    final : bool
        After the reviews, not as the program judged.
    """

    bounds: tuple[datetime, ...]
    recipe: str = ""
    final: bool = False

    @property
    def wanted(self) -> EntryFilter:
        """All inspections that are asked about."""
        recipes = (self.recipe,) if self.recipe else ()
        return EntryFilter(since=self.bounds[0], until=self.bounds[-1], recipes=recipes)


@dataclass(frozen=True)
class Severities:
    """The severity of accepted inspections under one recipe, which alone compare.

    Attributes
    ----------
    recipe : str
        Its name and T.
    size : int
        Inspections that make one point.
    points : sequence of SeverityPoint
    limits : Limits or None
        None where there are too few points.
    outside : sequence of int
        The places of points that are out of control.
    words : str
        What it shows, in one sentence.
    """

    recipe: str
    size: int
    points: Sequence[SeverityPoint]
    limits: Limits | None
    outside: Sequence[int]
    words: str


@dataclass(frozen=True)
class Figures:
    """The statistics of a span of time.

    Attributes
    ----------
    asked : Asked
    tallies : sequence of Tally
        One for each bar.
    kinds : sequence of KindCount
        The most frequent first.
    recipes : mapping of digest to str
        Those that judged in this time, in words.
    severities : Severities or None
        None where nothing was inspected.
    last : datetime or None
        When the journal's newest inspection was; asked only where there is none in this time.
    """

    asked: Asked
    tallies: Sequence[Tally]
    kinds: Sequence[KindCount]
    recipes: Mapping[str, str]
    severities: Severities | None
    last: datetime | None

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """The verdicts of the whole time."""
        return {verdict: sum(tally.counts[verdict] for tally in self.tallies) for verdict in Verdict}


def read_figures(journal: Log, asked: Asked) -> Figures:
    """Read the statistics.

    Raises
    ------
    InspectorError
        If the journal can't be read.
    """
    judged = recipe_counts(journal, replace(asked.wanted, recipes=()))
    frequent = sorted(judged, key=lambda digest: -judged[digest])[:_RECIPES]
    recipes = {digest: f"{_name(journal, digest)} \N{MIDDLE DOT} {judged[digest]:,}" for digest in frequent}
    compared = asked.recipe or next(iter(frequent), "")
    severities = None
    if compared in judged:
        own = replace(asked.wanted, recipes=(compared,))
        severities = _severities(journal, own, group_size(judged[compared]))
    last = None
    if not judged and (newest := journal.entries(limit=1)):
        last = newest[0].time
    counted = tallies(journal, asked.bounds, asked.wanted, asked.final)
    return Figures(asked, counted, pareto(journal, asked.wanted), recipes, severities, last)


def _name(journal: Log, digest: str) -> str:
    try:
        recipe = journal.recipe(digest)
    except InspectorError:  # of a newer version, perhaps; its inspections still count
        return digest[:12]
    return f"{recipe.name}, T {recipe.threshold:.2f}"


def _severities(journal: Log, wanted: EntryFilter, size: int) -> Severities:
    points = accepted_severities(journal, wanted, size)
    values, times = [point.mean for point in points], [_begin(point) for point in points]
    limits = control_limits(values)
    recipe = _name(journal, wanted.recipes[0])
    if limits is None:
        words = f"Too few accepted parts to see a drift: it takes {BASELINE * size}. Choose a longer time."
        return Severities(recipe, size, points, None, (), words)
    words = in_words("The severity of accepted parts", values, times, limits)
    return Severities(recipe, size, points, limits, out_of_control(values, limits), words)


def _begin(point: SeverityPoint) -> datetime:
    """When the first inspection of a point was made, in local time."""
    assert point.wanted.since is not None, "a point's inspections lie in a span of time"
    return point.wanted.since.astimezone()
