"""The verdicts that would be others, one a row, and those that could not be judged again."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from inspector.journal.replay import Flip
from inspector.journal.schema import number_text
from inspector.policy import with_units

COLUMNS = ("No.", "part", "before", "after", "why")
_WIDTHS = (84, 210, 80, 110)
_ROW = 26

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class FlipTable(QAbstractTableModel):
    """Flips, which only grow while a replay goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flips: Sequence[Flip] = ()

    def show_flips(self, flips: Sequence[Flip]) -> None:
        """Show these; where more of the same came, what is on the screen stays."""
        known = len(self.flips)
        if known and flips[:1] == self.flips[:1] and len(flips) >= known:
            if len(flips) > known:
                self.beginInsertRows(QModelIndex(), known, len(flips) - 1)
                self.flips = flips
                self.endInsertRows()
        elif flips or known:
            self.beginResetModel()
            self.flips = flips
            self.endResetModel()

    def rowCount(self, parent: Index = _TOP) -> int:
        """See Qt."""
        return 0 if parent.isValid() else len(self.flips)

    def columnCount(self, parent: Index = _TOP) -> int:
        """See Qt."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """See Qt."""
        flip = self.flips[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return with_units(flip.reason)
        if role == Qt.ItemDataRole.DisplayRole:
            verdicts = flip.before.value, str(flip.after or "not judged")
            return (number_text(flip.id), flip.name, *verdicts, with_units(flip.reason))[index.column()]
        return None


class FlipView(QTableView):
    """The list on the screen.

    Signals
    -------
    chosen(int)
        The inspection to look at.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = FlipTable(self)
        self.setModel(self.table)
        self.setAccessibleName("verdicts that would change")
        self.setToolTip("Choose one to look at it, judged as in the replay")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        for column, width in enumerate(_WIDTHS):
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.selectionModel().currentRowChanged.connect(self._choose)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters belong to the window, not to a search in the list."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex, *_: object) -> None:
        if index.isValid():
            self.chosen.emit(self.table.flips[index.row()].id)
