"""On a screen of 1280 x 800 px, less the frame of the window, nothing is cut off, however much there is to tell."""

from dataclasses import replace
from itertools import pairwise

import pytest
from gui.driving import Driver
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from inspector.gui.theme import Theme
from inspector.types import Verdict

WIDTH, HEIGHT = 1280, 760


@pytest.fixture
def full(open_window) -> Driver:
    """Kinds, lost and unreadable frames, part ids, a banner and the strip of the engineer at once."""
    driver = open_window().finish()
    driver.window.set_theme(Theme.LIGHT)
    driver.window.take_part_ids(True)
    driver.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    driver.window.banner.say("Source GV01 lost: the camera is not on the network; check its power, cable and address")
    state = driver.window.line.state
    kinds = {f"kind {i}": 9 - i for i in range(6)}
    counts = dict.fromkeys(Verdict, 1000)
    driver.window.line.state = replace(state, kinds=kinds, counts=counts, unreadable=3, lost=7)
    driver.window.resize(WIDTH, HEIGHT)
    driver.see(lambda: driver.state.lost == 7 and driver.window.station.part_id.isVisible())
    driver.window.repaint()
    return driver


def inside(widget: QWidget, window: QWidget) -> bool:
    """Whether a widget lies in the window as a whole."""
    corner = widget.mapTo(window, QPoint(0, 0))
    return window.rect().contains(widget.rect().translated(corner))


def test_the_window_is_no_larger_than_a_small_screen(full: Driver) -> None:
    assert (full.window.width(), full.window.height()) == (WIDTH, HEIGHT)


def test_verdict_counts_and_parts_are_whole(full: Driver) -> None:
    page = full.window.station
    shown = (page.verdict.headline, page.counts, page.times, page.part_id, page.run, page.thumbnails)
    assert all(inside(widget, full.window) for widget in shown)
    assert page.verdict.headline.height() >= 72
    assert all(count.height() >= 26 for count in page.counts.verdicts.values())
    assert all(a.geometry().bottom() < b.geometry().top() for a, b in pairwise(shown[1:5]))


def test_where_there_is_room_all_counts_are_seen(full: Driver) -> None:
    full.window.resize(WIDTH, 2 * HEIGHT)
    rows = full.window.station.counts.findChildren(QLabel)
    full.see(lambda: all(row.isVisible() and not row.visibleRegion().isEmpty() for row in rows))
    full.see(lambda: all(row.visibleRegion().boundingRect().height() == row.height() for row in rows))


def test_the_other_pages_have_room_too(full: Driver) -> None:
    for page in (full.window.review, full.window.recipes, full.window.sources):
        full.window.go_to(page)
        full.window.repaint()
        assert (full.window.width(), full.window.height()) == (WIDTH, HEIGHT)
        assert inside(page, full.window)
