import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gui.access_bench import CTRL, KEYS, LEFT, PASSWORD, Bench
from gui.driving import Clock
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from inspector.access import Access, Level
from inspector.gui.access import WHY_NOT
from inspector.gui.severity_bar import SeverityBar, ThresholdBox


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "password"


@pytest.fixture
def start(qtbot, file: Path) -> Iterator[Callable[[], Bench]]:
    opened: list[Bench] = []

    def start_one() -> Bench:
        opened.append(Bench(qtbot, file, Clock()))
        return opened[-1]

    yield start_one
    for bench in opened:
        bench.strip.close_threads()
        bench.window.close()
        bench.window.deleteLater()
    assert "inspector-access" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def locked(start, file: Path) -> Bench:
    """A station that was started after a password had been set."""
    Access(file).set_password(PASSWORD)
    return start()


def test_the_first_user_may_do_everything_and_is_told_how_to_set_a_password(start) -> None:
    bench = start()
    assert bench.level == "engineer"
    assert bench.strip.isHidden()
    bench.drag_t(7)
    assert bench.bar.value() > 0
    bench.key(KEYS.Key_L, CTRL)
    assert bench.said.startswith("No password is set: everyone may change T")
    assert bench.strip.change.text() == "Set a password ..."
    assert bench.strip.change.hasFocus()
    assert not bench.strip.lock.isVisible()


def test_a_password_is_set_by_mouse_and_keys(start, file: Path) -> None:
    bench = start()
    bench.click(bench.strip.button)
    bench.click(bench.strip.change)
    assert not bench.strip.password.isVisible()
    QTest.keyClicks(bench.strip.new, PASSWORD)
    QTest.keyClicks(bench.strip.again, PASSWORD)
    bench.click(bench.strip.enter)
    assert bench.said == "Checking ..."
    bench.see(lambda: bench.said.startswith("The new password holds"))
    assert bench.level == "engineer"
    assert "after 10 min without mouse or key" in bench.said
    assert bench.strip.new.text() == bench.strip.again.text() == ""
    assert Access(file).level is Level.OPERATOR
    assert Access(file).unlock(PASSWORD)


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [("short", "short", "too short: it needs at least 8"), (PASSWORD, PASSWORD[:-1], "The two new passwords differ")],
)
def test_a_new_password_that_will_not_do_is_refused_in_place(start, file, new: str, again: str, said: str) -> None:
    bench = start()
    bench.click(bench.strip.button)
    bench.click(bench.strip.change)
    QTest.keyClicks(bench.strip.new, new)
    bench.strip.again.setFocus()
    bench.type(again)
    bench.see(lambda: said in bench.said)
    assert not file.exists()


def test_another_password_needs_the_old_one(locked: Bench, file: Path) -> None:
    locked.unlock()
    locked.click(locked.strip.button)
    locked.click(locked.strip.change)
    assert locked.strip.password.hasFocus()
    QTest.keyClicks(locked.strip.new, "another one")
    QTest.keyClicks(locked.strip.again, "another one")
    locked.type("not the old one")
    locked.see(lambda: locked.said == "Wrong password.")
    assert locked.strip.new.text() == "another one"
    locked.type(PASSWORD)
    locked.see(lambda: locked.said.startswith("The new password holds"))
    assert Access(file).unlock("another one")


def test_an_engineer_unlocks_with_keys_alone(locked: Bench) -> None:
    assert locked.level == "operator"
    locked.key(KEYS.Key_L, CTRL)
    assert locked.strip.password.hasFocus()
    QTest.keyClicks(locked.strip.password, PASSWORD)
    locked.key(KEYS.Key_Return)
    assert locked.said == "Checking ..."
    locked.see(lambda: locked.level == "engineer")
    assert locked.told == [True]
    assert locked.strip.isHidden()
    assert locked.strip.password.text() == ""


def test_a_wrong_password_is_said_in_place_and_cleared(locked: Bench) -> None:
    locked.key(KEYS.Key_L, CTRL)
    locked.type("wrong")
    locked.see(lambda: locked.said == "Wrong password.")
    assert locked.strip.password.text() == ""
    assert locked.strip.password.hasFocus()
    assert locked.level == "operator"
    assert locked.told == []
    locked.type(PASSWORD)
    locked.see(lambda: locked.level == "engineer")


def test_after_many_wrong_passwords_it_is_said_how_long_to_wait(locked: Bench) -> None:
    locked.key(KEYS.Key_L, CTRL)
    for said in ("Wrong password.", "Wrong password.", "Wrong password; wait 2 s before the next."):
        locked.type("wrong")
        locked.see(lambda said=said: locked.said == said)
    locked.type(PASSWORD)
    locked.see(lambda: locked.said == "Too many wrong passwords in a row: wait 2 s and try again")
    assert locked.level == "operator"
    locked.clock.now += 2
    locked.key(KEYS.Key_Return)
    locked.see(lambda: locked.level == "engineer")


def test_a_damaged_password_file_is_said_in_place(start, file: Path) -> None:
    file.write_text("damaged")
    bench = start()
    assert bench.level == "operator"
    bench.key(KEYS.Key_L, CTRL)
    bench.type(PASSWORD)
    bench.see(lambda: "delete it, start again and set a new password" in bench.said)
    assert bench.level == "operator"


def test_escape_closes_the_strip_and_nothing_else(locked: Bench) -> None:
    locked.key(KEYS.Key_L, CTRL)
    QTest.keyClicks(locked.strip.password, "half a pass")
    locked.key(KEYS.Key_Escape)
    assert locked.strip.isHidden()
    assert locked.strip.password.text() == ""
    assert locked.done == []
    locked.key(KEYS.Key_Escape)
    assert locked.done == ["quiet"]


def test_keys_that_are_commands_elsewhere_are_letters_of_a_password(locked: Bench) -> None:
    locked.key(KEYS.Key_L, CTRL)
    locked.key(KEYS.Key_R)
    assert locked.strip.password.text() == "r"
    assert locked.done == []


def test_an_engineer_locks(locked: Bench) -> None:
    locked.unlock()
    locked.key(KEYS.Key_L, CTRL)
    assert locked.strip.lock.hasFocus()
    locked.click(locked.strip.lock)
    locked.see(lambda: locked.level == "operator")
    assert locked.told == [True, False]
    assert locked.strip.isHidden()


def test_an_operator_runs_the_line_but_moves_no_t_and_opens_nothing(locked: Bench) -> None:
    def try_everything() -> None:
        locked.drag_t(7)
        QTest.keyClick(locked.bar, KEYS.Key_Up)
        spin(locked.bar)
        spin(locked.box)
        locked.box.setFocus()
        QTest.keyClicks(locked.box, "3")
        QTest.keyClick(locked.box, KEYS.Key_Return)
        locked.key(KEYS.Key_O, CTRL)
        locked.start.setFocus()
        locked.key(KEYS.Key_R)

    try_everything()
    assert (locked.bar.value(), locked.box.value(), locked.done) == (0, 0, ["run"])
    assert locked.start.isEnabled()
    locked.unlock()
    locked.done.clear()
    try_everything()
    assert locked.bar.value() > 0
    assert (locked.box.value(), locked.done) == (3, ["open", "run"])


def spin(widget: QWidget) -> None:
    at, none = QPointF(widget.rect().center()), Qt.KeyboardModifier.NoModifier
    args = (QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(widget, QWheelEvent(at, widget.mapToGlobal(at), *args))


def test_tooltips_say_why_not_and_come_back(locked: Bench) -> None:
    parts = (locked.controls, locked.bar, locked.box, locked.open)
    assert {part.toolTip() for part in parts} == {WHY_NOT}
    locked.unlock()
    assert [part.toolTip() for part in parts] == ["", SeverityBar().toolTip(), ThresholdBox().toolTip(), "open"]


def test_a_part_whose_use_comes_and_goes_is_locked_by_the_widget_around_it(locked: Bench) -> None:
    locked.box.setEnabled(False)
    locked.box.setEnabled(True)
    assert not locked.box.isEnabled()
    locked.unlock()
    assert locked.box.isEnabled()


def test_a_t_that_is_half_typed_when_the_lock_falls_is_not_used(locked: Bench) -> None:
    locked.unlock()
    locked.box.setValue(5.4)
    locked.box.setFocus()
    locked.box.selectAll()
    QTest.keyClicks(locked.box, "3")
    locked.clock.now += 600
    locked.see(lambda: locked.level == "operator")
    assert (locked.box.value(), locked.box.text()) == (5.4, "T 5.40")


def test_without_mouse_or_key_an_operator_is_there_again(locked: Bench) -> None:
    locked.unlock()
    handle = locked.window.windowHandle()
    signs = (
        lambda: QTest.mouseMove(handle, QPoint(30, 200)),
        lambda: QTest.mouseClick(handle, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(5, 5)),
        lambda: locked.key(KEYS.Key_A),
    )
    for sign in signs:
        locked.clock.now += 400
        sign()
        QTest.qWait(120)  # more than one look at the clock
        assert locked.level == "engineer"
    locked.clock.now += 600
    locked.see(lambda: locked.level == "operator")
    assert locked.told == [True, False]
    assert not locked.controls.isEnabled()


def test_what_changes_under_a_resting_mouse_is_no_sign_of_a_person(locked: Bench) -> None:
    locked.unlock()
    QTest.mouseMove(locked.start, locked.start.rect().center())
    QTest.qWait(120)  # a real screen reports the move later
    locked.clock.now += 600
    for _ in range(3):
        locked.start.setVisible(not locked.start.isVisible())
        QApplication.processEvents()
    locked.see(lambda: locked.level == "operator")


def test_an_open_strip_is_closed_and_emptied_when_the_lock_falls(locked: Bench) -> None:
    locked.unlock()
    locked.key(KEYS.Key_L, CTRL)
    locked.click(locked.strip.change)
    QTest.keyClicks(locked.strip.new, "half a pass")
    locked.clock.now += 600
    locked.see(lambda: locked.level == "operator")
    assert locked.strip.isHidden()
    assert locked.strip.new.text() == ""


def test_everything_has_a_name_for_those_who_hear_it(locked: Bench) -> None:
    strip = locked.strip
    assert strip.button.accessibleName() == "level operator"
    locked.key(KEYS.Key_L, CTRL)
    assert strip.password.accessibleName() == "engineer's password"
    assert all(field.accessibleName() for field in (strip.new, strip.again, strip.close_strip, strip))
    locked.key(KEYS.Key_Tab)
    assert strip.enter.hasFocus()
    locked.key(KEYS.Key_Tab)
    assert strip.close_strip.hasFocus()
    locked.key(KEYS.Key_Space)
    assert strip.isHidden()


def test_the_password_is_in_no_log(locked: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        locked.key(KEYS.Key_L, CTRL)
        locked.type(PASSWORD + "?")
        locked.see(lambda: locked.said == "Wrong password.")
        locked.type(PASSWORD)
        locked.see(lambda: locked.level == "engineer")
    assert PASSWORD not in caplog.text
