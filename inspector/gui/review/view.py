"""The table on the screen: small pictures, marks of verdicts, headers that sort."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.gui.colours import verdict_look
from inspector.gui.review.table import (
    ENTRY,
    KINDS,
    NUMBER,
    ORDERS,
    PART,
    PICTURE,
    SEVERITY,
    TIME,
    VERDICT,
    EntryTable,
)
from inspector.gui.verdict_mark import draw_mark
from inspector.journal.entry import Entry
from inspector.journal.query import Order
from inspector.journal.schema import number_text

ROW = 38
PICTURE_SIDE = 48
_MARK = 16
_PADDING = 18
_SAMPLES = {NUMBER: "0000", TIME: "00-00 00:00", VERDICT: "-> accept", SEVERITY: "sev. v"}
"""As wide as a column gets; part and kinds share what is left."""

Index = QModelIndex | QPersistentModelIndex


class EntryView(QTableView):
    """Rows to choose, several with Shift and Ctrl; letters belong to the window, not to a search in the table.

    Parameters
    ----------
    model : EntryTable
    picture : callable
        Gives the small picture of an inspection, or None while there is none.

    Signals
    -------
    sorted(object)
        The `Order` that a click on a header wants.
    """

    sorted = Signal(object)

    def __init__(
        self, model: EntryTable, picture: Callable[[Entry], QImage | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._order = Order.NEWEST
        self._painter = _Painter(model, picture, self)
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self._lay_out_columns()
        self.horizontalHeader().sectionClicked.connect(self._sort)
        self.show_order(Order.NEWEST)

    def show_order(self, order: Order) -> None:
        """Mark the column that the rows are sorted by."""
        self._order = order
        self.setAccessibleName(f"inspections, {order}")
        column = next(column for column, orders in ORDERS.items() if order in orders)
        direction = Qt.SortOrder.DescendingOrder if order.falls else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, direction)

    def show_numbers(self, entries: Iterable[Entry]) -> None:
        """Make room for the numbers of these."""
        longest = max((len(number_text(entry.id)) for entry in entries), default=0)
        sample = max(_SAMPLES[NUMBER], "0" * longest, key=len)
        width = QFontMetrics(self.font()).horizontalAdvance(sample) + _PADDING
        self.horizontalHeader().resizeSection(NUMBER, width)

    @property
    def seen(self) -> range:
        """Rows on the screen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return range(0)
        return range(first, (last if last >= 0 else self.model().rowCount() - 1) + 1)

    @property
    def picked(self) -> list[range]:
        """Rows that are selected, from top to bottom."""
        selection = self.selectionModel().selection()
        spans = {(selection.at(i).top(), selection.at(i).bottom() + 1) for i in range(selection.size())}
        return [range(*span) for span in sorted(spans)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class; Enter is the page's as well."""
        if event.text().strip() or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _sort(self, column: int) -> None:
        if column in ORDERS:
            first, second = ORDERS[column]
            self.sorted.emit(second if self._order is first else first)
        else:
            self.show_order(self._order)  # Qt has put its mark on what was clicked

    def _lay_out_columns(self) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(30)
        for column in (PART, KINDS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        metrics = QFontMetrics(self.font())
        for column, sample in _SAMPLES.items():
            extra = _MARK if column == VERDICT else 0
            header.resizeSection(column, metrics.horizontalAdvance(sample) + _PADDING + extra)
        header.setSectionResizeMode(PICTURE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(PICTURE, PICTURE_SIDE + 8)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.sectionPressed.disconnect()  # Qt's own slots select the column, and here that would be all rows
        # Qt looks at each of a million rows to find out whether a whole column is selected, for the header's look.
        header.setSelectionModel(QItemSelectionModel(self.model(), header))


class _Painter(QStyledItemDelegate):
    """Cells with a picture or a mark in them."""

    def __init__(self, table: EntryTable, picture: Callable[[Entry], QImage | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._table, self._picture = table, picture

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == PART:  # names of files differ at their end
            option.textElideMode = Qt.TextElideMode.ElideLeft

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry | None = index.data(ENTRY)
        if entry is None or index.column() not in (PICTURE, VERDICT):
            super().paint(painter, option, index)
        elif index.column() == PICTURE:
            super().paint(painter, option, index)
            self._paint_picture(painter, option.rect, entry)
        else:
            hidden = self._table.hidden(entry)
            field = QRect(option.rect)
            if not hidden:
                option.rect = option.rect.adjusted(_MARK + 4, 0, 0, 0)
            super().paint(painter, option, index)
            if not hidden:
                self._paint_mark(painter, option, field, entry)

    def _paint_picture(self, painter: QPainter, field: QRect, entry: Entry) -> None:
        image = self._picture(entry)
        if image is not None:
            centre = field.center()
            painter.drawImage(centre.x() - image.width() // 2, centre.y() - image.height() // 2, image)

    def _paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, field: QRect, entry: Entry) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(QRect(field.left(), field.top(), _MARK + 4, field.height()), option.palette.highlight())
        look = verdict_look(entry.final_verdict, option.palette)
        spot = QRectF(field.left() + 3, field.center().y() - _MARK / 2, _MARK, _MARK)
        draw_mark(painter, spot, entry.final_verdict, look.line, look.fill)
