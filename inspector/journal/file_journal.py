"""The journal of one station: rows in a SQLite file, pictures in a folder beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Table, func, insert, select

from inspector.errors import InspectorError
from inspector.files import sync_folder
from inspector.journal import pictures, schema
from inspector.journal.audit import START, Change, sealed
from inspector.journal.database import file_engine, in_words, prepare_file
from inspector.journal.pictures import PictureFolder
from inspector.journal.retention import Keeper, last_removed
from inspector.journal.rows import Picture, inspection_row, part_row, picture_paths
from inspector.journal.store import Journal
from inspector.parts import PartVerdict
from inspector.recipe import Recipe
from inspector.record import unreadable_record
from inspector.types import Inspection, Unreadable


class FileJournal(Journal):
    """A journal of this machine.

    Parameters
    ----------
    url : URL
        Of a SQLite file, with its absolute path; made if missing. What a killed process may have left of its last
        entry is removed.
    quota : float
        Bytes that its pictures may take; 0 leaves them all but what the disk needs.
    station : int
        0, or the number of a station whose entries are on their way to a journal that several share: ids count from
        there, and no picture is removed to make room.

    Attributes
    ----------
    folder : Path
        Where the pictures lie: beside the database file, of the same name without its suffix.

    Raises
    ------
    InspectorError
        If it can't be opened for writing, is no journal, or was written by a newer version.
    """

    def __init__(self, url: URL, quota: float = 0, station: int = 0) -> None:
        path = Path(str(url.database))
        self.folder = path.with_suffix("") if path.suffix else path.with_name(f"{path.name}-pictures")
        self.station, self._path = station, path
        self._files = PictureFolder(self.folder)
        engine = file_engine(url)
        super().__init__(engine, f"journal {path}", self._files, lambda: in_words(path))
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")
        self._keeper = Keeper(self._writer, self._files, self.name, quota, removes=not station)
        try:
            with in_words(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                prepare_file(self._writer, path, self.folder)
                self.folder.mkdir(exist_ok=True)
                sync_folder(path.parent)
                self._file = _identity(path)
                self._remove_leftovers()
        except Exception:
            engine.dispose()
            raise

    def close(self) -> None:
        self._engine.dispose()

    def add(self, inspection: Inspection, recipe: Recipe, source: str) -> int:
        if recipe.digest != inspection.recipe:
            raise ValueError("the inspection was not judged under this recipe")
        frame_png = pictures.encode(inspection.frame.pixels)
        map_png = pictures.encode(inspection.measurement.levels)
        with self._write() as connection:
            entry_id, time = self._next_entry(connection), datetime.now(UTC)
            frame_path, map_path = picture_paths(f"{time:%Y-%m-%d}", entry_id)
            known = select(schema.recipes.c.digest).where(schema.recipes.c.digest == recipe.digest)
            if connection.scalar(known) is None:
                connection.execute(insert(schema.recipes).values(digest=recipe.digest, toml=recipe.to_toml()))
            frame, severity_map = Picture(frame_path, frame_png), Picture(map_path, map_png)
            row = inspection_row(entry_id, time, inspection, source, frame, severity_map)
            connection.execute(insert(schema.inspections).values(row))
            for kind in sorted({region.kind for region in inspection.regions}):
                own = {"inspection_id": entry_id, "time": time, "kind": kind}
                connection.execute(insert(schema.inspection_kinds).values(own))
            # The files come last before the commit, so that an error in a row leaves none behind. Those of a failed
            # commit stay: SQLite may yet find the row complete after a crash. Else the next entry or the next
            # opening replaces or removes them, for they bear the next id.
            self._files.store({frame_path: frame_png, map_path: map_png})
        return entry_id

    def add_unreadable(self, unreadable: Unreadable, source: str) -> int:
        with self._write() as connection:
            entry_id = self._next_entry(connection)
            row = {**unreadable_record(unreadable), "id": entry_id, "time": datetime.now(UTC), "source": source}
            connection.execute(insert(schema.unreadable).values(row))
        return entry_id

    def add_part(self, part: PartVerdict, source: str) -> None:
        row = {**part_row(part), "time": datetime.now(UTC), "source": source}
        with self._write() as connection:
            connection.execute(insert(schema.parts).values(id=self._next_id(connection, schema.parts), **row))

    def add_event(self, kind: str, text: str) -> None:
        with self._write() as connection:
            row = {"id": self._next_id(connection, schema.events), "time": datetime.now(UTC)}
            connection.execute(insert(schema.events).values(kind=kind, text=text, **row))

    def add_change(self, change: Change) -> None:
        columns = schema.audit.c
        with self._write() as connection:
            entry_id, time = self._next_id(connection, schema.audit), datetime.now(UTC)
            before = connection.scalar(select(columns.digest).order_by(columns.id.desc()).limit(1)) or START
            row = {"id": entry_id, "time": time, "digest": sealed(before, entry_id, time, change), **asdict(change)}
            connection.execute(insert(schema.audit).values(row))

    def make_room(self) -> str:
        with self._in_words():
            room = self._keeper.make_room()
        if room.removed:
            self.add_event("room", f"pictures of {room.removed} inspections were removed to make room")
        return room.sentence

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._in_words(), self._writer.begin() as connection:
            yield connection
        if _identity(self._path) != self._file:  # SQLite would go on writing to a file that nobody finds again
            raise InspectorError(
                f"{self.name} was moved, replaced or deleted while it was open; put it back and start again"
            )

    def _next_id(self, connection: Connection, *tables: Table) -> int:
        last = [connection.scalar(select(func.max(table.c.id))) or 0 for table in tables]
        return max(*last, self.station * schema.STATION_IDS) + 1

    def _next_entry(self, connection: Connection) -> int:
        return self._next_id(connection, schema.inspections, schema.unreadable)

    def _remove_leftovers(self) -> None:
        """Remove pictures whose row was never committed, or that were about to be deleted.

        An entry's id is one more than the last row's, and its pictures are written under the lock of its row. So
        under that lock only the next id can have any, in whichever day's folder.
        """
        with self._write() as connection:
            next_id = self._next_entry(connection)
            for name in last_removed(connection):
                self._files.remove(name)
            for day in (path for path in self.folder.iterdir() if path.is_dir()):
                for name in picture_paths(day.name, next_id):
                    self._files.remove(name)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells one file from another of the same name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
