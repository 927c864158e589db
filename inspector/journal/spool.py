"""What a station has judged and a shared journal does not have yet: a journal of its own that empties by itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Table, delete, func, select

from inspector.journal import schema
from inspector.journal.file_journal import FileJournal

_ROWS = 50
_BYTES = 64 * 10**6
_COUNTED = (schema.inspections, schema.unreadable, schema.parts, schema.events, schema.audit)


class Parcel(NamedTuple):
    """Some of what waits, oldest first.

    Attributes
    ----------
    rows : mapping of Table to rows
        In the order in which the tables need each other.
    files : mapping of str to bytes
        The pictures of its inspections.
    """

    rows: Mapping[Table, Sequence[Mapping[str, Any]]]
    files: Mapping[str, bytes]


class Spool(FileJournal):
    """A journal whose entries go elsewhere; the newest row of each table stays, so that ids count on.

    Parameters
    ----------
    path : Path
    station : int
        The station's number in the shared journal.
    """

    def __init__(self, path: Path, station: int) -> None:
        super().__init__(URL.create("sqlite", database=str(path)), station=station)
        self._sent = dict.fromkeys(_COUNTED, 0)
        self._sweep()

    def oldest(self) -> Parcel | None:
        """What is to be sent next; None if nothing waits."""
        with self._read() as connection:
            rows = {table: self._unsent(connection, table) for table in _COUNTED}
            own = rows[schema.inspections] = _within_bytes(rows[schema.inspections])
            columns = schema.inspection_kinds.c
            kinds = select(schema.inspection_kinds).where(columns.inspection_id.in_([row["id"] for row in own]))
            recipes = select(schema.recipes).where(schema.recipes.c.digest.in_({row["recipe"] for row in own}))
            whole = {schema.recipes: _rows(connection, recipes), **rows}
            whole[schema.inspection_kinds] = _rows(connection, kinds)
        if not any(rows.values()):
            return None
        names = [row[column] for row in own for column in ("frame_path", "map_path")]
        files = {name: self._files.load(name) for name in names}
        return Parcel({table: found for table, found in whole.items() if found}, files)

    def forget(self, parcel: Parcel) -> None:
        """Remove what has arrived."""
        gone: list[str] = []
        with self._write() as connection:
            for table in _COUNTED:
                if not (sent := parcel.rows.get(table, ())):
                    continue
                self._sent[table] = sent[-1]["id"]
                newest = connection.scalar(select(func.max(table.c.id)))
                done = [row for row in sent if row["id"] != newest]
                ids = [row["id"] for row in done]
                if table is schema.inspections:
                    kinds = schema.inspection_kinds
                    connection.execute(delete(kinds).where(kinds.c.inspection_id.in_(ids)))
                    gone = [row[column] for row in done for column in ("frame_path", "map_path")]
                connection.execute(delete(table).where(table.c.id.in_(ids)))
        for name in gone:  # last: what a killed process leaves of them is swept up at the next opening
            self._files.remove(name)

    def _unsent(self, connection: Connection, table: Table) -> list[dict[str, Any]]:
        return _rows(connection, select(table).where(table.c.id > self._sent[table]).order_by(table.c.id).limit(_ROWS))

    def _sweep(self) -> None:
        """Remove pictures without a row."""
        columns = schema.inspections.c
        with self._write() as connection:
            kept = {name for row in connection.execute(select(columns.frame_path, columns.map_path)) for name in row}
            for file in self.folder.glob("*/*"):
                if (name := file.relative_to(self.folder).as_posix()) not in kept:
                    self._files.remove(name)


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _within_bytes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first rows, as many as have pictures of so many bytes; one at least."""
    total = 0
    for count, row in enumerate(rows):
        total += row["picture_bytes"]
        if total > _BYTES and count:
            return rows[:count]
    return rows
