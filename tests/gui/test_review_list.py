"""The list: read by pages as it is scrolled, sorted by headers, filtered; of any length."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import pytest
from gui.driving import Driver, spot_frame
from gui.review_bench import CTRL, choose, listed, name_shown, settle, show_review
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest

from inspector.gui.review.table import NUMBER, PAGE, PART, SEVERITY, TIME, VERDICT
from inspector.journal.query import EntryFilter

NAMES = ["part-4.png", "part-3.png", "part-2.png", "part-1.png", "part-0.png"]


@pytest.fixture
def reviewing(open_window) -> Driver:
    return show_review(open_window().finish())


@pytest.fixture
def everything(reviewing: Driver) -> Driver:
    reviewing.window.review.filter.verdict.setCurrentText("all verdicts")
    settle(reviewing)
    return reviewing


def test_the_list_can_be_filtered(reviewing: Driver) -> None:
    page = reviewing.window.review
    page.filter.verdict.setCurrentText("accepted")
    settle(reviewing)
    assert listed(page) == ["part-3.png", "part-2.png", "part-0.png"]
    page.filter.verdict.setCurrentText("all verdicts")
    page.filter.kind.setCurrentText("spot")
    settle(reviewing)
    assert listed(page) == ["part-4.png", "part-1.png"]
    reviewing.key(Qt.Key.Key_F, CTRL)
    assert page.filter.text.hasFocus()
    QTest.keyClicks(page.filter.text, "part-1")
    settle(reviewing)
    assert listed(page) == ["part-1.png"]
    reviewing.click(page.filter.clear_all)
    settle(reviewing)
    assert listed(page) == ["part-4.png", "part-1.png"]
    assert not page.filter.clear_all.isVisible()


def test_by_severity_source_and_recipe(everything: Driver, frames: Path) -> None:
    page = everything.window.review
    everything.click(page.filter.more)
    page.filter.least.setValue(4.0)
    page.filter.most.setValue(8.0)
    settle(everything)
    assert listed(page) == ["part-4.png", "part-2.png"]
    page.filter.source.setCurrentText(str(frames))
    page.filter.recipe.setCurrentText("tile")
    assert page.filter.wanted().recipes
    settle(everything)
    assert listed(page) == ["part-4.png", "part-2.png"]


def test_by_day_and_shift(everything: Driver) -> None:
    page = everything.window.review
    times = page.filter.times
    times.period.setCurrentText("a day ...")
    assert times.day.isVisible()
    settle(everything)
    yesterday = QDate.currentDate().addDays(-1)
    times.day.setDate(yesterday)
    settle(everything)
    assert page.list.listing.count == 0
    times.shift.setCurrentText("22:00 to 06:00")
    wanted = page.filter.wanted()
    begun = datetime(yesterday.year(), yesterday.month(), yesterday.day(), 22).astimezone()
    assert (wanted.since, wanted.until) == (begun, begun + timedelta(hours=8))
    times.period.setCurrentText("this shift")
    settle(everything)
    assert page.filter.wanted().since <= datetime.now(UTC)
    times.period.setCurrentText("from ... to ...")
    assert times.since.isVisible()
    settle(everything)


def test_headers_sort_where_the_journal_has_an_order(everything: Driver) -> None:
    page = everything.window.review
    assert listed(page) == NAMES
    click_header(everything, TIME)
    assert listed(page) == NAMES[::-1]
    click_header(everything, SEVERITY)
    assert listed(page)[:2] == ["part-1.png", "part-4.png"]
    assert page.list.order.currentText() == "most severe first"
    click_header(everything, VERDICT)
    assert listed(page)[:2] == ["part-4.png", "part-1.png"]
    click_header(everything, VERDICT)
    assert listed(page)[-1] == "part-4.png"
    page.list.order.setCurrentText("newest first")
    settle(everything)
    assert listed(page) == NAMES


def click_header(driver: Driver, column: int) -> None:
    header = driver.window.review.rows.horizontalHeader()
    driver.click(header.viewport(), QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2))
    settle(driver)


def test_who_sorts_sees_what_comes_first(everything: Driver) -> None:
    page = everything.window.review
    choose(everything, 2)
    page.list.order.setCurrentText("oldest first")
    settle(everything)
    assert name_shown(page) == listed(page)[0] == "part-0.png"
    assert page.rows.currentIndex().row() == 0


def test_several_rows_are_selected(everything: Driver) -> None:
    page = everything.window.review
    choose(everything, 1)
    choose(everything, 3, Qt.KeyboardModifier.ShiftModifier)
    assert page.rows.picked == [range(1, 4)]
    assert page.list.summary.text() == "5 inspections, 3 selected"
    choose(everything, 2, CTRL)
    assert page.list.listing.ids(page.rows.picked) == [4, 2]


def test_rows_have_small_pictures(everything: Driver) -> None:
    page = everything.window.review
    before = page.rows.viewport().grab().toImage()
    assert all(page.list._pictures.get(entry) is not None for entry in page.table.entries(range(5)))
    spot = page.rows.visualRect(page.table.index(0, 0)).center()
    assert before.pixelColor(spot).lightness() > 60


@pytest.fixture
def many(open_window, frames: Path) -> Driver:
    for i in range(250):
        cv2.imwrite(str(frames / f"reject-{i:03d}.png"), spot_frame(9.0))
    return show_review(open_window().finish())


def test_any_row_can_be_scrolled_to_and_is_read_then(many: Driver) -> None:
    page = many.window.review
    assert page.table.rowCount() == 252
    assert page.list.summary.text() == "252 inspections"
    assert page.table.entry(251) is None
    assert page.table.data(page.table.index(251, 3)) is None
    assert len(listed(page)) == PAGE
    page.rows.scrollToBottom()
    settle(many)
    assert page.table.entry(251).record["name"] == "part-1.png"
    assert page.table.entry(150) is None
    bar = page.rows.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(many)
    choose(many, page.rows.seen.start + 2)
    assert name_shown(page) == page.table.entry(page.rows.currentIndex().row()).record["name"]


def test_a_review_far_down_leaves_the_list_where_it_is(many: Driver) -> None:
    page = many.window.review
    page.rows.scrollToBottom()
    settle(many)
    row = page.rows.seen.start + 1
    choose(many, row)
    top = page.rows.seen.start
    many.key(Qt.Key.Key_C)
    settle(many)
    assert page.rows.currentIndex().row() == row + 1
    assert abs(page.rows.seen.start - top) <= 1
    assert page.table.entry(row).reviews


def test_a_row_below_what_is_read_is_found_by_its_number(many: Driver) -> None:
    page = many.window.review
    page.show_entry(5)
    settle(many)
    row = page.rows.currentIndex().row()
    assert page.table.entry(row).id == 5
    assert page.list.listing.journal.ids(EntryFilter(verdicts=page.filter.wanted().verdicts))[row] == 5
    page.show_entry(1)  # accepted, and so not listed
    settle(many)
    assert name_shown(page) == "part-0.png"
    assert not page.rows.currentIndex().isValid()


def test_a_click_on_a_header_selects_nothing(everything: Driver) -> None:
    page = everything.window.review
    choose(everything, 1)
    click_header(everything, PART)
    assert page.rows.picked == [range(1, 2)]
    assert listed(page) == NAMES


def test_in_another_list_the_part_that_is_looked_at_is_scrolled_to(many: Driver) -> None:
    page = many.window.review
    page.filter.text.setText("part-1")
    settle(many)
    assert listed(page) == ["part-1.png"]
    page.filter.clear()
    settle(many)
    assert page.rows.currentIndex().row() == 251
    assert 251 in page.rows.seen


def test_the_longest_number_of_several_stations_has_room(everything: Driver) -> None:
    page = everything.window.review
    (entry,) = page.table.entries(range(1))
    long, last = (replace(entry, id=number) for number in (10**10 + 1_234_567, 2 * 10**10 + 5))
    page.rows.show_numbers([last, long])
    assert page.rows.columnWidth(NUMBER) > page.rows.fontMetrics().horizontalAdvance("1-1234567")
