"""From a part on the Review page to its mask and back, in the window."""

import numpy as np
import pytest
from gui.driving import Driver
from gui.review_bench import settle, show_review
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inspector.journal.store import Journal

LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def drawing(open_window) -> Driver:
    """The newest reject, about to be drawn on by Anna."""
    driver = show_review(open_window().finish())
    driver.window.review.panel.reviewer.setText("anna")
    driver.window.review.rows.setFocus()
    driver.key(Qt.Key.Key_D)
    driver.see(lambda: driver.window.page is driver.window.masks and driver.window.masks.settled)
    return driver


def stroke(driver: Driver) -> None:
    canvas = driver.window.masks.desk.canvas
    places = [canvas.mapFromScene(canvas._box.mapViewToScene(QPointF(x, 20.5))) for x in (20.5, 60.5)]
    paper = canvas.viewport()
    QTest.mousePress(paper, LEFT, NONE, places[0])
    QTest.mouseMove(paper, QPoint(places[1]))
    QTest.mouseRelease(paper, LEFT, NONE, places[1])


def drawn(url: str) -> list:
    journal = Journal.open(url)
    entry = max(journal.entries(), key=lambda one: one.id if one.verdict == "reject" else 0)
    found = journal.masks(entry.id), entry.reviews
    journal.close()
    return found


def test_a_mask_is_drawn_and_the_page_comes_back(drawing: Driver, journal_url: str) -> None:
    masks = drawing.window.masks
    stroke(drawing)
    masks.desk.reason.setText("a scratch")
    QTest.keyClick(masks.desk.reason, Qt.Key.Key_Return)
    drawing.see(lambda: drawing.window.page is drawing.window.review)
    settle(drawing)
    drawing.close()
    (mask,), _ = drawn(journal_url)
    assert (mask.reviewer, mask.reason) == ("anna", "a scratch")
    assert np.all(mask.pixels[20, 20:60] == 1)


def test_while_a_mask_is_drawn_no_key_decides_about_the_part(drawing: Driver, journal_url: str) -> None:
    for key in (Qt.Key.Key_C, Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_V, Qt.Key.Key_Return):
        QTest.keyClick(QApplication.focusWidget(), key)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    drawing.see(lambda: drawing.window.page is drawing.window.review)
    settle(drawing)
    drawing.close()
    assert drawn(journal_url) == ([], ())


def test_the_tab_and_its_key_lead_back_and_the_strokes_wait(drawing: Driver) -> None:
    window = drawing.window
    stroke(drawing)
    drawing.key(Qt.Key.Key_2, CTRL)
    assert window.page is window.review
    drawing.key(Qt.Key.Key_D)
    assert window.page is window.masks
    assert window.masks.desk.leaving.isVisible()
    window.masks.desk.leaving.stayed.emit()
    bar = window.header.tabs
    drawing.click(bar, bar.tabRect(bar.currentIndex()).center())
    assert window.page is window.review
    window.masks.leave()
    window.masks.desk.leaving.discarded.emit()


def test_the_window_does_not_close_over_an_unsaved_mask(drawing: Driver) -> None:
    window = drawing.window
    stroke(drawing)
    window.close()
    assert window.isVisible()
    assert window.masks.desk.leaving.isVisible()
    window.masks.desk.leaving.discarded.emit()
    drawing.see(lambda: window.page is window.review)
    window.close()
    assert not window.isVisible()
