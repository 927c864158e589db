import logging
import os
import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from pydantic import ValidationError

from inspector import paths, settings
from inspector.access import MIN_LENGTH, Access, Level
from inspector.errors import InspectorError
from inspector.settings import Settings, load_settings, save_settings

PASSWORD = "grey Käse 12"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "password"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def locked(file: Path, clock: Clock) -> Access:
    """A station that was started after a password had been set."""
    Access(file).set_password(PASSWORD)
    return Access(file, idle_minutes=10, clock=clock)


def test_without_a_password_everyone_is_an_engineer(file: Path, clock: Clock) -> None:
    access = Access(file, clock=clock)
    assert access.level is Level.ENGINEER
    access.lock()
    clock.now += 1e6
    access.tick()
    assert access.level is Level.ENGINEER
    assert access.unlock("")
    assert not file.parent.exists()


def test_the_first_password_needs_no_old_one_and_its_setter_stays_an_engineer(file: Path) -> None:
    access = Access(file)
    assert access.set_password(PASSWORD)
    assert access.has_password
    assert access.level is Level.ENGINEER
    access.lock()
    assert access.level is Level.OPERATOR


def test_a_station_with_a_password_starts_with_an_operator(locked: Access) -> None:
    assert locked.level is Level.OPERATOR


@pytest.mark.parametrize("wrong", ["", "x", PASSWORD.lower(), PASSWORD + " ", PASSWORD[:-1], "\udcff"])
def test_a_wrong_password_unlocks_nothing(locked: Access, wrong: str) -> None:
    assert not locked.unlock(wrong)
    assert locked.level is Level.OPERATOR


def test_the_right_password_makes_an_engineer_until_it_is_locked(locked: Access) -> None:
    assert locked.unlock(PASSWORD)
    assert locked.level is Level.ENGINEER
    locked.lock()
    assert locked.level is Level.OPERATOR


def test_another_password_needs_the_old_one(locked: Access, file: Path) -> None:
    before = file.read_bytes()
    assert not locked.set_password("another one", "not the old one")
    assert locked.level is Level.OPERATOR
    assert file.read_bytes() == before
    assert locked.set_password("another one", PASSWORD)
    assert not Access(file).unlock(PASSWORD)
    assert Access(file).unlock("another one")


def test_a_short_password_is_refused(file: Path) -> None:
    access = Access(file)
    with pytest.raises(InspectorError, match="at least 8 characters"):
        access.set_password("x" * (MIN_LENGTH - 1))
    assert not file.exists()
    assert access.set_password("x" * MIN_LENGTH)


def weak_hash() -> str:
    """A hash by parameters that are quick and too few."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


DAMAGES = {
    "empty": lambda whole: "",
    "blank": lambda whole: "\n",
    "no end": lambda whole: whole.strip(),
    "cut": lambda whole: whole[:-5],
    "cut short": lambda whole: whole[:40],
    "plain": lambda whole: PASSWORD + "\n",
    "garbage in front": lambda whole: "\0ÿ" + whole,
    "unknown kind": lambda whole: whole.replace("argon2id", "argon2xy"),
    "impossible": lambda whole: whole.replace("t=1", "t=0"),
    "not a number": lambda whole: whole.replace("m=64", "m=6x"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_locks_and_says_what_to_do(file: Path, damage: str) -> None:
    file.parent.mkdir()
    content = DAMAGES[damage](weak_hash() + "\n").encode()
    file.write_bytes(content)
    access = Access(file)
    for attempt in (lambda: access.unlock(PASSWORD), lambda: access.set_password("another one", PASSWORD)):
        assert access.level is Level.OPERATOR
        with pytest.raises(
            InspectorError, match=r"can't be used .+ delete it, start again and set a new password"
        ) as told:
            attempt()
        assert str(file) in str(told.value)
        assert "\n" not in str(told.value)
    assert access.level is Level.OPERATOR
    assert file.read_bytes() == content


def test_a_file_that_can_not_be_read_locks(file: Path) -> None:
    file.mkdir(parents=True)
    access = Access(file)
    assert access.level is Level.OPERATOR
    with pytest.raises(InspectorError, match="can't be used"):
        access.unlock(PASSWORD)


def test_what_is_said_to_do_about_a_damaged_file_helps(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"damaged")
    file.unlink()
    access = Access(file)
    assert access.set_password(PASSWORD)
    assert Access(file).unlock(PASSWORD)


def test_a_hash_of_lesser_parameters_is_renewed(file: Path) -> None:
    file.parent.mkdir()
    weak = weak_hash()
    file.write_text(weak + "\n")
    assert not Access(file).unlock("wrong")
    assert file.read_text() == weak + "\n"
    assert Access(file).unlock(PASSWORD)
    usual = extract_parameters(PasswordHasher().hash("x"))
    assert extract_parameters(file.read_text().strip()) == usual
    renewed = file.read_bytes()
    assert Access(file).unlock(PASSWORD)
    assert file.read_bytes() == renewed


def test_a_full_disk_keeps_the_old_password_and_leaves_nothing_half_written(
    locked: Access, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InspectorError, match=r"can't be kept in .+No space left"):
        locked.set_password("another one", PASSWORD)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert locked.level is Level.OPERATOR


def test_a_full_disk_lets_an_engineer_in_whose_hash_can_not_be_renewed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.parent.mkdir()
    file.write_text(weak_hash() + "\n")
    monkeypatch.setattr(os, "fsync", fail)
    assert Access(file).unlock(PASSWORD)


def fail(_handle: int) -> None:
    raise OSError(28, "No space left on device")


def test_wrong_passwords_in_a_row_are_slowed_down_more_and_more(locked: Access, clock: Clock) -> None:
    waits = []
    for _ in range(9):
        assert not locked.unlock("wrong")
        waits.append(locked.wait)
        clock.now += locked.wait
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60]
    assert locked.unlock(PASSWORD)
    locked.lock()
    assert not locked.unlock("wrong")
    assert locked.wait == 0


def test_while_it_waits_not_even_the_right_password_is_looked_at(locked: Access, clock: Clock) -> None:
    for _ in range(3):
        locked.unlock("wrong")
    for attempt in (lambda: locked.unlock(PASSWORD), lambda: locked.set_password("another one", PASSWORD)):
        with pytest.raises(InspectorError, match="wait 2 s and try again"):
            attempt()
    assert locked.level is Level.OPERATOR
    clock.now += 1.5
    assert locked.wait == 1
    clock.now += 0.5
    assert locked.unlock(PASSWORD)


def test_guessing_the_old_password_is_slowed_down_too(locked: Access) -> None:
    for _ in range(3):
        assert not locked.set_password("another one", "wrong")
    assert locked.wait == 2


def test_idle_time_makes_an_operator_again(locked: Access, clock: Clock) -> None:
    clock.now += 3600
    locked.unlock(PASSWORD)
    locked.tick()
    assert locked.level is Level.ENGINEER
    clock.now += 599
    locked.touch()
    clock.now += 599
    locked.tick()
    assert locked.level is Level.ENGINEER
    clock.now += 1
    locked.tick()
    assert locked.level is Level.OPERATOR


def test_no_idle_time_is_too_long_where_it_is_switched_off(locked: Access, file: Path, clock: Clock) -> None:
    access = Access(file, idle_minutes=0, clock=clock)
    access.unlock(PASSWORD)
    clock.now += 1e6
    access.tick()
    assert access.level is Level.ENGINEER


def test_who_sets_the_first_password_after_long_idleness_stays_an_engineer(file: Path, clock: Clock) -> None:
    access = Access(file, clock=clock)
    clock.now += 3600
    access.set_password(PASSWORD)
    access.tick()
    assert access.level is Level.ENGINEER


@pytest.mark.skipif(os.name != "posix", reason="other systems keep such files by their folder")
def test_the_file_is_for_this_user_only(file: Path) -> None:
    before = os.umask(0)
    try:
        Access(file).set_password(PASSWORD)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_password_is_in_no_file_and_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for module in (paths, settings):
        monkeypatch.setattr(module, "settings_file", lambda: tmp_path / "settings.toml")
    with caplog.at_level(logging.DEBUG):
        access = Access(paths.password_file())
        access.set_password(PASSWORD)
        access.unlock(PASSWORD + "?")
        access.unlock(PASSWORD)
        save_settings(Settings())
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(InspectorError) as told:
            access.set_password(PASSWORD + "!", PASSWORD)
    assert PASSWORD not in caplog.text + str(told.value)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(written) == ["password", "settings.toml"]
    assert not any(PASSWORD.encode() in content for content in written.values())
    assert written["password"].startswith(b"$argon2id$")


def test_the_idle_time_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "settings_file", lambda: tmp_path / "settings.toml")
    assert load_settings().idle_minutes == 10
    save_settings(Settings(idle_minutes=0))
    assert load_settings().idle_minutes == 0
    with pytest.raises(ValidationError):
        Settings(idle_minutes=-1)


def test_who_came_in_and_a_new_password_are_told(tmp_path: Path) -> None:
    access = Access(tmp_path / "password")
    told: list[tuple[str, str, str, str]] = []
    access.tell = lambda *change: told.append(change)
    access.set_password(PASSWORD)
    access.lock()
    access.unlock(PASSWORD + "?")
    access.unlock(PASSWORD)
    access.set_password(PASSWORD + "!", PASSWORD)
    assert told == [
        ("password", "", "set", ""),
        ("level", "operator", "operator", "a wrong password"),
        ("level", "operator", "engineer", "the password"),
        ("password", "set", "set anew", ""),
    ]
