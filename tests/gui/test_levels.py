"""What an operator can't do in the window, and an engineer can."""

from pathlib import Path

import pytest
from gui.driving import Driver
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.access import Access
from inspector.journal.audit import check_chain
from inspector.journal.store import Journal
from inspector.sources.base import SourceState

CTRL = Qt.KeyboardModifier.ControlModifier
PASSWORD = "correct horse"


@pytest.fixture
def operated(open_window, tmp_path: Path) -> Driver:
    """A window whose password is set, as an operator finds it."""
    Access(tmp_path / "profile" / "password").set_password(PASSWORD)
    driver = open_window().finish()
    assert not driver.window.access.unlocked
    return driver


def unlock(driver: Driver) -> None:
    driver.key(Qt.Key.Key_L, CTRL)
    QTest.keyClicks(driver.window.access.password, PASSWORD)
    QTest.keyClick(driver.window.access.password, Qt.Key.Key_Return)
    driver.see(driver.window.station.viewer.controls.isEnabled)


def try_everything(driver: Driver, folder: Path) -> None:
    """All ways to T, to recipes and to sources."""
    station = driver.window.station
    driver.drag_threshold(8.0)
    QTest.keyClick(station.viewer.bar, Qt.Key.Key_Up)
    driver.key(Qt.Key.Key_T, CTRL)
    QTest.keyClicks(station.viewer.box, "9")
    QTest.keyClick(station.viewer.box, Qt.Key.Key_Return)
    driver.key(Qt.Key.Key_D, CTRL)
    driver.key(Qt.Key.Key_O, CTRL)
    driver.drop(folder)


def test_an_operator_changes_nothing_that_judges_parts(operated: Driver, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    before = operated.window.setup.settings
    try_everything(operated, tmp_path / "other")
    assert operated.window.station.viewer.threshold == 5.0
    assert operated.window.setup.settings == before
    assert operated.window.setup.dialog is None
    assert "Ctrl+L" in operated.window.station.viewer.bar.toolTip()


def test_an_operator_runs_the_line_and_looks_at_parts(operated: Driver) -> None:
    operated.click_thumbnail(1)
    operated.see(lambda: operated.window.station.looking_back)
    operated.key(Qt.Key.Key_L)
    assert not operated.window.station.looking_back
    operated.key(Qt.Key.Key_R)
    operated.see(lambda: operated.state.number == 2)
    operated.finish()
    assert operated.state.judged == 5


def test_an_engineer_unlocks_changes_t_and_locks_again(operated: Driver) -> None:
    unlock(operated)
    operated.drag_threshold(8.0)
    assert operated.window.station.viewer.threshold == pytest.approx(8.0, abs=0.1)
    operated.key(Qt.Key.Key_L, CTRL)
    operated.click(operated.window.access.lock)
    operated.see(lambda: not operated.window.station.viewer.controls.isEnabled())


def test_what_an_engineer_was_asked_for_is_not_an_operator_s_to_answer(operated: Driver) -> None:
    unlock(operated)
    operated.key(Qt.Key.Key_O, CTRL)
    operated.window.recipes.files.choose_import()
    dialogs = (operated.window.setup.dialog, operated.window.recipes.files.dialog)
    assert all(dialog.isVisible() for dialog in dialogs)
    operated.key(Qt.Key.Key_L, CTRL)
    operated.click(operated.window.access.lock)
    operated.see(lambda: not any(dialog.isVisible() for dialog in dialogs))


def test_on_the_page_of_sources_an_operator_only_reads(operated: Driver) -> None:
    operated.key(Qt.Key.Key_6, CTRL)
    page = operated.window.sources
    operated.see(lambda: page.live.text() != "")
    assert not page.address.isEnabled()
    assert not page.use.isEnabled()
    unlock(operated)
    assert page.address.isEnabled()


@pytest.mark.parametrize("way", ["by hand", "by idle time"])
def test_a_t_that_nobody_saved_is_gone_with_the_engineer(operated: Driver, journal_url: str, way: str) -> None:
    unlock(operated)
    operated.drag_threshold(8.0)
    moved = operated.window.station.viewer.threshold
    if way == "by hand":
        operated.key(Qt.Key.Key_L, CTRL)
        operated.click(operated.window.access.lock)
    else:
        operated.clock.now += 600
    operated.see(lambda: operated.window.station.viewer.threshold == 5.0)
    assert operated.banner == f"T is 5.00 again, as in recipe 'tile': T {moved:.2f} was not saved."
    operated.see(lambda: "unsaved" not in operated.window.header.recipe.text())
    operated.key(Qt.Key.Key_R)
    operated.see(lambda: operated.state.number == 2)
    operated.finish()
    operated.close()
    assert {entry.record["threshold"] for entry in Journal.open(journal_url).entries()} == {5.0}


def test_parts_on_a_running_line_are_judged_by_the_recipe_s_t_again(
    operated: Driver, tmp_path: Path, frames: Path
) -> None:
    unlock(operated)
    line = tmp_path / "line"
    line.mkdir()
    operated.window.setup.use_source(f"watch:{line}")
    operated.see(lambda: operated.state.link.state is SourceState.LIVE)
    operated.drag_threshold(8.0)
    (frames / "part-4.png").rename(line / "1.png")  # severity 7
    operated.see(lambda: operated.state.judged == 1)
    operated.clock.now += 600
    operated.see(lambda: operated.banner.startswith("T is 5.00 again"))
    (frames / "part-1.png").rename(line / "2.png")
    operated.see(lambda: operated.state.judged == 2)
    newest, before = operated.state.parts
    assert (before.inspection.threshold, newest.inspection.threshold) == (pytest.approx(8.0, abs=0.1), 5.0)


def test_a_t_that_was_saved_stays_when_the_lock_falls(operated: Driver, tmp_path: Path) -> None:
    unlock(operated)
    operated.drag_threshold(8.0)
    saved = operated.window.station.viewer.threshold
    operated.window.setup.save_recipe(tmp_path / "saved.toml")
    operated.clock.now += 600
    operated.see(lambda: not operated.window.station.viewer.controls.isEnabled())
    assert operated.window.station.viewer.threshold == saved
    assert operated.banner == ""


def test_the_audit_knows_who_came_in_and_what_was_changed(operated: Driver) -> None:
    driver, journal = operated, operated.window.line.journal
    driver.key(Qt.Key.Key_L, CTRL)
    QTest.keyClicks(driver.window.access.password, PASSWORD + "?")
    QTest.keyClick(driver.window.access.password, Qt.Key.Key_Return)
    driver.see(lambda: driver.window.access.password.text() == "")
    QTest.keyClicks(driver.window.access.password, PASSWORD)
    QTest.keyClick(driver.window.access.password, Qt.Key.Key_Return)
    driver.see(driver.window.station.viewer.controls.isEnabled)
    library = driver.window.recipes.files._library
    kept = library.add(
        driver.state.recipe.model_copy(update={"name": "copy"}), "Ana", "new product", "copied from tile"
    )
    library.save(kept, kept.recipe.with_threshold(4.5), "Bert", "scratches passed")

    told = [
        (row.change.who, row.change.what, row.change.old, row.change.new, row.change.why) for row in journal.audit()
    ]
    saved, added, unlocked, refused, begun = told
    assert saved == ("Bert", "recipe copy", "T: 5", "T: 4.5", "scratches passed")
    assert added == ("Ana", "recipe copy", "", "recipe: copied from tile", "new product")
    assert unlocked[1:] == ("level", "operator", "engineer", "the password")
    assert refused[1:] == ("level", "operator", "operator", "a wrong password")
    assert begun[1].startswith("judged by, on ")
    assert check_chain(reversed(journal.audit()), journal.name) == 5
