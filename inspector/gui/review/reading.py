"""What the page asks the journal for, in a thread of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from inspector.errors import InspectorError
from inspector.gui.review.table import PAGE
from inspector.journal.entry import Entry
from inspector.journal.listing import place
from inspector.journal.query import EntryFilter, Order
from inspector.journal.store import Journal

Pages = dict[int, Sequence[Entry]]


@dataclass(frozen=True)
class Asked:
    """A list as it is wanted.

    Attributes
    ----------
    filter : EntryFilter
    order : Order
    chosen : int or None
        The inspection to be looked at, if it is there.
    stay : bool
        Look at that one even if it is not in the list.
    """

    filter: EntryFilter
    order: Order
    chosen: int | None
    stay: bool = False


@dataclass(frozen=True)
class Listing:
    """A list as it was found; it stays as it is while the line adds to the journal.

    Attributes
    ----------
    journal : Journal
    asked : Asked
    filter : EntryFilter
        With the time of the reading, after which nothing is listed.
    count : int
    row : int or None
        Where the chosen inspection stands.
    chosen : Entry or None
    pages : mapping of number to entries
        Around that row, else the first.
    """

    journal: Journal
    asked: Asked
    filter: EntryFilter
    count: int
    row: int | None
    chosen: Entry | None
    pages: Pages

    def read(self, numbers: Sequence[int]) -> Pages:
        """More pages of the list."""
        return _pages(self.journal, self.filter, self.asked.order, numbers)

    def ids(self, rows: Sequence[range]) -> list[int]:
        """The inspections of some rows."""
        found = (self.journal.ids(self.filter, len(span), span.start, self.asked.order) for span in rows)
        return [entry_id for ids in found for entry_id in ids]


@dataclass(frozen=True)
class Offered:
    """What a list can be filtered by; recipes with the digests of what had that name."""

    kinds: Sequence[str]
    sources: Sequence[str]
    recipes: dict[str, tuple[str, ...]]


def read_offered(journal: Journal) -> Offered:
    """What there is in a journal.

    Raises
    ------
    InspectorError
        If it can't be read.
    """
    return Offered(journal.kinds(), journal.sources(), journal.recipe_names())


def read_listing(journal: Journal, asked: Asked) -> Listing:
    """Read how long a list is, where the chosen inspection stands, and the rows around it.

    Raises
    ------
    InspectorError
        If the journal can't be read.
    """
    now = datetime.now(UTC)
    wanted = replace(asked.filter, until=min(asked.filter.until or now, now))
    chosen = _entry(journal, asked.chosen)
    row = None if chosen is None else place(journal, chosen, wanted, asked.order)
    number = (row or 0) // PAGE
    pages = _pages(journal, wanted, asked.order, [number])
    if row is None and not asked.stay:
        row, chosen = (0, pages[0][0]) if pages[0] else (None, None)
    count = len(pages[0]) if 0 in pages and len(pages[0]) < PAGE else journal.count(wanted)
    return Listing(journal, asked, wanted, count, row, chosen, pages)


def _pages(journal: Journal, wanted: EntryFilter, order: Order, numbers: Sequence[int]) -> Pages:
    """Pages that follow one another."""
    first = numbers[0]
    entries = journal.entries(wanted, PAGE * (numbers[-1] - first + 1), PAGE * first, order)
    return {number: entries[PAGE * (number - first) :][:PAGE] for number in range(first, numbers[-1] + 1)}


def _entry(journal: Journal, entry_id: int | None) -> Entry | None:
    try:
        return None if entry_id is None else journal.entry(entry_id)
    except InspectorError:  # there is none of that number
        return None
