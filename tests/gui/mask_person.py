"""The drawing of masks, and the person before it: mouse, keys and the wheel."""

from collections.abc import Callable

import numpy as np
from gui.conftest import load_tiny
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from inspector.gui.masks.editor import MaskEditor
from inspector.journal.store import Journal

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
SPOT = (44, 52)
"""Row and column of the middle of the spot of `spot_frame`."""


class Person:
    """The one before the editor."""

    def __init__(self, qtbot, journal: Journal) -> None:
        self.qtbot, self.journal = qtbot, journal
        self.told: list[tuple[str, object]] = []
        self.editor = MaskEditor()
        self.editor.saved.connect(lambda entry_id: self.told.append(("saved", entry_id)))
        self.editor.closed.connect(lambda: self.told.append(("closed", None)))
        self.editor.troubled.connect(lambda text: self.told.append(("troubled", text)))
        self.editor.resize(1000, 640)
        self.editor.show()
        self.editor.activateWindow()
        qtbot.waitUntil(self.editor.isActiveWindow)

    @property
    def mask(self) -> np.ndarray:
        return self.editor.desk.canvas._drawing.pixels

    def see(self, condition: Callable[[], bool]) -> None:
        def look() -> bool:
            self.editor.refresh()
            return condition()

        self.qtbot.waitUntil(look, timeout=15_000)

    def settle(self) -> None:
        self.see(lambda: self.editor.settled)

    def open(self, entry_id: int = 1, load=load_tiny) -> "Person":
        self.editor.open(self.journal, self.journal.entry(entry_id), load, "anna")
        self.settle()
        return self

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.editor, key, modifier)

    def keys(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.key(key)

    def at(self, x: int, y: int) -> QPoint:
        canvas = self.editor.desk.canvas
        return canvas.mapFromScene(canvas._box.mapViewToScene(QPointF(x + 0.5, y + 0.5)))

    def press(self, x: int, y: int) -> None:
        QTest.mousePress(self.paper, LEFT, NONE, self.at(x, y))

    def move(self, x: int, y: int) -> None:
        QTest.mouseMove(self.paper, self.at(x, y))

    def release(self, x: int, y: int) -> None:
        QTest.mouseRelease(self.paper, LEFT, NONE, self.at(x, y))

    def stroke(self, *path: tuple[int, int]) -> None:
        self.press(*path[0])
        for point in path[1:]:
            self.move(*point)
        self.release(*path[-1])

    def click_at(self, x: int, y: int) -> None:
        QTest.mouseClick(self.paper, LEFT, NONE, self.at(x, y))

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())

    def wheel(self, clicks: int, modifier: Qt.KeyboardModifier) -> None:
        at, turned, none = QPointF(200, 200), QPoint(0, 120 * clicks), QPoint()
        phase = Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(
            self.paper, QWheelEvent(at, at, none, turned, Qt.MouseButton.NoButton, modifier, phase, False)
        )

    def say_why(self, reason: str) -> None:
        self.editor.desk.reason.setFocus()
        QTest.keyClicks(self.editor.desk.reason, reason)

    @property
    def paper(self) -> QWidget:
        return self.editor.desk.canvas.viewport()
