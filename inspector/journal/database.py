"""The SQLite file under the journal: opened, checked, and its errors in words."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from inspector.errors import InspectorError
from inspector.journal.schema import METADATA, VERSION

_WORDS = {
    "locked": "is locked by another program; close that program and try again",
    "full": "can't grow, the disk is full; free some space and try again",
    "not a database": "is no journal but a file of another kind; choose another file",
    "malformed": "is damaged; restore it from a backup",
    "readonly": "is write-protected; allow writing to its file and folder, or choose another folder",
    "unable to open": "can't be opened; check that its folder exists and may be written to",
}


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what the disk and SQLite report about the journal at `path` into one sentence.

    Raises
    ------
    InspectorError
    """
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        if isinstance(error, DatabaseError) and type(error) not in (DatabaseError, OperationalError):
            raise  # broken constraints and wrong statements are faults of the program
        reported = str(getattr(error, "orig", error))
        words = next((text for sign, text in _WORDS.items() if sign in reported), None)
        raise InspectorError(f"journal {path} {words or f'failed ({reported}); check its disk'}") from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise InspectorError(
            f"journal {path} can't be written ({where}{error.strerror}); check the disk's space and rights"
        ) from error
    except UnicodeEncodeError as error:
        raise InspectorError(
            f"journal {path} can't store the text {error.object!r}: it is no valid Unicode; rename the file"
        ) from error


def database_path(url: str) -> tuple[URL, Path]:
    """The parsed URL and the absolute path of its SQLite file.

    Raises
    ------
    InspectorError
        If it is no URL, or not one of a SQLite file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InspectorError(f"{url!r} is no journal URL; write it as in sqlite:///C:/data/journal.db") from error
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise InspectorError(f"journal {parsed!r} is no SQLite file; write it as in sqlite:///C:/data/journal.db")
    path = Path(str(parsed.database)).absolute()
    return parsed.set(drivername="sqlite", database=str(path)), path


def make_engine(url: URL) -> Engine:
    """An engine for any number of threads, each call with a connection of its own.

    A transaction sees one state of the journal; with the execution option ``begin="BEGIN IMMEDIATE"`` it is the
    only one that writes. A commit is on disk when it returns. SQLite waits 5 s for a lock.
    """
    engine = create_engine(url, json_serializer=partial(json.dumps, ensure_ascii=False))

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # the sqlite3 module would open transactions too late for a snapshot
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def prepare(writer: Engine, path: Path, folder: Path) -> None:
    """Make the tables of a new journal, or check those that are there.

    Raises
    ------
    InspectorError
        If the file belongs to a newer version or another program, or `folder` holds another journal's pictures.
    """
    with writer.begin() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version > VERSION:
            raise InspectorError(f"journal {path} was written by a newer Inspector; open it with that version or newer")
        if version == 0:
            if inspect(connection).get_table_names():
                raise InspectorError(f"{path} is the database of another program; choose another file for the journal")
            if folder.is_dir() and any(folder.iterdir()):
                raise InspectorError(
                    f"journal {path} is new, but its folder of pictures {folder} is not empty; "
                    "move that folder away or choose another file"
                )
        METADATA.create_all(connection)  # those that are missing: newer versions have only added tables
        # Written at every opening, so that a write-protected file is refused now and not at the first inspection.
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    with closing(writer.raw_connection()) as raw:  # the switch is refused inside a transaction
        raw.cursor().execute("PRAGMA journal_mode=WAL").close()
