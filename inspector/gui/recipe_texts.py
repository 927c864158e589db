"""A list of texts to be read, each of some lines."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget


class TextList(QListWidget):
    """Texts of several lines, wrapped to the width there is."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[str] = []
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setSpacing(4)
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
