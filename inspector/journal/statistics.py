"""What many inspections tell: yield by hour and shift, which kinds are frequent, how severe accepted parts are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import accumulate, pairwise

from sqlalchemy import Integer, func, select

from inspector.journal.log import ALL, Log
from inspector.journal.query import EntryFilter
from inspector.journal.schema import inspection_kinds, inspections
from inspector.shifts import shift_start
from inspector.types import Verdict

GROUP = 25
"""Accepted parts whose mean severity is one point of a chart."""

POINTS = 400
"""So many points of a chart can be told from one another on a screen."""

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Tally:
    """The verdicts of a span of time.

    Attributes
    ----------
    wanted : EntryFilter
        Finds its inspections.
    counts : mapping of Verdict to int
    """

    wanted: EntryFilter
    counts: Mapping[Verdict, int]

    @property
    def total(self) -> int:
        """How many inspections."""
        return sum(self.counts.values())

    @property
    def yield_share(self) -> float | None:
        """Accepted ones of all, in [0, 1]; None where there are none."""
        return self.counts[Verdict.ACCEPT] / self.total if self.total else None


@dataclass(frozen=True)
class KindCount:
    """How frequent a kind is.

    Attributes
    ----------
    kind : str
    count : int
        Inspections with a defect of that kind.
    share : float
        Of this and all more frequent kinds in all of them, in [0, 1].
    """

    kind: str
    count: int
    share: float


@dataclass(frozen=True)
class SeverityPoint:
    """Accepted inspections that followed one another.

    Attributes
    ----------
    wanted : EntryFilter
        Finds them.
    mean, highest : float
        Of their highest severities, in [0, 12].
    """

    wanted: EntryFilter
    mean: float
    highest: float


def hour_bounds(since: datetime, until: datetime) -> list[datetime]:
    """The full hours from the one that `since` lies in to the first at `until` or after; aware times."""
    bounds = [since.replace(minute=0, second=0, microsecond=0)]
    while bounds[-1] < until:
        bounds.append(datetime.fromtimestamp(bounds[-1].timestamp() + 3600, bounds[-1].tzinfo))  # absolute hours
    return bounds


def shift_bounds(since: datetime, until: datetime, starts: Sequence[time]) -> list[datetime]:
    """When shifts begin, from the one that `since` lies in to the first at `until` or after.

    Parameters
    ----------
    since, until : datetime
        Aware, in the zone that the shifts' times are in.
    starts : sequence of time
        Of the shifts of a day; midnight alone gives days.
    """
    bounds = [shift_start(since, starts)]
    while bounds[-1] < until:
        days = (bounds[-1] + timedelta(days=ahead) for ahead in (0, 1))
        begun = [day.replace(hour=start.hour, minute=start.minute) for day in days for start in starts]
        bounds.append(min(start for start in begun if start > bounds[-1]))
    return bounds


def tallies(journal: Log, bounds: Sequence[datetime], filter: EntryFilter = ALL, final: bool = False) -> list[Tally]:
    """The verdicts between each two of some times.

    Parameters
    ----------
    journal : Log
    bounds : sequence of datetime
        Rising, aware.
    filter : EntryFilter
        Its own times are not looked at.
    final : bool
        Count what reviews made of the verdicts, not what the program said.
    """
    spans = [replace(filter, since=since, until=until) for since, until in pairwise(bounds)]
    return [Tally(span, journal.counts(span, final)) for span in spans]


def pareto(journal: Log, filter: EntryFilter = ALL) -> list[KindCount]:
    """The kinds of the defects of the inspections that match, the most frequent first."""
    columns = inspection_kinds.c
    query = select(columns.kind, func.count()).group_by(columns.kind)
    with journal.reading(filter) as (connection, wanted):
        if wanted:
            query = query.where(columns.inspection_id.in_(select(inspections.c.id).where(*wanted)))
        rows = connection.execute(query).all()
    found = sorted(((row[0], row[1]) for row in rows), key=lambda row: (-row[1], row[0]))
    total, sums = sum(count for _, count in found), accumulate(count for _, count in found)
    return [KindCount(kind, count, upto / total) for (kind, count), upto in zip(found, sums, strict=True)]


def recipe_counts(journal: Log, filter: EntryFilter = ALL) -> dict[str, int]:
    """How many of the inspections that match were judged under each recipe, by its digest."""
    digest = inspections.c.recipe
    with journal.reading(filter) as (connection, wanted):
        rows = connection.execute(select(digest, func.count()).where(*wanted).group_by(digest)).all()
    return {row[0]: row[1] for row in rows}


def group_size(accepted: int, points: int = POINTS) -> int:
    """How many accepted inspections make one point, so that there are not more points than that: 25, 50, 100 ..."""
    size = GROUP
    while accepted > size * points:
        size *= 2
    return size


def accepted_severities(journal: Log, filter: EntryFilter = ALL, size: int = GROUP) -> list[SeverityPoint]:
    """How severe the worst of accepted inspections is, as means of so many that followed one another, oldest first.

    It rises before the first reject: the highest severity below T of a part without a defect is its noise, its texture
    and what begins to show. That is the largest of very many values, so it is skewed to the right; means of 25 hardly
    are. They compare only within one model and one T: filter by recipe. A last group that is not full is left out.
    """
    columns, own = inspections.c, replace(filter, verdicts=(Verdict.ACCEPT,))
    number = (func.row_number(type_=Integer).over(order_by=columns.time) - 1) // size
    with journal.reading(own) as (connection, wanted):
        rows = select(columns.time, columns.max_severity, number.label("number")).where(*wanted).subquery().c
        spans = (func.min(rows.time), func.max(rows.time), func.avg(rows.max_severity), func.max(rows.max_severity))
        query = select(*spans).group_by(rows.number).having(func.count() == size).order_by(rows.number)
        found = connection.execute(query).all()
    return [
        SeverityPoint(replace(own, since=first, until=last + _INSTANT), mean, highest)
        for first, last, mean, highest in found
    ]
