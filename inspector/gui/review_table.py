"""The inspections that match a filter, as a table that reads more as it is scrolled."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from inspector.journal.entry import Entry

COLUMNS = ("No.", "time", "part", "verdict", "kinds", "sev.")
Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class EntryTable(QAbstractTableModel):
    """Rows of the journal, newest first.

    Signals
    -------
    wanted()
        More rows are about to be seen.
    """

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ids: Sequence[int] = ()
        self.entries: list[Entry] = []

    def set_rows(self, ids: Sequence[int], entries: Sequence[Entry]) -> None:
        """All ids that match, and the inspections of the first of them."""
        self.beginResetModel()
        self.ids, self.entries = ids, list(entries)
        self.endResetModel()

    def add_rows(self, entries: Sequence[Entry]) -> None:
        """The inspections of the next ids."""
        first = len(self.entries)
        self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
        self.entries += entries
        self.endInsertRows()

    def row_of(self, entry_id: int) -> int | None:
        """Where an inspection stands, if it is there."""
        return next((row for row, entry in enumerate(self.entries) if entry.id == entry_id), None)

    def rowCount(self, parent: Index = _TOP) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = _TOP) -> int:
        """See Qt."""
        return len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        """See Qt."""
        return len(self.entries) < len(self.ids)

    def fetchMore(self, parent: Index) -> None:
        """The rows come later, by `add_rows`."""
        self.wanted.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(entry)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(entry.record["reasons"])
        return None


def _cells(entry: Entry) -> tuple[str, ...]:
    confirmed = " \N{CHECK MARK}" if entry.reviews else ""
    changed = entry.final_verdict is not entry.verdict
    review = f" \N{RIGHTWARDS ARROW} {entry.final_verdict}" if changed else confirmed
    return (
        str(entry.id),
        f"{entry.time.astimezone():%m-%d %H:%M}",
        entry.record["name"],
        f"{entry.verdict.upper()}{review}",
        ", ".join(entry.kinds),
        f"{entry.record['max_severity']:.1f}",
    )


class EntryView(QTableView):
    """The table on the screen; letters belong to the window, not to a search in it."""

    def __init__(self, model: EntryTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("inspections, newest first")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for wide in ("part", "kinds"):
            header.setSectionResizeMode(COLUMNS.index(wide), QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)
