"""What if: the listed, the selected or a shift's inspections judged again, and the flips to look at."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from gui.conftest import load_tiny
from gui.driving import Driver
from gui.review_bench import CTRL, choose, name_shown, settle, show_review
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.networks.bundle import Model
from inspector.recipe import Recipe

ARROW = "\N{RIGHTWARDS ARROW}"


@pytest.fixture
def reviewing(open_window) -> Driver:
    return show_review(open_window().finish())


def replay(driver: Driver, threshold: str) -> None:
    """Type T and press Enter, as a person does."""
    box = driver.window.review.foot.replay.threshold
    driver.click(box)
    box.selectAll()
    QTest.keyClicks(box, threshold)
    QTest.keyClick(box, Qt.Key.Key_Return)
    settle(driver)


def flips(driver: Driver) -> list[tuple[str, ...]]:
    table = driver.window.review.foot.replay.flips.table
    return [tuple(table.data(table.index(row, column)) for column in (1, 2, 3)) for row in range(table.rowCount())]


def test_all_that_is_listed_under_another_t(reviewing: Driver) -> None:
    page = reviewing.window.review
    bar = page.foot.replay
    assert bar.threshold.value() == 5.0
    replay(reviewing, "8")
    assert bar.summary.text() == f"under T 8.00: 1 of 2 flip (1 reject {ARROW} accept)"
    assert bar.counts.text() == (
        f"before: 0 accept, 0 review, 2 reject   {ARROW}   after: 1 accept, 0 review, 1 reject"
    )
    assert flips(reviewing) == [("part-4.png", "reject", "accept")]
    assert bar.flips.isVisible()
    choose(reviewing, 1)
    at = bar.flips.visualRect(bar.flips.table.index(0, 1)).center()
    reviewing.click(bar.flips.viewport(), at)
    settle(reviewing)
    assert name_shown(page) == "part-4.png"
    assert page.panel.verdict.note.text() == "preview at T 8.00; logged: REJECT at T 5.00"
    reviewing.click(page.foot.flips_button)
    assert not bar.flips.isVisible()
    assert all(not entry.reviews for entry in reviewing.window.line.journal.entries())


def test_the_selected_rows_and_the_shift(reviewing: Driver) -> None:
    bar = reviewing.window.review.foot.replay
    choose(reviewing, 1)
    bar.what.setCurrentText("the selected rows")
    replay(reviewing, "8")
    assert bar.summary.text() == "under T 8.00: 0 of 1 flip"
    bar.what.setCurrentText("the shift of this part")
    replay(reviewing, "4")
    assert bar.summary.text() == f"under T 4.00: 1 of 5 flip (1 accept {ARROW} reject)"
    assert flips(reviewing) == [("part-2.png", "accept", "reject")]


def test_a_recipe_of_the_library(open_window, tmp_path: Path, recipe: Path) -> None:
    (tmp_path / "profile" / "recipes").mkdir(parents=True)
    strict = Recipe.load(recipe).model_copy(update={"name": "strict", "threshold": 4.0})
    strict.save(tmp_path / "profile" / "recipes" / "strict.toml")
    driver = show_review(open_window().finish())
    page = driver.window.review
    page.filter.verdict.setCurrentText("all verdicts")
    settle(driver)
    page.foot.replay.under.setCurrentText("recipe strict")
    assert not page.foot.replay.threshold.isVisible()
    driver.click(page.foot.replay.run)
    settle(driver)
    assert page.foot.replay.summary.text() == f"under recipe strict: 1 of 5 flip (1 accept {ARROW} reject)"


def test_a_model_that_is_gone_is_told_in_a_sentence(open_window, tmp_path: Path, recipe: Path) -> None:
    (tmp_path / "profile" / "recipes").mkdir(parents=True)
    lost = Recipe.load(recipe).model_copy(update={"name": "lost", "model": str(tmp_path / "nowhere")})
    lost.save(tmp_path / "profile" / "recipes" / "lost.toml")
    driver = show_review(open_window().finish())
    bar = driver.window.review.foot.replay
    bar.under.setCurrentText("recipe lost")
    driver.click(bar.run)
    settle(driver)
    assert "nowhere" in bar.summary.text()
    assert bar.run.isEnabled()


def test_a_picture_that_is_gone_is_listed_with_the_reason(reviewing: Driver, tmp_path: Path) -> None:
    for picture in (tmp_path / "log").rglob("*-map.png"):
        picture.unlink()
    replay(reviewing, "8")
    assert "1 could not be judged again" in reviewing.window.review.foot.replay.summary.text()
    assert [row[2] for row in flips(reviewing)] == ["accept", "not judged"]


def test_a_replay_can_be_cancelled(open_window, tmp_path: Path, recipe: Path) -> None:
    (tmp_path / "profile" / "recipes").mkdir(parents=True)
    slow = Recipe.load(recipe).model_copy(update={"name": "slow", "model": "slow"})
    slow.save(tmp_path / "profile" / "recipes" / "slow.toml")
    asked, go_on = threading.Event(), threading.Event()

    def load(name: str) -> Model:
        if name != "slow":
            return load_tiny(name)
        asked.set()
        go_on.wait(15)
        model = load_tiny(Recipe.load(recipe).model)
        return replace(model, digest="another")

    driver = show_review(open_window(load=load).finish())
    bar = driver.window.review.foot.replay
    bar.under.setCurrentText("recipe slow")
    driver.click(bar.run)
    driver.see(asked.is_set)
    driver.see(lambda: "the first of 2" in bar.summary.text())
    assert bar.cancel.isVisible()
    driver.click(bar.cancel)
    assert bar.summary.text().endswith("cancelled after 0 of 2")
    go_on.set()
    settle(driver)
    assert flips(driver) == []
    driver.key(Qt.Key.Key_J, CTRL)
    assert bar.what.hasFocus()
