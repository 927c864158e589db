"""The last parts, newest first; click one to look at it while the line goes on."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from inspector.gui.colours import verdict_look
from inspector.gui.state import THUMBNAIL, Part
from inspector.gui.verdict_mark import draw_mark
from inspector.types import Pixels

_PART = Qt.ItemDataRole.UserRole
_FOOT = 24
_CELL = QSize(THUMBNAIL[0] + 12, THUMBNAIL[1] + _FOOT + 12)


class Thumbnails(QListWidget):
    """One row of small pictures with the verdict's mark and word.

    Signals
    -------
    chosen(object)
        The `Part` that a person wants to look at.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("last parts, newest first")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Painter(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(_CELL.height() + 6)
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        self.setToolTip("The last parts, newest first. Click one to look at it; the line goes on (L: back to live)")

    def show_parts(self, parts: tuple[Part, ...]) -> None:
        """List these parts, newest first; what was picked stays picked."""
        known = {self._part(i).entry_id for i in range(self.count())}
        new = [part for part in parts if part.entry_id not in known]
        for part in reversed(new):
            self.insertItem(0, _item(part))
        while self.count() > len(parts):
            self.takeItem(self.count() - 1)

    def pick(self, entry_id: int | None) -> None:
        """Mark one part, or none."""
        for i in range(self.count()):
            if self._part(i).entry_id == entry_id:
                self.setCurrentRow(i)
                return
        self.selectionModel().clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters belong to the window, not to a search in the list."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _part(self, row: int) -> Part:
        return self.item(row).data(_PART)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_PART))


def _item(part: Part) -> QListWidgetItem:
    item = QListWidgetItem()
    item.setData(_PART, part)
    word = part.verdict.value if part.verdict else "unreadable"
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{part.name}, {word}")
    item.setToolTip(part.error or f"{part.name}: {word}")
    return item


class _Painter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return _CELL

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        part: Part = index.data(_PART)
        look = verdict_look(part.verdict, option.palette)
        painter.save()
        field = QRectF(option.rect).adjusted(4, 4, -4, -4)
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(option.palette.highlight().color(), 3) if picked else QPen(look.line, 1))
        painter.setBrush(option.palette.window())
        painter.drawRect(field)
        foot = QRectF(field.left() + 1, field.bottom() - _FOOT, field.width() - 2, _FOOT - 1)
        painter.fillRect(foot, look.fill)
        if part.thumbnail is not None:
            image = as_image(part.thumbnail)
            room = QRectF(field.left(), field.top(), field.width(), field.height() - _FOOT)
            painter.drawImage(
                int(room.center().x() - image.width() / 2), int(room.center().y() - image.height() / 2), image
            )
        draw_mark(painter, QRectF(foot.left() + 5, foot.center().y() - 8, 16, 16), part.verdict, look.ink, look.fill)
        font = QFont(option.font)
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(look.ink))
        word = part.verdict.upper() if part.verdict else "NOT READ"
        painter.drawText(foot.adjusted(26, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
        painter.restore()


def as_image(pixels: Pixels) -> QImage:
    """A picture of Qt's own, with a copy of the pixels, uint8 (h, w) or (h, w, 3)."""
    rows = np.ascontiguousarray(pixels)
    kind = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    return QImage(rows.tobytes(), rows.shape[1], rows.shape[0], rows.strides[0], kind).copy()
