"""A journal that can't be used is refused in one sentence."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import make_inspection, make_recipe
from sqlalchemy import make_url

from inspector.errors import InspectorError
from inspector.journal.database import file_engine
from inspector.journal.schema import VERSION
from inspector.journal.store import Journal


def refusal(url: str, create: bool = True) -> str:
    with pytest.raises(InspectorError) as refused:
        Journal.open(url, create)
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("url", ["journal.db", "", "mysql://host/journal", "sqlite://", "sqlite:///:memory:"])
def test_not_the_url_of_a_journal(url: str):
    assert "write it as in sqlite:///" in refusal(url)


def test_a_password_is_not_shown():
    assert "secret" not in refusal("mysql://user:secret@host/journal")


def test_a_missing_folder_is_made(tmp_path: Path):
    with closing(Journal.open(f"sqlite:///{tmp_path / 'new' / 'deep' / 'journal.db'}")) as journal:
        assert journal.folder == tmp_path / "new" / "deep" / "journal"
        assert journal.folder.is_dir()


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    assert "can't be written" in refusal(f"sqlite:///{tmp_path / 'file' / 'journal.db'}")


def test_a_folder_in_place_of_the_file(tmp_path: Path):
    (tmp_path / "journal.db").mkdir()
    assert "can't be opened" in refusal(f"sqlite:///{tmp_path / 'journal.db'}")


def test_a_file_that_is_no_database(tmp_path: Path):
    path = tmp_path / "journal.db"
    path.write_text("index,name\n" * 200)
    assert "is no journal" in refusal(f"sqlite:///{path}")
    assert path.read_text() == "index,name\n" * 200


def test_the_database_of_another_program_is_left_alone(tmp_path: Path):
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    whole = path.read_bytes()
    assert "another program" in refusal(f"sqlite:///{path}")
    assert path.read_bytes() == whole


def test_a_newer_journal_is_left_alone(url: str, tmp_path: Path):
    Journal.open(url).close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as newer:
        newer.execute(f"PRAGMA user_version={VERSION + 1}")
    assert "newer" in refusal(url)


def test_the_pictures_of_a_lost_database_are_not_mixed_with_new_ones(url: str, tmp_path: Path):
    with closing(Journal.open(url)) as journal:
        journal.add(make_inspection(), make_recipe(), "folder")
    (tmp_path / "journal.db").unlink()
    assert "is not empty" in refusal(url)


def test_reading_commands_make_no_journal(url: str, tmp_path: Path):
    assert "there is no journal" in refusal(url, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_write_protected_file_is_refused_before_the_first_inspection(url: str, tmp_path: Path):
    Journal.open(url).close()
    path = tmp_path / "journal.db"
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write to protected files")
    assert "write-protected" in refusal(url)


def test_every_commit_waits_for_the_disk(url: str):
    Journal.open(url).close()
    with file_engine(make_url(url)).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
