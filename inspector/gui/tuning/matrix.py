"""Counts in rows and columns, each to be clicked to see what is behind it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from inspector.gui.colours import verdict_look
from inspector.types import Mask, Verdict

ROW = 24
"""Height of a row in px."""

_STYLE = """
    QHeaderView, QHeaderView::section, QTableCornerButton::section { background: transparent; border: none; }
    QHeaderView::section { padding: 2px 0; font-size: 11px; }
    QHeaderView::section:vertical { padding-left: 6px; padding-right: 6px; }
"""
"""Names without fields of their own: the counts are what is looked at."""


def make_calm(table: QTableWidget) -> None:
    """Numbers to be read, without lines and fields around them."""
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setCornerButtonEnabled(False)
    table.setWordWrap(False)
    table.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
    table.setStyleSheet(_STYLE)
    for header in (table.horizontalHeader(), table.verticalHeader()):
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(ROW)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(ROW)


class Matrix(QTableWidget):
    """A table of counts; those that are mistakes stand out unless they are 0.

    Signals
    -------
    picked(int, int)
        A person wants to see what is counted in a row and column.
    """

    picked = Signal(int, int)

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        make_calm(self)
        self.cellClicked.connect(self.picked)

    def show_names(self, rows: Sequence[str], columns: Sequence[str]) -> None:
        """Name rows and columns; their counts come later."""
        self.setRowCount(len(rows))
        self.setColumnCount(len(columns))
        self.setVerticalHeaderLabels(list(rows))
        for number, name in enumerate(columns):
            header = QTableWidgetItem(name)
            header.setToolTip(name)
            self.setHorizontalHeaderItem(number, header)
        for row, row_name in enumerate(rows):
            for column, name in enumerate(columns):
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                item.setToolTip(f"{row_name}: {name}")
                self.setItem(row, column, item)

    def show_counts(self, counts: npt.NDArray[np.integer] | None, mistakes: Mask) -> None:
        """Show counts (rows, columns), or none; `mistakes` says where they are ones."""
        look = verdict_look(Verdict.REVIEW, self.palette())
        calm, faint = self.palette().text().color(), self.palette().placeholderText().color()
        for row in range(self.rowCount()):
            for column in range(self.columnCount()):
                item, count = self.item(row, column), 0 if counts is None else int(counts[row, column])
                assert item is not None  # `show_names` made it
                item.setText("\N{HORIZONTAL ELLIPSIS}" if counts is None else str(count))
                item.setForeground(look.ink if mistakes[row, column] and count else calm if count else faint)

    def text(self, row: int, column: int) -> str:
        """What stands in a cell."""
        item = self.item(row, column)
        return item.text() if item is not None else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter picks a cell; letters belong to the window, not to a search in the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.picked.emit(self.currentRow(), self.currentColumn())
        elif event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)
