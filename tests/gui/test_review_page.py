from pathlib import Path

import cv2
import pytest
from gui.driving import Driver, spot_frame
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.gui.review_page import ReviewPage
from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.types import Verdict

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def restarted(open_window, tmp_path: Path) -> Driver:
    """A window opened anew on the journal of one that judged five parts, with nothing to judge itself."""
    open_window().finish().close()
    empty = tmp_path / "empty"
    empty.mkdir()
    return show_review(open_window(source=empty))


def show_review(driver: Driver) -> Driver:
    driver.see(lambda: driver.window.line.journal is not None)
    driver.key(Qt.Key.Key_2, CTRL)
    settle(driver)
    return driver


def settle(driver: Driver) -> None:
    driver.see(lambda: driver.window.review.settled)


def listed(page: ReviewPage) -> list[str]:
    return [entry.record["name"] for entry in page.table.entries]


def choose(driver: Driver, row: int) -> None:
    rows = driver.window.review.rows
    driver.click(rows.viewport(), rows.visualRect(rows.model().index(row, 2)).center())
    settle(driver)


def test_rejects_are_listed_first_after_a_restart(restarted: Driver) -> None:
    page = restarted.window.review
    assert listed(page) == ["part-4.png", "part-1.png"]
    assert page.panel.verdict.headline.word == "REJECT"
    assert page.viewer.view.shown.name == "part-4.png"
    assert [region.kind for region in page.viewer.view.shown.regions] == ["spot"]


def test_the_list_can_be_filtered(restarted: Driver) -> None:
    page = restarted.window.review
    page.filter.verdict.setCurrentText("accepted")
    settle(restarted)
    assert listed(page) == ["part-3.png", "part-2.png", "part-0.png"]
    page.filter.verdict.setCurrentText("all verdicts")
    page.filter.kind.setCurrentText("spot")
    settle(restarted)
    assert listed(page) == ["part-4.png", "part-1.png"]
    QTest.keyClicks(page.filter.text, "part-1")
    settle(restarted)
    assert listed(page) == ["part-1.png"]


def test_a_list_without_a_match_shows_no_part(restarted: Driver) -> None:
    page = restarted.window.review
    page.filter.verdict.setCurrentText("to review")
    settle(restarted)
    assert listed(page) == []
    assert page.viewer.view.shown is None
    assert not any(button.isEnabled() for button in page.panel.buttons.values())


def test_a_chosen_inspection_is_shown(restarted: Driver) -> None:
    choose(restarted, 1)
    page = restarted.window.review
    assert page.viewer.view.shown.name == "part-1.png"
    assert "judged reject at T 5.00" in page.panel.history.text()


def test_an_override_needs_a_reason_and_is_kept(
    restarted: Driver, open_window, journal_url: str, tmp_path: Path
) -> None:
    choose(restarted, 1)
    page = restarted.window.review
    accept = page.panel.buttons[Verdict.ACCEPT]
    assert not accept.isEnabled()
    QTest.keyClicks(page.panel.reason, "dust, wiped off")
    restarted.click(accept)
    restarted.see(lambda: "dust, wiped off" in page.panel.history.text())
    assert page.viewer.view.shown.name == "part-1.png"
    assert "accept" in page.table.data(page.table.index(1, 3))
    restarted.close()
    again = show_review(open_window(source=tmp_path / "empty"))
    choose(again, listed(again.window.review).index("part-1.png"))
    assert "dust, wiped off" in again.window.review.panel.history.text()
    again.close()
    reviews = [review for entry in Journal.open(journal_url).entries() for review in entry.reviews]
    assert [(review.verdict, review.reason) for review in reviews] == [(Verdict.ACCEPT, "dust, wiped off")]


def test_a_confirmation_needs_no_reason(restarted: Driver) -> None:
    page = restarted.window.review
    restarted.click(page.panel.buttons[Verdict.REJECT])
    restarted.see(lambda: "confirmed" in page.panel.history.text())


def test_moving_t_shows_what_would_have_been(restarted: Driver) -> None:
    page = restarted.window.review
    restarted.drag_threshold(8.0)
    settle(restarted)
    assert page.panel.verdict.headline.word == "ACCEPT"
    assert page.panel.verdict.note.text().endswith("logged: REJECT at T 5.00")
    page.viewer.reset.click()
    settle(restarted)
    assert page.panel.verdict.headline.word == "REJECT"


def test_without_its_model_a_part_is_shown_as_logged_and_the_banner_says_why_t_can_not_be_moved(
    open_window, recipe: Path, tmp_path: Path
) -> None:
    open_window().finish().close()
    model = Path(Recipe.load(recipe).model)
    hidden = model.with_name("hidden")
    model.rename(hidden)
    try:
        empty = tmp_path / "empty"
        empty.mkdir()
        driver = show_review(open_window(source=empty))
        shown = driver.window.review.viewer.view.shown
        assert [region.kind for region in shown.regions] == ["spot"]
        driver.window.banner.clear()
        driver.drag_threshold(8.0)
        driver.see(lambda: "model.toml can't be read" in driver.banner)
    finally:
        hidden.rename(model)


def test_more_rows_are_read_as_the_list_is_scrolled(open_window, frames: Path) -> None:

    for i in range(120):
        cv2.imwrite(str(frames / f"reject-{i}.png"), spot_frame(9.0))
    driver = show_review(open_window().finish())
    page = driver.window.review
    assert len(page.table.entries) == 100
    page.rows.scrollToBottom()
    driver.see(lambda: len(page.table.entries) == 122)
