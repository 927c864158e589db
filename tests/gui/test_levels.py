"""What an operator can't do in the window, and an engineer can."""

from pathlib import Path

import pytest
from gui.driving import Driver
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.access import Access

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
    before = operated.window.settings
    try_everything(operated, tmp_path / "other")
    assert operated.window.station.viewer.threshold == 5.0
    assert operated.window.settings == before
    assert operated.window.dialog is None
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
    dialogs = (operated.window.dialog, operated.window.recipes.files.dialog)
    assert all(dialog.isVisible() for dialog in dialogs)
    operated.key(Qt.Key.Key_L, CTRL)
    operated.click(operated.window.access.lock)
    operated.see(lambda: not any(dialog.isVisible() for dialog in dialogs))


def test_on_the_page_of_sources_an_operator_only_reads(operated: Driver) -> None:
    operated.key(Qt.Key.Key_4, CTRL)
    page = operated.window.sources
    operated.see(lambda: page.live.text() != "")
    assert not page.address.isEnabled()
    assert not page.use.isEnabled()
    unlock(operated)
    assert page.address.isEnabled()
