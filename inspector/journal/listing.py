"""A long list of inspections as a table shows it: where one stands in it, and all of it without holding it."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from inspector.journal.entry import Entry
from inspector.journal.log import ALL, Log
from inspector.journal.query import EntryFilter, Order, group_of, groups, sides
from inspector.journal.schema import inspections


class Listed(Collection[Entry]):
    """Inspections that are read as they are asked for, and never all in memory.

    Parameters
    ----------
    journal : Log
    ids : sequence of int
    """

    def __init__(self, journal: Log, ids: Sequence[int]) -> None:
        self._journal, self._ids = journal, ids

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Entry]:
        return self._journal.read(self._ids)

    def __contains__(self, entry: object) -> bool:
        return isinstance(entry, Entry) and entry.id in self._ids


class Place(NamedTuple):
    """Where an inspection stands in a list, and how long that is."""

    row: int
    length: int


def place(journal: Log, entry: Entry, filter: EntryFilter = ALL, order: Order = Order.NEWEST) -> Place | None:
    """Where an inspection stands in a list; None if it is not in it."""
    parts = groups(filter, order)
    number = group_of(entry, parts)
    query = select(func.count()).select_from(inspections)
    with journal.reading(parts[number]) as (connection, wanted):
        if not connection.scalar(query.where(*wanted, inspections.c.id == entry.id)):
            return None
        pieces = [[connection.scalar(query.where(*wanted, side)) or 0 for side in both] for both in sides(entry, order)]
    before, after = (sum(counts) for counts in zip(*pieces, strict=True))
    before += sum(journal.count(part) for part in parts[:number])
    after += sum(journal.count(part) for part in parts[number + 1 :])
    return Place(before, before + 1 + after)
