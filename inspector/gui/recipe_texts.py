"""A list of texts to be read, each of some lines."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

_SPACE = 4


class TextList(QListWidget):
    """Texts of several lines, wrapped to the width there is."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[str] = []
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setItemDelegate(_Wrapped(self))
        self.setSpacing(_SPACE)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def texts(self) -> list[str]:
        """What is shown."""
        return self._texts

    def show_texts(self, texts: list[str]) -> None:
        """Show these texts instead."""
        if texts == self._texts:
            return
        self._texts = texts
        self.clear()
        for text in texts:
            item = QListWidgetItem(text, self)
            item.setToolTip(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters belong to the window, not to a search in the list."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Wrapped(QStyledItemDelegate):
    """Texts as wide as the list; Qt's own width leaves out the space around them, and cuts words off."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        width = self._view.viewport().width() - 2 * _SPACE
        margin = self._view.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option) + 1
        room = QRect(0, 0, width - 2 * margin, 0)
        wrapped = QFontMetrics(option.font).boundingRect(room, Qt.TextFlag.TextWordWrap, index.data())
        return QSize(width, wrapped.height())
