"""The page of past inspections: find them, look at them, confirm or override them."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.models import Models
from inspector.gui.review_filter import ReviewFilter
from inspector.gui.review_panel import ReviewPanel
from inspector.gui.review_table import EntryTable, EntryView
from inspector.gui.shown import Shown, show_entry
from inspector.gui.viewer import PartViewer
from inspector.gui.worker import Line
from inspector.journal.entry import Entry
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.types import Verdict

PAGE = 100


@dataclass(frozen=True)
class _Listed:
    """What a query gave: the rows of `ids` from `first` on."""

    ids: Sequence[int]
    first: int
    entries: list[Entry]
    kinds: list[str]


class ReviewPage(QWidget):
    """Reads the journal in threads of its own, while the line writes it.

    Parameters
    ----------
    line : Line
        Holds the journal.
    models : Models

    Signals
    -------
    troubled(str)
        A sentence for the banner.
    """

    troubled = Signal(str)

    def __init__(self, line: Line, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line, self._models = line, models
        self._reader: Newest[_Listed] = Newest("inspector-journal")
        self._opener: Newest[tuple[Entry, Shown]] = Newest("inspector-picture")
        self._chosen: int | None = None
        self._stale = False
        self.filter, self.table = ReviewFilter(), EntryTable()
        self.rows = EntryView(self.table)
        self.viewer, self.panel = PartViewer(), ReviewPanel()
        self._summary = QLabel()
        self._summary.setProperty("muted", True)
        self._lay_out()
        self.filter.changed.connect(self.reload)
        self.table.wanted.connect(self._read_more)
        self.rows.selectionModel().currentRowChanged.connect(self._choose)
        self.viewer.painted.connect(self.panel.show_part)
        self.viewer.troubled.connect(self.troubled)
        self.panel.decided.connect(self._review)

    @property
    def settled(self) -> bool:
        """Whether everything asked for is on the screen."""
        return self._reader.idle and self._opener.idle and self.viewer.settled and not self._stale

    def reload(self) -> None:
        """Read the journal anew, at the next painting."""
        self._stale = True

    def refresh(self) -> None:
        """Paint what was read; the window calls this at most 30 times a second."""
        journal = self._line.journal
        if self._stale and journal is not None:
            self._stale = False
            self._reader.renew()
            wanted = self.filter.wanted()
            self._reader.ask(lambda: _read(journal, wanted))
        try:
            self._take()
        except InspectorError as error:
            self.troubled.emit(str(error))
        self.viewer.refresh()

    def close_threads(self) -> None:
        """End what works for this page."""
        for thread in (self._reader, self._opener):
            thread.close()
        self.viewer.close_threads()

    def _take(self) -> None:
        listed = self._reader.take()
        if listed is not None:
            self._list(listed)
        opened = self._opener.take()
        if opened is not None:
            entry, shown = opened
            self.viewer.set_threshold(shown.logged_threshold)
            self.panel.show_entry(entry)
            self.viewer.show_part(shown)

    def _list(self, listed: _Listed) -> None:
        if listed.first:
            self.table.add_rows(listed.entries)
            return
        chosen = self._chosen
        self.table.set_rows(listed.ids, listed.entries)
        self.filter.offer_kinds(listed.kinds)
        self._summary.setText(f"{len(listed.ids)} inspection{'' if len(listed.ids) == 1 else 's'}, newest first")
        row = self.table.row_of(chosen) if chosen is not None else None
        if row is not None or listed.entries:
            self.rows.selectRow(row or 0)
        else:
            self._choose(QModelIndex())

    def _choose(self, index: QModelIndex, *_: object) -> None:
        self._opener.renew()
        journal = self._line.journal
        if not index.isValid() or journal is None:
            self._chosen = None
            self.viewer.show_part(None)
            self.panel.show_entry(None)
            return
        entry = self.table.entries[index.row()]
        self._chosen = entry.id
        self._opener.ask(lambda: (entry, show_entry(journal, entry, self._models.get)))

    def _read_more(self) -> None:
        journal, ids, first = self._line.journal, self.table.ids, len(self.table.entries)
        if journal is not None and self._reader.idle and not self._stale:
            self._reader.ask(lambda: _Listed(ids, first, list(journal.read(ids[first : first + PAGE])), []))

    def _review(self, verdict: Verdict, reason: str) -> None:
        journal, entry_id = self._line.journal, self._chosen
        if journal is None or entry_id is None:
            return
        wanted = self.filter.wanted()
        self._reader.renew()
        self._reader.ask(lambda: _review_and_read(journal, entry_id, verdict, reason, wanted))

    def _lay_out(self) -> None:
        again = QPushButton("Refresh")
        again.setToolTip("Read the journal anew (F5)")
        again.setShortcut("F5")
        again.clicked.connect(self.reload)
        foot = QHBoxLayout()
        foot.addWidget(self._summary, 1)
        foot.addWidget(again)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.filter)
        column.addWidget(self.rows, 1)
        column.addLayout(foot)
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        for widget, stretch in ((left, 4), (self.viewer, 5), (self.panel, 3)):
            parts.addWidget(widget)
            parts.setStretchFactor(parts.count() - 1, stretch)
        parts.setSizes([500, 460, 285])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 12)
        whole.addWidget(parts)


def _read(journal: Journal, wanted: EntryFilter) -> _Listed:
    ids = journal.ids(wanted)
    return _Listed(ids, 0, list(journal.read(ids[:PAGE])), journal.kinds())


def _review_and_read(journal: Journal, entry_id: int, verdict: Verdict, reason: str, wanted: EntryFilter) -> _Listed:
    journal.add_review(entry_id, verdict, getpass.getuser(), reason)
    return _read(journal, wanted)
