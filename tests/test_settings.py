import os
from pathlib import Path

import pytest

from inspector import paths, settings
from inspector.errors import InspectorError
from inspector.settings import Settings, load_settings, save_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "settings.toml"
    monkeypatch.setattr(settings, "settings_file", lambda: path)
    return path


def load() -> tuple[Settings, list[str]]:
    """The settings, and what was told."""
    told: list[str] = []
    return load_settings(told.append), told


def test_settings_come_back_as_they_were_saved(file: Path) -> None:
    assert load() == (Settings(), [])
    changed = Settings(recipe="tile", source="gige:GV01?gain=3", idle_minutes=0, sound=True)
    save_settings(changed)
    assert load() == (changed, [])
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b'recipe = "demo"\nsource = "fol', "at end of document"),
        (b'recipe = "demo"\nsource = ', "Invalid value"),
        (b"idle_minutes = -1\n", "idle_minutes: Input should be greater than or equal to 0"),
        (b'theme = "pink"\n', "theme: Input should be 'system', 'light' or 'dark'"),
        (b"\x00" * 300, "Invalid statement"),
        (b'recipe = "\xff"\n', "can't decode byte 0xff"),
        (b"threads = " + 5000 * b"[", "nested too deeply"),
        (b"threads = " + 3000 * b"0," + 2_000_000 * b" ", "too large"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_in_one_sentence_and_not_lost(file: Path, content: bytes, why: str) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    found, (told,) = load()
    assert found == Settings()
    assert told.startswith(f"the settings {file} can't be used (")
    assert why in told
    assert told.endswith("so the station starts with the defaults; what stood there is kept as settings-unusable.toml")
    assert len(told.splitlines()) == 1
    save_settings(found)
    assert load() == (Settings(), [])
    assert file.with_name("settings-unusable.toml").read_bytes() == content


def test_a_second_file_that_can_not_be_used_does_not_take_the_place_of_the_first(file: Path) -> None:
    file.parent.mkdir()
    for content in ("first", "second"):
        file.write_text(content, "utf-8")
        assert len(load()[1]) == 1
    assert {path.name: path.read_text("utf-8") for path in file.parent.iterdir()} == {
        "settings-unusable.toml": "first",
        "settings-unusable-2.toml": "second",
    }


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_save_that_fails_leaves_what_was_there(file: Path, monkeypatch, caplog, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = Settings(recipe="tile")
    save_settings(before)
    monkeypatch.setattr(os, step, fail)
    save_settings(Settings(recipe="other"))
    monkeypatch.undo()
    monkeypatch.setattr(settings, "settings_file", lambda: file)
    assert "can't be saved: [Errno 28] No space left on device" in caplog.text
    assert load() == (before, [])
    assert list(file.parent.iterdir()) == [file]


def test_what_a_killed_save_left_is_in_nobody_s_way(file: Path) -> None:
    save_settings(Settings(recipe="tile"))
    file.with_name("settings.toml.tmp").write_text("reci", "utf-8")
    assert load() == (Settings(recipe="tile"), [])
    save_settings(Settings(recipe="other"))
    assert load() == (Settings(recipe="other"), [])
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://admin:hunter2@10.0.0.5/live",
        "http://cam/video?channel=2&pwd=hunter2",
        "rtps://admin:hunter2@10.0.0.5/live",
        "rtsp://admin:x@hunter2/7@10.0.0.5/live?token=hunter2",
    ],
)
def test_the_file_never_has_the_source_s_password(file: Path, source: str) -> None:
    given = Settings(source=source)
    save_settings(given)
    assert given.source == source
    assert not any(b"hunter2" in path.read_bytes() for path in file.parent.iterdir())
    assert "***" in load()[0].source


def test_the_journal_is_the_station_s_own_or_on_a_server_whose_password_is_in_no_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().journal_url == paths.default_journal()
    shared = Settings(journal="postgresql://station:${JOURNAL_PASSWORD}@plant/journal", pictures_gb=1.5)
    save_settings(shared)
    kept, _ = load()
    assert kept == shared
    assert kept.pictures_bytes == 1.5e9
    with pytest.raises(InspectorError, match="JOURNAL_PASSWORD"):
        kept.journal_url  # noqa: B018
    monkeypatch.setenv("JOURNAL_PASSWORD", "p@ss")
    assert kept.journal_url == "postgresql://station:p%40ss@plant/journal"
    save_settings(Settings(journal="postgresql://station:secret@plant/journal"))
    assert "secret" not in file.read_text()
