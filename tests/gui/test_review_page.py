"""The page as a whole: what is listed and shown, and what is said where something is gone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from gui.driving import Driver
from gui.review_bench import choose, listed, name_shown, settle, show_review
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.types import Verdict


@pytest.fixture
def restarted(open_window, tmp_path: Path) -> Driver:
    """A window opened anew on the journal of one that judged five parts, with nothing to judge itself."""
    open_window().finish().close()
    empty = tmp_path / "empty"
    empty.mkdir()
    return show_review(open_window(source=empty))


def test_rejects_are_listed_first_after_a_restart(restarted: Driver) -> None:
    page = restarted.window.review
    assert listed(page) == ["part-4.png", "part-1.png"]
    assert page.list.summary.text() == "2 inspections"
    assert page.panel.verdict.headline.word == "REJECT"
    assert name_shown(page) == "part-4.png"
    assert [region.kind for region in page.viewer.view.shown.regions] == ["spot"]


def test_a_chosen_inspection_is_shown(restarted: Driver) -> None:
    choose(restarted, 1)
    page = restarted.window.review
    assert name_shown(page) == "part-1.png"
    assert "judged reject at T 5.00" in page.panel.history.text()
    QTest.keyClick(page.rows, Qt.Key.Key_Up)
    settle(restarted)
    assert name_shown(page) == "part-4.png"


def test_a_list_without_a_match_shows_no_part(restarted: Driver) -> None:
    page = restarted.window.review
    page.filter.verdict.setCurrentText("to review")
    settle(restarted)
    assert listed(page) == []
    assert page.viewer.view.shown is None
    assert not any(button.isEnabled() for button in page.panel.decision.buttons.values())


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
        assert [region.kind for region in driver.window.review.viewer.view.shown.regions] == ["spot"]
        driver.window.banner.clear()
        driver.drag_threshold(8.0)
        driver.see(lambda: "model.toml can't be read" in driver.banner)
    finally:
        hidden.rename(model)


def test_where_the_picture_is_gone_the_row_stays_with_its_verdict_and_the_reason(
    restarted: Driver, tmp_path: Path
) -> None:
    page = restarted.window.review
    for picture in (tmp_path / "log").rglob("*-frame.png"):
        picture.unlink()
    choose(restarted, 1)
    assert listed(page) == ["part-4.png", "part-1.png"]
    assert page.viewer.view.shown is None
    assert page.panel.verdict.headline.word == "REJECT"
    assert "can't be read" in page.panel.verdict.reasons.text()
    assert "spot of" in page.panel.verdict.reasons.text()
    restarted.key(Qt.Key.Key_C)
    settle(restarted)
    assert "confirmed" in page.panel.decision.note.text()


def test_a_journal_of_a_newer_version_is_told(open_window, journal_url: str, tmp_path: Path) -> None:
    open_window().finish().close()
    path = Path(journal_url.removeprefix("sqlite:///"))
    alter(path, "UPDATE alembic_version SET version_num = '99'")
    driver = open_window()
    driver.key(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    driver.see(lambda: "newer" in driver.banner)
    driver.see(lambda: driver.window.review.list.summary.text() == "The journal is not open.")


def alter(path: Path, statement: str) -> None:

    with closing(sqlite3.connect(path)) as file:
        file.execute(statement)
        file.commit()


def test_a_filter_from_elsewhere_is_taken_exactly(restarted: Driver, journal_url: str) -> None:
    page = restarted.window.review
    journal = Journal.open(journal_url)
    first, second = (entry.time for entry in reversed(journal.entries(limit=5)[-2:]))
    journal.close()
    page.show_matching(EntryFilter(since=first, until=second))
    settle(restarted)
    assert listed(page) == ["part-0.png"]
    assert page.filter.clear_all.isVisible()
    restarted.click(page.filter.clear_all)
    settle(restarted)
    assert listed(page) == ["part-4.png", "part-1.png"]


def test_what_was_drawn_or_said_elsewhere_is_read_anew(restarted: Driver) -> None:
    page, wanted = restarted.window.review, []
    page.draw_wanted.connect(wanted.append)
    restarted.key(Qt.Key.Key_D)
    assert [entry.record["name"] for entry in wanted] == ["part-4.png"]
    restarted.window.line.journal.add_review(wanted[0].id, Verdict.REJECT, "ben", "seen")
    page.reload_entry()
    restarted.window.go_to(page)
    settle(restarted)
    assert "ben confirmed" in page.panel.history.text()


def test_everything_that_takes_the_focus_has_a_name(restarted: Driver) -> None:
    page = restarted.window.review
    page.filter.more.setChecked(True)
    page.foot.agreement_button.setChecked(True)
    nameless = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not _name(widget)
    ]
    assert nameless == []


def _name(widget: QWidget) -> str:
    inside = widget.parentWidget()
    text = widget.text() if hasattr(widget, "text") else ""
    return widget.accessibleName() or text or inside.accessibleName()
