"""A small window with what an engineer may use, and a person before it."""

from collections.abc import Callable
from pathlib import Path

from gui.driving import Clock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QPushButton, QVBoxLayout, QWidget

from inspector.access import Access
from inspector.gui.access import AccessBar
from inspector.gui.severity_bar import SeverityBar, ThresholdBox

PASSWORD = "grey cheese 12"
KEYS = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Bench:
    """One window and the person before it.

    `controls` holds T's bar and box; `open` is a command of the engineer's, `run` and `quiet` (Escape) are everyone's.
    """

    def __init__(self, qtbot, file: Path, clock: Clock) -> None:
        self.qtbot, self.clock = qtbot, clock
        self.access = Access(file, idle_minutes=10, clock=clock)
        self.strip = AccessBar(self.access)
        self.done: list[str] = []
        self.told: list[bool] = []
        self.window, self.controls = QMainWindow(), QWidget()
        self.bar, self.box, self.start = SeverityBar(), ThresholdBox(), QPushButton("Pause")
        self.open = self._command("open", "Ctrl+O")
        self.run = self._command("run", "R")
        self.quiet = self._command("quiet", "Esc")
        row = QHBoxLayout(self.controls)
        row.addWidget(self.bar)
        row.addWidget(self.box)
        whole = QWidget()
        column = QVBoxLayout(whole)
        for widget in (self.strip.button, self.strip, self.start, self.controls):
            column.addWidget(widget)
        self.window.setCentralWidget(whole)
        self.window.resize(900, 500)
        self.strip.engineer_only(self.controls, self.open)
        self.strip.changed.connect(self.told.append)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def _command(self, name: str, keys: str) -> QAction:
        action = QAction(name, self.window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: self.done.append(name))
        self.window.addAction(action)
        return action

    @property
    def level(self) -> str:
        """As it stands on the screen."""
        return self.strip.button.text()

    @property
    def said(self) -> str:
        return self.strip.said.text()

    def see(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=15_000)

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible()
        QTest.mouseClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, widget.rect().center())

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """To whatever has the focus."""
        QTest.keyClick(self.window.windowHandle(), key, modifier)

    def type(self, text: str) -> None:
        """Into the field that has the focus, then Enter."""
        field = QApplication.focusWidget()
        field.clear()
        QTest.keyClicks(field, text)
        self.key(KEYS.Key_Return)

    def unlock(self) -> None:
        self.key(KEYS.Key_L, CTRL)
        self.type(PASSWORD)
        self.see(lambda: self.level == "engineer")

    def drag_t(self, severity: float) -> None:
        to = QPoint(self.bar.width() // 2, round(self.bar.y_of(severity)))
        QTest.mouseClick(self.bar, LEFT, Qt.KeyboardModifier.NoModifier, to)
