"""Uses a window as a person does: mouse, keys, dropped files; waits for what is to be seen, never for a time."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from inspector.access import Access
from inspector.gui.app import make_window
from inspector.gui.models import Models
from inspector.gui.severity_bar import STEPS
from inspector.gui.state import LineState, Phase
from inspector.networks.bundle import Model
from inspector.networks.input import Blocks
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings
from inspector.types import FloatArray, Pixels

SHAPE = (96, 128)
_LEFT = Qt.MouseButton.LeftButton


def spot_frame(severity: float) -> Pixels:
    """Even grey with one spot that the tiny bundle gives this severity, at (40, 48), 8 x 8 px."""
    pixels = np.full(SHAPE, 100, np.uint8)
    inside = 64 / SHAPE[0] / SHAPE[1]
    pixels[40:48, 48:56] += np.uint8(round(severity * 16 / (1 - inside)))
    return pixels


class CountingEngine:
    """A model's own engine, and how often it was asked."""

    def __init__(self, model: Model) -> None:
        self._engine = model.engine
        self.severity_calls = self.windows = 0

    def severity(self, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
        self.severity_calls += 1
        return self._engine.severity(inputs, spread, blocks)

    def kinds(self, windows: FloatArray) -> FloatArray:
        self.windows += len(windows)
        return self._engine.kinds(windows)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def counted(model: Model) -> tuple[Model, CountingEngine]:
    engine = CountingEngine(model)
    return replace(model, engine=engine), engine


class Driver:
    """One window and the person before it."""

    def __init__(self, qtbot, settings: Settings, journal: str, load: Callable[[str], Model], profile: Path) -> None:
        self.qtbot, self.clock = qtbot, Clock()
        access = Access(profile / "password", idle_minutes=10, clock=self.clock)
        library = RecipeLibrary(profile / "recipes")
        self.window = make_window(settings, journal, Models(load), access, library)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)  # keys are for the active window
        self.closed = False

    @property
    def state(self) -> LineState:
        return self.window.station.state

    @property
    def word(self) -> str:
        return self.window.station.verdict.headline.word

    @property
    def note(self) -> str:
        return self.window.station.verdict.note.text()

    @property
    def banner(self) -> str:
        return self.window.banner.text

    def see(self, condition: Callable[[], bool]) -> None:
        """Wait until something is to be seen."""
        self.qtbot.waitUntil(condition, timeout=15_000)

    def finish(self) -> "Driver":
        """Let the line come to its end and all be painted."""
        self.see(lambda: self.state.phase is Phase.FINISHED)
        return self.settle()

    def settle(self) -> "Driver":
        self.see(lambda: self.window.station.viewer.settled)
        return self

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window, key, modifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        QTest.mouseClick(widget, _LEFT, Qt.KeyboardModifier.NoModifier, at or widget.rect().center())

    def click_thumbnail(self, number: int) -> None:
        strip = self.window.station.thumbnails
        self.click(strip.viewport(), strip.visualItemRect(strip.item(number)).center())

    def drag_threshold(self, *stops: float) -> None:
        """Take the line at T with the mouse and lead it over these values."""
        bar = self.window.viewer.bar
        place = [QPoint(bar.width() // 2, round(bar.y_of(severity))) for severity in (bar.value() / STEPS, *stops)]
        QTest.mousePress(bar, _LEFT, Qt.KeyboardModifier.NoModifier, place[0])
        for point in place[1:]:
            QTest.mouseMove(bar, point)
        QTest.mouseRelease(bar, _LEFT, Qt.KeyboardModifier.NoModifier, place[-1])

    def drop(self, path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        at, no_keys = QPoint(300, 300), Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, _LEFT, no_keys)
        QApplication.sendEvent(self.window, enter)
        if enter.isAccepted():
            event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, _LEFT, no_keys)
            QApplication.sendEvent(self.window, event)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.window.close()
            self.window.deleteLater()
