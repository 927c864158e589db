"""Which inspections are wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, exists, or_, select

from inspector.journal.schema import STATION_IDS, inspection_kinds, inspections, reviews
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
        Judged at or after, judged before; aware.
    reviewed : bool or None
        Has a review, or has none.
    text : str
        Occurs in the name, part, source or reasons; A-Z match a-z.
    part : str or None
        The part's id.
    station : int or None
        Judged by the station of that number, of those that share the journal.
    """

    verdicts: tuple[Verdict, ...] = ()
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    reviewed: bool | None = None
    text: str = ""
    part: str | None = None
    station: int | None = None


def conditions(wanted: EntryFilter) -> Iterator[ColumnElement[bool]]:
    """The filter as conditions on the table of inspections."""
    columns = inspections.c
    if wanted.verdicts:
        yield columns.verdict.in_([verdict.value for verdict in wanted.verdicts])
    if wanted.kinds:
        yield columns.id.in_(select(inspection_kinds.c.inspection_id).where(inspection_kinds.c.kind.in_(wanted.kinds)))
    if wanted.since is not None:
        yield columns.time >= wanted.since
    if wanted.until is not None:
        yield columns.time < wanted.until
    if wanted.reviewed is not None:
        reviewed = exists().where(reviews.c.inspection_id == columns.id)
        yield reviewed if wanted.reviewed else ~reviewed
    if wanted.text:
        places = (columns.name, columns.part, columns.source, cast(columns.reasons, Text))
        yield or_(*(place.icontains(wanted.text, autoescape=True) for place in places))
    if wanted.part is not None:
        yield columns.part == wanted.part
    if wanted.station is not None:
        yield columns.id.between(wanted.station * STATION_IDS, (wanted.station + 1) * STATION_IDS - 1)
