"""The page of reviews and the person before it."""

from gui.driving import Driver
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.gui.review.page import ReviewPage
from inspector.types import Verdict

CTRL = Qt.KeyboardModifier.ControlModifier
KEYS = {Verdict.ACCEPT: Qt.Key.Key_A, Verdict.REVIEW: Qt.Key.Key_V, Verdict.REJECT: Qt.Key.Key_X}


def show_review(driver: Driver) -> Driver:
    """Go to the page by its key."""
    driver.see(lambda: driver.window.line.journal is not None)
    driver.key(Qt.Key.Key_2, CTRL)
    driver.see(lambda: driver.window.review.list.listing is not None)
    settle(driver)
    return driver


def settle(driver: Driver) -> None:
    """Wait until all that was asked for is on the screen."""
    driver.see(lambda: driver.window.review.settled)


def listed(page: ReviewPage) -> list[str]:
    """The names of what is listed, as far as it is read."""
    entries = page.table.entries(range(page.table.rowCount()))
    return [entry.record["name"] for entry in entries]


def choose(driver: Driver, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Click a row."""
    rows = driver.window.review.rows
    rows.scrollTo(rows.model().index(row, 2))
    at = rows.visualRect(rows.model().index(row, 2)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, modifier, at)
    settle(driver)


def name_shown(page: ReviewPage) -> str:
    """Of the part in the picture."""
    shown = page.viewer.view.shown
    return shown.name if shown else ""
