"""A long list of inspections as a table shows it: where one stands in it, and all of it without holding it."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import func, select

from inspector.journal.entry import Entry
from inspector.journal.log import ALL, Log
from inspector.journal.query import EntryFilter, Order, ahead, group_of, groups
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


def place(journal: Log, entry: Entry, filter: EntryFilter = ALL, order: Order = Order.NEWEST) -> int | None:
    """How many inspections stand before another one in a list; None if that one is not in it."""
    parts = groups(filter, order)
    number = group_of(entry, parts)
    query = select(func.count()).select_from(inspections)
    with journal.reading(parts[number]) as (connection, wanted):
        if not connection.scalar(query.where(*wanted, inspections.c.id == entry.id)):
            return None
        # The piece first: of two bounds of a time SQLite looks up the first, and reads all that it lets through.
        before = sum(connection.scalar(query.where(piece, *wanted)) or 0 for piece in ahead(entry, order))
    return before + sum(journal.count(part) for part in parts[:number])
