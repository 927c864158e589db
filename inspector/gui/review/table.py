"""The inspections that match a filter, as a model of any length whose rows come in pages."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from inspector.images import SUFFIXES
from inspector.journal.entry import Entry
from inspector.journal.query import Order
from inspector.journal.schema import number_text
from inspector.policy import with_units

PAGE = 100
_KEPT = 10
"""Pages in memory: those looked at last."""

PICTURE, NUMBER, TIME, PART, VERDICT, KINDS, SEVERITY = range(7)
COLUMNS = ("", "No.", "time", "part", "verdict", "kinds", "sev.")
ORDERS = {
    TIME: (Order.NEWEST, Order.OLDEST),
    VERDICT: (Order.WORST, Order.BEST),
    SEVERITY: (Order.MOST_SEVERE, Order.LEAST_SEVERE),
}
"""What a click on the header of a column sorts by, and another click on it."""

ENTRY = Qt.ItemDataRole.UserRole
"""Gives the `Entry` of a row, or None while it is not read."""

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class EntryTable(QAbstractTableModel):
    """Rows of the journal; one that is not read yet is empty.

    Attributes
    ----------
    hidden : callable
        Whether the verdict of an inspection is not to be seen, as in a blind review.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hidden: Callable[[Entry], bool] = lambda entry: False
        self._count = 0
        self._pages: OrderedDict[int, Sequence[Entry]] = OrderedDict()

    def set_list(self, count: int, pages: Mapping[int, Sequence[Entry]]) -> None:
        """Another list, of which some pages are read already."""
        self.beginResetModel()
        self._count, self._pages = count, OrderedDict(pages)
        self.endResetModel()

    def renew(self, pages: Mapping[int, Sequence[Entry]]) -> None:
        """The same list of the same length, read anew: what was read before is forgotten."""
        self._pages = OrderedDict(pages)
        self.repaint_rows()

    def put_pages(self, pages: Mapping[int, Sequence[Entry]]) -> None:
        """Fill in rows; those looked at longest ago are forgotten."""
        for number, entries in pages.items():
            self._pages[number] = entries
            self._pages.move_to_end(number)
            first = number * PAGE
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(entries) - 1, len(COLUMNS) - 1))
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def repaint_rows(self) -> None:
        """Something about all rows changed."""
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(COLUMNS) - 1))

    def entry(self, row: int) -> Entry | None:
        """The inspection of a row, if it is read."""
        number, place = divmod(row, PAGE)
        page = self._pages.get(number, ())
        return page[place] if 0 <= place < len(page) else None

    def entries(self, rows: range) -> list[Entry]:
        """Those of some rows that are read."""
        return [entry for row in rows if (entry := self.entry(row))]

    def missing(self, rows: range) -> list[int]:
        """Pages of these rows that are not read."""
        if not rows or not self._count:
            return []
        wanted = range(rows.start // PAGE, min(rows.stop - 1, self._count - 1) // PAGE + 1)
        return [number for number in wanted if number not in self._pages]

    def row_of(self, entry_id: int) -> int | None:
        """Where an inspection stands, if it is read."""
        for number, page in self._pages.items():
            for place, entry in enumerate(page):
                if entry.id == entry_id:
                    return number * PAGE + place
        return None

    def rowCount(self, parent: Index = _TOP) -> int:
        """See Qt."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _TOP) -> int:
        """See Qt."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Click to sort: {' or '.join(ORDERS[section])}" if section in ORDERS else COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        entry = self.entry(index.row())
        if role == ENTRY:
            return entry
        if entry is None:
            return None
        hidden = self.hidden(entry)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _cell(entry, index.column(), hidden)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.record['name']}\nhidden until you have decided" if hidden else _tip(entry)
        return None


def _cell(entry: Entry, column: int, hidden: bool) -> str:
    if hidden and column in (VERDICT, KINDS, SEVERITY):
        return "\N{MIDDLE DOT}"
    match column:
        case 1:
            return number_text(entry.id)
        case 2:
            return f"{entry.time.astimezone():%m-%d %H:%M}"
        case 3:
            return _name(str(entry.record["name"]))
        case 4:
            return verdict_text(entry)
        case 5:
            return ", ".join(entry.kinds)
        case 6:
            return f"{entry.record['max_severity']:.1f}"
    return ""


def _name(name: str) -> str:
    """A name without what says that it is a picture."""
    path = PurePath(name)
    return path.stem if path.suffix.lower() in SUFFIXES else name


def _tip(entry: Entry) -> str:
    return with_units("\n".join([entry.record["name"], f"judged {entry.verdict}", *entry.record["reasons"]]))


def verdict_text(entry: Entry) -> str:
    """The program's verdict, with a tick where it was confirmed, or what people made of it."""
    if entry.final_verdict is not entry.verdict:
        return f"\N{RIGHTWARDS ARROW} {entry.final_verdict}"
    return f"{entry.verdict} \N{CHECK MARK}" if entry.decision else entry.verdict.value
