"""Journals of older versions are brought up to date when they are opened, and lose nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from builders import make_inspection, make_recipe
from sqlalchemy import Connection, make_url

from inspector.errors import InspectorError
from inspector.journal.audit import Change
from inspector.journal.database import file_engine
from inspector.journal.query import EntryFilter
from inspector.journal.schema import METADATA, VERSION
from inspector.journal.store import Journal
from inspector.parts import PartVerdict
from inspector.types import Verdict

FIRST = Path(__file__).with_name("version1.sql").read_text(encoding="utf-8")
SECOND = """
CREATE TABLE parts (
    id INTEGER NOT NULL, time DATETIME NOT NULL, source TEXT NOT NULL, part TEXT NOT NULL, verdict TEXT NOT NULL,
    reason TEXT NOT NULL, frames INTEGER NOT NULL, views INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_parts_part ON parts (part);
CREATE INDEX ix_parts_verdict ON parts (verdict);
CREATE INDEX ix_parts_time ON parts (time);
"""


@pytest.fixture(params=[1, 2])
def older(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file:
        file.executescript(FIRST + (SECOND if request.param == 2 else ""))
        file.execute(f"PRAGMA user_version={request.param}")
    return url


def differences(connection: Connection) -> list:
    """Between the tables that are there and today's, SQLite's own index of texts left aside."""
    own = {"include_name": lambda name, kind, parents: kind != "table" or not name.startswith("texts")}
    return compare_metadata(MigrationContext.configure(connection, opts=own), METADATA)


def test_an_older_journal_has_today_s_tables_and_its_own_rows(older: str, tmp_path: Path):
    part = PartVerdict("x", Verdict.REJECT, "this frame came after the part's verdict", 1, 2, Verdict.REVIEW)
    with closing(Journal.open(older)) as journal:
        (entry,) = journal.entries()
        assert (entry.verdict, entry.kinds, entry.reviews) == (Verdict.REJECT, ("crack",), ())
        assert journal.ids(EntryFilter(kinds=("crack",), since=entry.time)) == [1]
        assert journal.recipe(entry.recipe) == make_recipe()
        assert [event.text for event in journal.events()] == ["folder"]
        journal.add_part(part, "folder")
        journal.add_change(Change("anna", "recipe tile", "T 5.4", "T 4.8", "scratches passed"))
        assert journal.add(make_inspection(), make_recipe(), "folder") == 2
    with closing(Journal.open(older)) as journal:
        assert journal.parts() == [part]
        assert len(journal.entries()) == 2
        assert journal.ids(EntryFilter(text="a crack of 16")) == [2, 1]
    engine = file_engine(make_url(older))
    with engine.connect() as connection:
        assert differences(connection) == []
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == VERSION
    engine.dispose()


def test_a_new_journal_is_what_a_migrated_one_is(url: str):
    Journal.open(url).close()
    engine = file_engine(make_url(url))
    with engine.connect() as connection:
        assert differences(connection) == []
        assert MigrationContext.configure(connection).get_current_revision() == str(VERSION)
    engine.dispose()


def test_a_migration_that_is_cut_off_leaves_the_older_journal(older: str, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file, file:
        file.execute("CREATE TABLE audit (song TEXT)")  # so that the last step fails
        before = list(file.iterdump())
    with pytest.raises(InspectorError, match="audit already exists"):
        Journal.open(older)
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file:
        assert list(file.iterdump()) == before


def test_a_journal_of_a_later_revision_is_left_alone(url: str, tmp_path: Path):
    Journal.open(url).close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file, file:
        file.execute("UPDATE alembic_version SET version_num=?", (str(VERSION + 1),))
        before = list(file.iterdump())
    with pytest.raises(InspectorError, match="newer"):
        Journal.open(url)
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file:
        assert list(file.iterdump()) == before
