"""The list of inspections: read as it is scrolled, in threads of its own."""

from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.review.reading import Asked, Listing, Pages, read_listing
from inspector.gui.review.small_pictures import SmallPictures
from inspector.gui.review.table import EntryTable
from inspector.gui.review.view import PICTURE_SIDE, ROW, EntryView
from inspector.journal.entry import Entry
from inspector.journal.query import Order
from inspector.journal.store import Journal

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class ListPane(QWidget):
    """The table with its count and its order.

    Signals
    -------
    chosen(object)
        The `Entry` to look at, or None where nothing is listed.
    reordered()
        Another order is wanted.
    refreshed()
        A person wants the journal read anew.
    troubled(str)
        Why the journal can't be read.
    """

    chosen = Signal(object)
    reordered = Signal()
    refreshed = Signal()
    troubled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lister: Newest[Listing] = Newest("inspector-list")
        self._pager: Newest[tuple[Listing, Pages]] = Newest("inspector-rows")
        self._pictures = SmallPictures(PICTURE_SIDE, ROW - 4)
        self._asked_pages: list[int] = []
        self._awaited: int | None = None
        self._broken = False
        self.listing: Listing | None = None
        self.table = EntryTable()
        self.rows = EntryView(self.table, self._pictures.get)
        self.summary, self.order, self.again = QLabel(), QComboBox(), QPushButton("Refresh")
        self._lay_out()
        self.rows.selectionModel().currentRowChanged.connect(self._choose)
        self.rows.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        self.rows.sorted.connect(lambda order: self.order.setCurrentText(order))
        self.order.currentTextChanged.connect(self._reorder)
        self.again.clicked.connect(self.refreshed)

    @property
    def settled(self) -> bool:
        """Whether all that is on the screen is read."""
        idle = self._lister.idle and self._pager.idle and self._pictures.idle
        return idle and (self._broken or not self.table.missing(self.rows.seen)) and not self._unseen_pictures()

    def read(self, journal: Journal, asked: Asked) -> None:
        """Read a list anew; the order is the pane's own."""
        asked = replace(asked, order=Order(self.order.currentText()))
        self._broken = False
        self._lister.renew()
        self._lister.ask(lambda: read_listing(journal, asked))

    def show_nothing(self, why: str) -> None:
        """There is no journal to be read."""
        self.summary.setText(why)

    def refresh(self) -> None:
        """Ask for what is on the screen and paint what was read; the page calls this at the window's pace."""
        try:
            listing = self._lister.take()
            if listing is not None:
                self._show(listing)
            read = self._pager.take()
        except InspectorError as error:
            self._broken = True
            self.troubled.emit(str(error))
            return
        if read is not None and read[0] is self.listing:
            self._fill_in(read[1])
        self._ask_for_seen()
        if self._pictures.take():
            self.rows.viewport().update()

    def close_threads(self) -> None:
        """End what reads."""
        for thread in (self._lister, self._pager):
            thread.close()
        self._pictures.close_threads()

    def _show(self, listing: Listing) -> None:
        before, self.listing = self.listing, listing
        self._awaited, self._asked_pages = None, []
        same = before is not None and before.count == listing.count and _alike(before.asked, listing.asked)
        with QSignalBlocker(self.rows.selectionModel()):
            if same:
                self.table.renew(listing.pages)
            else:
                self.table.set_list(listing.count, listing.pages)
                self.rows.updateGeometries()  # so that the scroll bar is as long as the list before it is moved
        self.rows.show_numbers(entry for page in listing.pages.values() for entry in page)
        self._point_at(listing.row, centre=not same)
        self.rows.show_order(listing.asked.order)
        self._tell()
        self.chosen.emit(listing.chosen)

    def _point_at(self, row: int | None, centre: bool) -> None:
        selection = self.rows.selectionModel()
        index = QModelIndex() if row is None else self.table.index(row, 0)
        if index.isValid() and index.row() == selection.currentIndex().row() and selection.isSelected(index):
            return
        with QSignalBlocker(selection):
            selection.setCurrentIndex(index, _SELECT)
        if index.isValid():
            hint = QAbstractItemView.ScrollHint
            self.rows.scrollTo(index, hint.PositionAtCenter if centre else hint.EnsureVisible)
        self.rows.viewport().update()

    def _choose(self, index: QModelIndex, *_: object) -> None:
        if not index.isValid():
            return
        entry = self.table.entry(index.row())
        self._awaited = index.row() if entry is None else None
        if entry is not None:
            self.chosen.emit(entry)

    def _fill_in(self, pages: Pages) -> None:
        self.table.put_pages(pages)
        self._asked_pages = []
        awaited = None if self._awaited is None else self.table.entry(self._awaited)
        if awaited is not None:
            self._awaited = None
            self.chosen.emit(awaited)

    def _ask_for_seen(self) -> None:
        listing = self.listing
        if listing is None or self._broken:
            return
        missing = self.table.missing(self.rows.seen)
        if missing and missing != self._asked_pages:
            self._asked_pages = missing
            self._pager.ask(lambda: (listing, listing.read(missing)))
        entries = self._unseen_pictures()
        if entries:
            self._pictures.want(listing.journal, entries)

    def _unseen_pictures(self) -> list[Entry]:
        return self._pictures.missing(self.table.entries(self.rows.seen))

    def _reorder(self, order: str) -> None:
        self.rows.show_order(Order(order))
        self.reordered.emit()

    def _tell(self) -> None:
        count = self.listing.count if self.listing else 0
        picked = sum(map(len, self.rows.picked))
        selected = f", {picked:,} selected" if picked > 1 else ""
        self.summary.setText(f"{count:,} inspection{'' if count == 1 else 's'}{selected}")

    def _lay_out(self) -> None:
        self.summary.setProperty("muted", True)
        self.order.addItems(list(Order))
        self.order.setAccessibleName("order of the list")
        self.order.setToolTip("Sort the list; a click on a header does it too")
        self.again.setToolTip("Read the journal anew (F5)")
        foot = QHBoxLayout()
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.order)
        foot.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows, 1)
        column.addLayout(foot)


def _alike(one: Asked, other: Asked) -> bool:
    """Whether two lists are of the same inspections in the same order."""
    return one.filter == other.filter and one.order is other.order
