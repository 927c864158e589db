"""The PostgreSQL database under a journal that several stations share."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from platform import node

from sqlalchemy import URL, Connection, Engine, create_engine, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from inspector.errors import InspectorError
from inspector.journal.database import bring_up_to_date, to_json
from inspector.journal.schema import SHARED, pictures, stations
from inspector.journal.spool import Parcel

# A connection that broke is told in one sentence where it was used; the pool would add a traceback of giving it back.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('inspector journal'))"
_AWAY = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that fell silent is given up after some ten seconds, not after hours."""
_REFUSED = {
    "authentication failed": "refuses this user or password; correct the URL",
    "does not exist": "has no such database or user; make it, or correct the URL",
    "invalid connection option": "can't be opened with these options; correct what follows the ? in the URL",
    "permission denied": "lets this user not write; grant it the rights to its database",
}


class ServerAway(InspectorError):
    """The server can't be reached now."""


@contextmanager
def server_words(name: str) -> Iterator[None]:
    """Turn what the server and the way to it report into one sentence.

    Raises
    ------
    ServerAway
        If it can't be reached.
    InspectorError
        If it refuses.
    """
    try:
        yield
    except (OperationalError, InterfaceError, DBAPIError) as error:
        reported = " ".join(str(error.orig).split()).partition(" Is the server running")[0]
        for sign, words in _REFUSED.items():
            if sign in reported:
                raise InspectorError(f"{name} {words}") from error
        if isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated:
            raise ServerAway(f"{name} can't be reached ({reported}); check the network and the server") from error
        raise


def server_engine(url: URL) -> Engine:
    """An engine for any number of threads, each call with a connection of its own.

    Raises
    ------
    InspectorError
        If the driver is not installed.
    """
    try:
        return create_engine(url, json_serializer=to_json, connect_args=_AWAY, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError) as error:
        raise InspectorError(
            "a journal on PostgreSQL needs its driver; install it with: pip install 'inspector-station[postgresql]'"
        ) from error


def prepare_server(connection: Connection, name: str) -> None:
    """Make the tables or bring them up to date, one station at a time.

    Raises
    ------
    InspectorError
        If the tables are of a newer version.
    """
    connection.exec_driver_sql(_LOCK)
    bring_up_to_date(connection, name)
    SHARED.create_all(connection)


def register(connection: Connection) -> int:
    """Enter this station; returns its number."""
    row = insert(stations).values(name=node(), time=datetime.now(UTC)).returning(stations.c.number)
    return int(connection.execute(row).scalar_one())


def is_registered(connection: Connection, number: int) -> bool:
    """Whether a station of that number was entered."""
    return connection.scalar(select(stations.c.number).where(stations.c.number == number)) is not None


def receive(connection: Connection, parcel: Parcel) -> None:
    """Store what a station sends; what is there already, after a delivery of unknown end, stays as it is."""
    for table, rows in parcel.rows.items():
        connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)
    if parcel.files:
        files = [{"path": name, "data": data} for name, data in parcel.files.items()]
        connection.execute(postgresql.insert(pictures).on_conflict_do_nothing(), files)


class PictureTable:
    """Pictures as rows of a table."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine, self._name = engine, name

    def load(self, name: str) -> bytes:
        """A picture's bytes.

        Raises
        ------
        InspectorError
            If it is missing, or the server out of reach.
        """
        with server_words(self._name), self._engine.connect() as connection:
            data = connection.scalar(select(pictures.c.data).where(pictures.c.path == name))
        if data is None:
            raise InspectorError(f"{self._name} has no picture {name}; restore it from a backup")
        return bytes(data)
