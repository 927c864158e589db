"""The page that tunes T in a window of its own, and the engineer before it: mouse and keys."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from gui.conftest import load_tiny
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from inspector.gui.models import Models
from inspector.gui.tuning.chart import Chart
from inspector.gui.tuning.matrix import Matrix
from inspector.gui.tuning.page import TunePage
from inspector.journal.store import Journal
from inspector.recipe_library import RecipeLibrary

KEYS = Qt.Key
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
_LEFT = Qt.MouseButton.LeftButton


class Tuner:
    """A page, refreshed as the window does it, and the person before it."""

    def __init__(self, qtbot, library: RecipeLibrary, journal: Callable[[], Journal | None], in_use: str) -> None:
        self.qtbot, self.guarded = qtbot, list[QWidget]()
        self.troubles: list[str] = []
        models = Models(load_tiny)
        self.page = TunePage(library, models, journal, lambda: in_use, lambda *things: self.guarded.extend(things))
        self.page.troubled.connect(self.troubles.append)
        self.window, self.elsewhere = QMainWindow(), list[str]()
        self.window.setCentralWidget(self.page)
        for keys in ("Ctrl+S", "Ctrl+Z", "Ctrl+T", "Ctrl+0", "Esc"):  # as the window has them
            self.window.addAction(keys, keys, lambda keys=keys: self.elsewhere.append(keys))
        self.window.resize(1280, 740)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)  # keys are for the active window
        self.view = self.page.view
        self.pulse = QTimer(self.page)
        self.pulse.timeout.connect(self.page.refresh)
        self.pulse.start(10)

    def see(self, condition: Callable[[], bool]) -> None:
        """Wait until something is to be seen."""
        self.qtbot.waitUntil(condition, timeout=30_000)

    def settle(self) -> None:
        self.see(lambda: self.view.settled)

    def open(self, folder: Path) -> None:
        """Type the folder of a dataset."""
        field = self.view.setup.folder
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(folder))
        QTest.keyClick(field, KEYS.Key_Return)
        self.see(lambda: self.view.setup.settled)

    def measure(self, folder: Path, split: str = "") -> None:
        """Open a dataset and measure it."""
        self.open(folder)
        if split:
            self.view.setup.split.setCurrentText(split)
        self.click(self.view.setup.go)
        self.see(lambda: self.view.session.trial is not None or bool(self.troubles))
        self.settle()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        QTest.mouseClick(widget, _LEFT, NONE, at or widget.rect().center())

    def click_count(self, table: Matrix, row: int, column: int) -> None:
        self.click(table.viewport(), table.visualItemRect(table.item(row, column)).center())

    def click_frame(self, row: int, double: bool = False) -> None:
        grid = self.view.pictures.grid
        at = grid.visualRect(grid.model().index(row, 0)).center()
        QTest.mouseClick(grid.viewport(), _LEFT, NONE, at)
        if double:
            QTest.mouseDClick(grid.viewport(), _LEFT, NONE, at)

    def drag(self, chart: Chart, *stops: float) -> None:
        """Press the mouse at the first T and lead it over the others."""
        points = [QPoint(round(chart.x_of(stop)), round(chart.field.center().y())) for stop in stops]
        QTest.mousePress(chart, _LEFT, NONE, points[0])
        for point in points[1:]:
            QTest.mouseMove(chart, point)
        QTest.mouseRelease(chart, _LEFT, NONE, points[-1])

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def type(self, field: QWidget, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, KEYS.Key_Delete)
        QTest.keyClicks(field, text)

    def answer(self, **words: str) -> None:
        """Answer the question in the page and press Enter."""
        fields = self.view.saving.question.fields
        for word, text in words.items():
            self.type(fields[word], text)
        QTest.keyClick(list(fields.values())[-1], KEYS.Key_Return)
        self.settle()

    def frames(self) -> list[int]:
        """The frames in the grid, in their order."""
        return self.view.pictures.grid.frames.frames.tolist()

    def painted(self) -> np.ndarray:
        """The pixels of the grid as they are on the screen."""
        image = self.view.pictures.grid.viewport().grab().toImage()
        return np.frombuffer(image.constBits(), np.uint8).copy()

    def close(self) -> None:
        self.pulse.stop()
        self.page.close_threads()
        self.window.close()
        self.window.deleteLater()
