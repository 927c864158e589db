"""The page of recipes in a window of its own, and the engineer before it: mouse and keys."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QMainWindow

from inspector.gui.models import Models
from inspector.gui.recipe_page import RecipePage
from inspector.gui.shown import Shown
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary

KEYS = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Engineer:
    """A page in a window of its own, refreshed as the window does it, and the person before it."""

    def __init__(self, qtbot, library: RecipeLibrary, journal: Journal, load: Callable[[str], Model]) -> None:
        self.qtbot, self.library, self.journal = qtbot, library, journal
        self.shown: Shown | None = None
        self.used = "demo"
        self.adopted: list[tuple[Recipe, Path]] = []
        self.troubles: list[str] = []
        self.page = RecipePage(library, Models(load), lambda: journal, lambda: self.shown, lambda: self.used)
        self.page.adopted.connect(lambda recipe, path: self.adopted.append((recipe, path)))
        self.page.troubled.connect(self.troubles.append)
        self.window, self.elsewhere = QMainWindow(), []
        self.window.setCentralWidget(self.page)
        for keys in ("Ctrl+S", "Ctrl+Z", "Esc", "S"):  # as the window has them
            self.window.addAction(keys, keys, lambda keys=keys: self.elsewhere.append(keys))
        self.window.resize(1280, 760)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)  # keys are for the active window
        self.pulse = QTimer(self.page)
        self.pulse.timeout.connect(self.page.refresh)
        self.pulse.start(10)

    def see(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=15_000)

    def settle(self) -> None:
        self.see(lambda: self.page.settled)

    def choose(self, kept: Kept) -> None:
        """Click its name."""
        names = self.page.list.names
        row = next(i for i in range(names.count()) if names.item(i).toolTip() == str(kept.path))
        at = names.visualItemRect(names.item(row)).center()
        QTest.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.settle()

    def click(self, button: QAbstractButton) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def do(self, what: str) -> None:
        self.click(self.page.list.buttons[what])

    def type(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, KEYS.Key_Delete)
        QTest.keyClicks(field, text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def answer(self, **words: str) -> None:
        """Answer the question in the page and press Enter."""
        question = self.page.files.question
        for word, text in words.items():
            self.type(question.fields[word], text)
        QTest.keyClick(list(question.fields.values())[-1], KEYS.Key_Return)
        self.settle()

    def field(self, name: str) -> QLineEdit:
        return self.page.editor.form.fields[name]

    def problem(self, name: str) -> str:
        return self.page.editor.form.problems[name].problem

    def pick(self, choice: QComboBox, text: str) -> None:
        """Choose by the keyboard: its first letters."""
        choice.setFocus()
        QTest.keyClicks(choice, text)
        assert choice.currentText() == text

    def listed(self) -> list[str]:
        names = self.page.list.names
        return [names.item(i).text() for i in range(names.count())]

    def close(self) -> None:
        self.pulse.stop()
        self.page.close_threads()
        self.window.close()
        self.window.deleteLater()
