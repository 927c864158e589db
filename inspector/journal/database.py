"""The database under a journal: its errors in words, its tables made or brought up to date."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from inspector.errors import InspectorError
from inspector.journal.schema import METADATA, VERSION, version
from inspector.journal.text_search import index_texts

_WORDS = {
    "locked": "is locked by another program; close that program and try again",
    "disk I/O error": "can't be written; its disk is full or broken: free some space and try again",
    "full": "can't grow, the disk is full; free some space and try again",
    "not a database": "is no journal but a file of another kind; choose another file",
    "malformed": "is damaged; restore it from a backup",
    "readonly": "is write-protected; allow writing to its file and folder, or choose another folder",
    "unable to open": "can't be opened; check that its folder exists and may be written to",
}
_EXAMPLES = "sqlite:///C:/data/journal.db or postgresql://user:password@server/journal"


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


def parse_url(url: str) -> URL:
    """The URL of a journal, of a SQLite file with its absolute path.

    Raises
    ------
    InspectorError
        If it is no URL, or not one of a SQLite file or a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InspectorError(f"{url!r} is no journal URL; write it as in {_EXAMPLES}") from error
    backend, database = parsed.get_backend_name(), parsed.database
    if backend == "sqlite" and database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite", database=str(Path(str(database)).absolute()))
    if backend == "postgresql" and database:
        return parsed.set(drivername="postgresql+psycopg")
    raise InspectorError(
        f"journal {parsed!r} is neither a SQLite file nor a PostgreSQL database; write it as in {_EXAMPLES}"
    )


def is_file(url: URL) -> bool:
    """Whether a journal is a SQLite file, not on a server."""
    return url.get_backend_name() == "sqlite"


def file_engine(url: URL) -> Engine:
    """An engine for any number of threads, each call with a connection of its own.

    A transaction sees one state of the journal; with the execution option ``begin="BEGIN IMMEDIATE"`` it is the
    only one that writes. A commit is on disk when it returns. SQLite waits 5 s for a lock.
    """
    engine = create_engine(url, json_serializer=to_json)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None  # the sqlite3 module would open transactions too late for a snapshot
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


to_json = partial(json.dumps, ensure_ascii=False)


def prepare_file(writer: Engine, path: Path, folder: Path) -> None:
    """Make the tables of a new journal, or bring those of an older one up to date.

    Raises
    ------
    InspectorError
        If the file belongs to a newer version or another program, or `folder` holds another journal's pictures.
    """
    with writer.begin() as connection:
        oldest_way = connection.exec_driver_sql("PRAGMA user_version").scalar_one()  # of those older than version 3
        if oldest_way == 0:
            if inspect(connection).get_table_names():
                raise InspectorError(f"{path} is the database of another program; choose another file for the journal")
            if folder.is_dir() and any(folder.iterdir()):
                raise InspectorError(
                    f"journal {path} is new, but its folder of pictures {folder} is not empty; "
                    "move that folder away or choose another file"
                )
        bring_up_to_date(connection, f"journal {path}", oldest_way)
        # Written at every opening, so that a write-protected file is refused now and not at the first inspection;
        # older programs look at nothing else.
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    with closing(writer.raw_connection()) as raw:  # the switch is refused inside a transaction
        raw.cursor().execute("PRAGMA journal_mode=WAL").close()


def bring_up_to_date(connection: Connection, journal: str, found: int = 0) -> None:
    """Make the tables, or change those of an older version; the caller's transaction has all of it or nothing.

    Parameters
    ----------
    connection : Connection
        In a transaction that no other program's can cross.
    journal : str
        Its name in an error.
    found : int
        Version that is known otherwise: the oldest tables don't say theirs. 0 where there are none.

    Raises
    ------
    InspectorError
        If the tables are of a newer version.
    """
    if inspect(connection).has_table(version.name):
        stated = connection.scalar(select(version.c.version_num)) or ""
        found = max(found, int(stated) if stated.isdecimal() else VERSION + 1)
    if found > VERSION:
        raise InspectorError(f"{journal} was written by a newer Inspector; open it with that version or newer")
    if found == VERSION:
        return
    if found:
        _migrate(connection, found)
    else:
        METADATA.create_all(connection)
        index_texts(connection)
        connection.execute(delete(version))
        connection.execute(insert(version).values(version_num=str(VERSION)))


def _migrate(connection: Connection, found: int) -> None:
    from alembic import command  # imported here: it takes long to load, and a journal of today's version needs none
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.stamp(config, str(found))
    command.upgrade(config, "head")
