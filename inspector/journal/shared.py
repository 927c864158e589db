"""A journal on a server that several stations share: each writes on its own disk first, and catches up."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection

from inspector.errors import InspectorError
from inspector.journal.audit import Change
from inspector.journal.entry import Entry
from inspector.journal.log import Pictures
from inspector.journal.pictures import PictureFolder
from inspector.journal.server import (
    PictureTable,
    ServerAway,
    is_registered,
    prepare_server,
    receive,
    register,
    server_engine,
    server_words,
)
from inspector.journal.shipping import Shipper
from inspector.journal.spool import Parcel, Spool
from inspector.journal.store import Journal
from inspector.parts import PartVerdict
from inspector.paths import spools
from inspector.recipe import Recipe
from inspector.types import Inspection, Unreadable


class SharedJournal(Journal):
    """What a station adds is durable in its spool at once, and on the server as soon as that can be reached.

    The line never waits for the server. Reading and reviewing need it, but for what still is in the spool.

    Parameters
    ----------
    url : URL
        Of a PostgreSQL database.

    Raises
    ------
    InspectorError
        If the spool can't be opened; if the server refuses this user or has newer tables; if it can't be reached and
        never was, for it gives a station its number.
    """

    def __init__(self, url: URL) -> None:
        shown = url.set(drivername="postgresql").render_as_string(hide_password=True)
        name = f"journal {shown}"
        self._server = server_engine(url)
        self._prepared = False
        try:
            self._spool = self._open_spool(spools(), _key(url), name)
        except Exception:
            self._server.dispose()
            raise
        self.station = self._spool.station
        stored = _SpoolFirst(PictureFolder(self._spool.folder), PictureTable(self._server, name))
        # What one call asks in several queries is of one state, as it is in a file; writing sees the newest.
        snapshots = self._server.execution_options(isolation_level="REPEATABLE READ")
        super().__init__(snapshots, name, stored, lambda: server_words(name))
        self._shipper = Shipper(self._spool, self._deliver)

    def close(self) -> None:
        """Send what waits, if the server is there, and end; what it does not get now it gets after the next start."""
        self._shipper.close()
        self._spool.close()
        self._server.dispose()

    def add(self, inspection: Inspection, recipe: Recipe, source: str) -> int:
        entry_id = self._spool.add(inspection, recipe, source)
        self._shipper.wake()
        return entry_id

    def add_unreadable(self, unreadable: Unreadable, source: str) -> int:
        entry_id = self._spool.add_unreadable(unreadable, source)
        self._shipper.wake()
        return entry_id

    def add_part(self, part: PartVerdict, source: str) -> None:
        self._spool.add_part(part, source)
        self._shipper.wake()

    def add_event(self, kind: str, text: str) -> None:
        self._spool.add_event(kind, text)
        self._shipper.wake()

    def add_change(self, change: Change) -> None:
        self._spool.add_change(change)
        self._shipper.wake()

    def make_room(self) -> str:
        return self._spool.make_room() or self._shipper.trouble

    def recipe(self, digest: str) -> Recipe:
        try:
            return self._spool.recipe(digest)
        except InspectorError:
            return super().recipe(digest)

    def _page(self, ids: Sequence[int]) -> dict[int, Entry]:
        """From the server, which has the reviews, and what has not arrived there from the spool."""
        try:
            found = super()._page(ids)
        except ServerAway:
            found = self._spool._page(ids)
            if len(found) < len(ids):
                raise
            return found
        return {**self._spool._page([entry_id for entry_id in ids if entry_id not in found]), **found}

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """On the server, where an inspection has to be before people say something of it."""
        with self._in_words(), self._server.begin() as connection:
            yield connection

    def _deliver(self, parcel: Parcel) -> None:
        with self._write() as connection:
            if not self._prepared:
                prepare_server(connection, self.name)
            receive(connection, parcel)
        self._prepared = True

    def _open_spool(self, folder: Path, key: str, name: str) -> Spool:
        """The spool of this server, whose file is named by the station's number."""
        known = next(iter(sorted(folder.glob(f"{key}-*.db"))), None)
        number = int(known.stem.rpartition("-")[2]) if known else None
        try:
            with server_words(name), self._server.begin() as connection:
                prepare_server(connection, name)
                if number is None:
                    number = register(connection)
                elif not is_registered(connection, number):
                    raise InspectorError(
                        f"{name} does not know this station, number {number}: it is not the one that {known} "
                        "waits for; move that file away to enter the station anew"
                    )
            self._prepared = True
        except ServerAway as error:
            if number is None:
                raise InspectorError(f"{error}; a station's first start needs it") from error
        return Spool(folder / f"{key}-{number}.db", number)


class _SpoolFirst:
    """A picture from the spool while it is there, else from the server."""

    def __init__(self, spool: PictureFolder, server: Pictures) -> None:
        self._spool, self._server = spool, server

    def load(self, name: str) -> bytes:
        try:
            return self._spool.load(name)
        except InspectorError:
            return self._server.load(name)


def _key(url: URL) -> str:
    """What the spools of a database are named by."""
    place = f"{url.host}:{url.port or 5432}/{url.database}"
    return hashlib.sha256(place.encode()).hexdigest()[:12]
