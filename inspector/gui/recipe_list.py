"""The recipes of the library and what can be done with the chosen one."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

NEW, COMPARE, EXPORT, IMPORT, DELETE = "New from copy", "Compare", "Export ...", "Import ...", "Delete"
_HINTS = {
    NEW: "Copy the chosen recipe under a new name",
    COMPARE: "Say how the chosen recipe differs from another",
    EXPORT: "Write the chosen recipe to one file, with its model if that is yours",
    IMPORT: "Keep a recipe that was exported elsewhere",
    DELETE: "Remove the chosen recipe; it is kept among the older ones",
}
_PATH = Qt.ItemDataRole.UserRole
_HEIGHT = 46


class RecipeList(QWidget):
    """Names of recipes, each with how it stands, over the buttons.

    Signals
    -------
    chosen(object)
        The `Path` of the recipe that a person chose.
    asked(str)
        What is to be done with it.
    """

    chosen = Signal(object)
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names = _Names()
        self.names.setAccessibleName("recipes")
        self.names.setSpacing(3)
        self.names.currentItemChanged.connect(lambda item, _: self.chosen.emit(item.data(_PATH)) if item else None)
        self.buttons = {what: QPushButton(what) for what in _HINTS}
        self.controls = QWidget()
        grid = QGridLayout(self.controls)
        grid.setContentsMargins(0, 0, 0, 0)
        for i, (what, button) in enumerate(self.buttons.items()):
            button.setToolTip(_HINTS[what])
            button.clicked.connect(partial(self._ask, what))
            grid.addWidget(button, (i + 1) // 2, (i + 1) % 2 if i else 0, 1, 1 if i else 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.names, 1)
        column.addWidget(self.controls)

    def show_recipes(self, notes: Mapping[Path, tuple[str, str]], chosen: Path | None) -> None:
        """List recipes: by path the name and how it stands."""
        paths = [self.names.item(i).data(_PATH) for i in range(self.names.count())]
        with QSignalBlocker(self.names):
            if paths != list(notes):
                self.names.clear()
                for path in notes:
                    item = QListWidgetItem(self.names)
                    item.setData(_PATH, path)
                    item.setSizeHint(QSize(0, _HEIGHT))
            for i, (path, (name, note)) in enumerate(notes.items()):
                item = self.names.item(i)
                item.setText(f"{name}\n{note}")
                item.setToolTip(str(path))
                if path == chosen:
                    self.names.setCurrentItem(item)

    def set_free(self, can: Mapping[str, bool]) -> None:
        """What can be done now."""
        for what, free in can.items():
            self.buttons[what].setEnabled(free)

    def _ask(self, what: str, _checked: bool = False) -> None:
        self.asked.emit(what)


class _Names(QListWidget):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters belong to the window, not to a search in the list."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)
