"""Which inspections are wanted, and in which order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select, true, tuple_

from inspector.journal.entry import Entry
from inspector.journal.schema import STATION_IDS, inspection_kinds, inspections, masks, reviews
from inspector.journal.text_search import SHORTEST, with_text
from inspector.types import Verdict


@dataclass(frozen=True)
class EntryFilter:
    """Conditions that all have to hold; one left empty always holds.

    Attributes
    ----------
    verdicts : tuple of Verdict
        Any of these, as judged by the program.
    kinds : tuple of str
        Has a defect of any of these kinds.
    since, until : datetime or None
        Judged at or after, judged before; aware. A list stays as it is while the line runs if `until` is now.
    reviewed : bool or None
        Has a review, or has none.
    text : str
        Occurs in the name, part, source or reasons; A-Z match a-z.
    part : str or None
        The part's id.
    station : int or None
        Judged by the station of that number, of those that share the journal.
    final_verdicts : tuple of Verdict
        Any of these: the last review's that was not blind, else the program's.
    sources, recipes : tuple of str
        Names of sources, digests of recipes.
    min_severity, max_severity : float or None
        The highest severity lies in this range, both ends included.
    not_by : str
        This person has not reviewed it.
    drawn : bool or None
        Has a mask that a person drew, or has none.
    """

    verdicts: tuple[Verdict, ...] = ()
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    reviewed: bool | None = None
    text: str = ""
    part: str | None = None
    station: int | None = None
    final_verdicts: tuple[Verdict, ...] = ()
    sources: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()
    min_severity: float | None = None
    max_severity: float | None = None
    not_by: str = ""
    drawn: bool | None = None


class Order(StrEnum):
    """How inspections are sorted; those with equal verdict or severity by time, in the same direction."""

    NEWEST = "newest first"
    OLDEST = "oldest first"
    MOST_SEVERE = "most severe first"
    LEAST_SEVERE = "least severe first"
    WORST = "worst verdict first"
    BEST = "best verdict first"

    @property
    def falls(self) -> bool:
        """Whether times and severities fall from row to row."""
        return self in (Order.NEWEST, Order.MOST_SEVERE, Order.WORST)

    @property
    def columns(self) -> tuple[ColumnElement[object], ...]:
        """What inspections of one group are sorted by; an index has it."""
        own = (inspections.c.max_severity,) if self in (Order.MOST_SEVERE, Order.LEAST_SEVERE) else ()
        return (*own, inspections.c.time, inspections.c.id)


def groups(wanted: EntryFilter, order: Order) -> list[EntryFilter]:
    """The filter, or where the order is by verdict, one for each verdict."""
    if order not in (Order.WORST, Order.BEST):
        return [wanted]
    chosen = [verdict for verdict in Verdict if verdict in (wanted.verdicts or Verdict)]
    return [replace(wanted, verdicts=(verdict,)) for verdict in (reversed(chosen) if order.falls else chosen)]


def group_of(entry: Entry, parts: Sequence[EntryFilter]) -> int:
    """The number of the group that an inspection belongs to."""
    return next((number for number, part in enumerate(parts) if entry.verdict in part.verdicts), 0)


def sorting(order: Order) -> Sequence[ColumnElement[object]]:
    """What the database is told to order the inspections of a group by."""
    return [column.desc() if order.falls else column for column in order.columns]


def behind(entry: Entry, order: Order) -> ColumnElement[bool]:
    """What comes after an inspection of the same group."""
    keys, here = tuple_(*order.columns), _place(entry, order)
    return keys < here if order.falls else keys > here


def ahead(entry: Entry, order: Order) -> Iterator[ColumnElement[bool]]:
    """What comes before an inspection of the same group, in pieces that have nothing in common.

    Each piece is a range of one column, which an index counts faster than it compares several.
    """
    equal: ColumnElement[bool] = true()
    for column, own in zip(order.columns, _place(entry, order), strict=True):
        yield and_(equal, column > own if order.falls else column < own)
        equal = and_(equal, column == own)


def _place(entry: Entry, order: Order) -> tuple[object, ...]:
    return (entry.record["max_severity"], entry.time, entry.id)[-len(order.columns) :]


def conditions(wanted: EntryFilter, indexed_texts: bool) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions on the table of inspections.

    Parameters
    ----------
    wanted : EntryFilter
    indexed_texts : bool
        Whether there is an index of texts.
    """
    columns = inspections.c
    if wanted.verdicts:
        yield columns.verdict.in_(wanted.verdicts)
    yield from _within(columns.time, wanted)
    if wanted.kinds:
        kinds = inspection_kinds.c
        found = select(kinds.inspection_id).where(kinds.kind.in_(wanted.kinds), *_within(kinds.time, wanted))
        yield columns.id.in_(found)
    if wanted.reviewed is not None:
        yield is_reviewed() if wanted.reviewed else ~is_reviewed()
    if wanted.text:
        if indexed_texts and len(wanted.text) >= SHORTEST:
            yield with_text(columns.id, wanted.text)
        else:
            places = (columns.name, columns.part, columns.source, cast(columns.reasons, Text))
            yield or_(*(place.icontains(wanted.text, autoescape=True) for place in places))
    if wanted.part is not None:
        yield columns.part == wanted.part
    if wanted.station is not None:
        yield columns.id.between(wanted.station * STATION_IDS, (wanted.station + 1) * STATION_IDS - 1)
    if wanted.final_verdicts:
        yield final_verdict().in_(wanted.final_verdicts)
    if wanted.sources:
        yield columns.source.in_(wanted.sources)
    if wanted.recipes:
        yield columns.recipe.in_(wanted.recipes)
    if wanted.min_severity is not None:
        yield columns.max_severity >= wanted.min_severity
    if wanted.max_severity is not None:
        yield columns.max_severity <= wanted.max_severity
    if wanted.not_by:
        yield ~is_reviewed(reviews.c.reviewer == wanted.not_by)
    if wanted.drawn is not None:
        yield is_drawn() if wanted.drawn else ~is_drawn()


def _within(time: ColumnElement[datetime], wanted: EntryFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield time >= wanted.since
    if wanted.until is not None:
        yield time < wanted.until


def is_drawn() -> ColumnElement[bool]:
    """Whether a person drew the defects of an inspection."""
    return exists().where(masks.c.inspection_id == inspections.c.id).correlate(inspections)


def is_reviewed(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an inspection has a review, of those that `which` holds for."""
    own = select(reviews.c.id).where(reviews.c.inspection_id == inspections.c.id, *which)
    return own.correlate(inspections).exists()


def final_verdict() -> ColumnElement[str]:
    """The last review's that was not blind, else the program's."""
    own = select(reviews.c.verdict).where(reviews.c.inspection_id == inspections.c.id, reviews.c.blind.is_(False))
    last = own.order_by(reviews.c.id.desc()).limit(1).correlate(inspections)
    return func.coalesce(last.scalar_subquery(), inspections.c.verdict)
