"""The journal: rows in a database, pictures in a folder beside it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, RowMapping, Table, func, insert, select

from inspector.errors import InspectorError
from inspector.files import sync_folder
from inspector.journal import pictures, schema
from inspector.journal.database import database_path, in_words, make_engine, prepare
from inspector.journal.entry import Entry, Event, Review, UnreadableEntry
from inspector.journal.query import EntryFilter, conditions
from inspector.journal.rows import (
    Picture,
    inspection_row,
    picture_paths,
    read_entry,
    read_reviews,
    read_unreadable,
)
from inspector.parts import PartVerdict
from inspector.recipe import Recipe
from inspector.record import unreadable_record
from inspector.types import Inspection, Levels, Pixels, Unreadable, Verdict

ALL = EntryFilter()
_PAGE = 500


class Journal:
    """The durable log of every inspection, its reviews and its events.

    One thread adds while others read and review. What a method has added is on disk when it returns. Every method
    raises `InspectorError` if the journal is locked, write-protected, damaged, or its disk full; then it has
    added nothing.

    Attributes
    ----------
    folder : Path
        Where the pictures lie: beside the database file, of the same name without its suffix.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self.folder = path.with_suffix("") if path.suffix else path.with_name(f"{path.name}-pictures")
        self._path = path
        self._engine = engine
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")

    @classmethod
    def open(cls, url: str, create: bool = True) -> "Journal":
        """Open a journal, and remove what a killed process may have left of its last entry.

        Parameters
        ----------
        url : str
            SQLAlchemy URL of a SQLite file.
        create : bool
            Make the journal if it is not there.

        Raises
        ------
        InspectorError
            If it can't be opened for writing, is no journal, or was written by a newer version.
        """
        parsed, path = database_path(url)
        if not create and not path.exists():
            raise InspectorError(f"there is no journal at {path}; name one with --journal sqlite:///PATH")
        engine = make_engine(parsed)
        journal = cls(engine, path)
        try:
            with in_words(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                prepare(journal._writer, path, journal.folder)
                journal.folder.mkdir(exist_ok=True)
                sync_folder(path.parent)
                journal._remove_leftovers()
        except Exception:
            engine.dispose()
            raise
        return journal

    def close(self) -> None:
        """Close the database; the journal can't be used any more."""
        self._engine.dispose()

    def add(self, inspection: Inspection, recipe: Recipe, source: str) -> int:
        """Store an inspection with its frame and map; returns its id once all of it is on disk."""
        if recipe.digest != inspection.recipe:
            raise ValueError("the inspection was not judged under this recipe")
        frame, measurement = inspection.frame, inspection.measurement
        frame_png, map_png = pictures.encode(frame.pixels), pictures.encode(measurement.levels)
        with self._write() as connection:
            entry_id, time = _next_id(connection), datetime.now(UTC)
            frame_path, map_path = picture_paths(f"{time:%Y-%m-%d}", entry_id)
            if not _has(connection, schema.recipes.c.digest, recipe.digest):
                connection.execute(insert(schema.recipes).values(digest=recipe.digest, toml=recipe.to_toml()))
            row = inspection_row(
                entry_id,
                time,
                inspection,
                source,
                Picture(frame_path, pictures.digest(frame_png)),
                Picture(map_path, pictures.digest(map_png)),
            )
            connection.execute(insert(schema.inspections).values(row))
            for kind in sorted({region.kind for region in inspection.regions}):
                connection.execute(insert(schema.inspection_kinds).values(inspection_id=entry_id, kind=kind))
            # The files come last before the commit, so that an error in a row leaves none behind. Those of a failed
            # commit stay: SQLite may yet find the row complete after a crash. Else the next entry or the next
            # opening replaces or removes them, for they bear the next id.
            pictures.store(self.folder, {frame_path: frame_png, map_path: map_png})
        return entry_id

    def add_unreadable(self, unreadable: Unreadable, source: str) -> int:
        """Store that a frame could not be read; its id comes from the same count as the inspections'."""
        with self._write() as connection:
            entry_id = _next_id(connection)
            row = {**unreadable_record(unreadable), "id": entry_id, "time": datetime.now(UTC), "source": source}
            connection.execute(insert(schema.unreadable).values(row))
        return entry_id

    def add_part(self, part: PartVerdict, source: str) -> None:
        """Store the verdict of a part of several frames."""
        row = {**asdict(part), "verdict": part.verdict.value, "time": datetime.now(UTC), "source": source}
        with self._write() as connection:
            connection.execute(insert(schema.parts).values(row))

    def add_event(self, kind: str, text: str) -> None:
        """Store that something happened."""
        with self._write() as connection:
            connection.execute(insert(schema.events).values(time=datetime.now(UTC), kind=kind, text=text))

    def add_review(self, entry_id: int, verdict: Verdict, reviewer: str, reason: str) -> None:
        """Append a person's decision to an inspection; what was there before stays."""
        review = Review(datetime.now(UTC), reviewer, verdict, reason)
        with self._write() as connection:
            if not _has(connection, schema.inspections.c.id, entry_id):
                raise self._no_entry(entry_id)
            connection.execute(insert(schema.reviews).values(inspection_id=entry_id, **asdict(review)))

    def ids(self, filter: EntryFilter = ALL, limit: int | None = None, offset: int = 0) -> list[int]:
        """Ids of the inspections that match, newest first."""
        query = select(schema.inspections.c.id).where(*conditions(filter)).order_by(schema.inspections.c.id.desc())
        with self._read() as connection:
            return list(connection.scalars(query.limit(limit).offset(offset)))

    def read(self, ids: Sequence[int]) -> Iterator[Entry]:
        """The inspections of these ids, in their order, read from the database a page at a time.

        Raises
        ------
        KeyError
            If the journal has no inspection of one of these ids.
        """
        for start in range(0, len(ids), _PAGE):
            page = ids[start : start + _PAGE]
            inspections = select(schema.inspections).where(schema.inspections.c.id.in_(page))
            columns = schema.reviews.c
            reviews = select(schema.reviews).where(columns.inspection_id.in_(page))
            with self._read() as connection:
                ordered = connection.execute(reviews.order_by(columns.inspection_id, columns.id)).mappings()
                reviewed = read_reviews(ordered)
                rows = connection.execute(inspections).mappings()
                entries = {row["id"]: read_entry(row, reviewed.get(row["id"], ())) for row in rows}
            yield from (entries[entry_id] for entry_id in page)

    def entries(self, filter: EntryFilter = ALL, limit: int | None = 200, offset: int = 0) -> list[Entry]:
        """The inspections that match, newest first."""
        return list(self.read(self.ids(filter, limit, offset)))

    def entry(self, entry_id: int) -> Entry:
        """One inspection.

        Raises
        ------
        InspectorError
            If the journal has none of that id.
        """
        try:
            return next(self.read([entry_id]))
        except KeyError:
            raise self._no_entry(entry_id) from None

    def counts(self, filter: EntryFilter = ALL) -> dict[Verdict, int]:
        """How many of the inspections that match have each verdict, as judged by the program."""
        verdict = schema.inspections.c.verdict
        query = select(verdict, func.count()).where(*conditions(filter)).group_by(verdict)
        with self._read() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {verdict: found.get(verdict.value, 0) for verdict in Verdict}

    def kinds(self) -> list[str]:
        """All kinds of defects that were ever found, sorted."""
        kind = schema.inspection_kinds.c.kind
        with self._read() as connection:
            return list(connection.scalars(select(kind).distinct().order_by(kind)))

    def unreadable(self, since: datetime | None = None, until: datetime | None = None) -> list[UnreadableEntry]:
        """Frames that could not be read, newest first; from `since` on and before `until`."""
        return [read_unreadable(row) for row in self._newest(schema.unreadable, since, until)]

    def parts(self, since: datetime | None = None, until: datetime | None = None) -> list[PartVerdict]:
        """Parts of several frames, newest first; from `since` on and before `until`."""
        return [
            PartVerdict(row["part"], Verdict(row["verdict"]), row["reason"], row["frames"], row["views"])
            for row in self._newest(schema.parts, since, until)
        ]

    def events(self, since: datetime | None = None, until: datetime | None = None) -> list[Event]:
        """What happened, newest first; from `since` on and before `until`."""
        return [Event(row["time"], row["kind"], row["text"]) for row in self._newest(schema.events, since, until)]

    def pixels(self, entry: Entry) -> Pixels:
        """The frame, uint8 (H, W) or (H, W, 3) RGB.

        Raises
        ------
        InspectorError
            If its file is missing or damaged.
        """
        return pictures.load(self.folder / entry.frame_path, entry.frame_sha256)

    def levels(self, entry: Entry) -> Levels:
        """The severity map, uint8 (ceil(H / cell), ceil(W / cell)).

        Raises
        ------
        InspectorError
            If its file is missing or damaged.
        """
        return pictures.load(self.folder / entry.map_path, entry.map_sha256)

    def recipe(self, digest: str) -> Recipe:
        """The recipe of that digest.

        Raises
        ------
        InspectorError
            If nothing was judged under it.
        """
        with self._read() as connection:
            toml = connection.scalar(select(schema.recipes.c.toml).where(schema.recipes.c.digest == digest))
        if toml is None:
            raise InspectorError(f"journal {self._path} has no recipe {digest}")
        return Recipe.from_toml(toml, f"{digest[:12]} of journal {self._path}")

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with in_words(self._path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with in_words(self._path), self._writer.begin() as connection:
            yield connection

    def _newest(self, table: Table, since: datetime | None, until: datetime | None) -> Sequence[RowMapping]:
        query = select(table).order_by(table.c.id.desc())
        if since is not None:
            query = query.where(table.c.time >= since)
        if until is not None:
            query = query.where(table.c.time < until)
        with self._read() as connection:
            return connection.execute(query).mappings().all()

    def _remove_leftovers(self) -> None:
        """Remove pictures whose row was never committed.

        An entry's id is one more than the last row's, and its pictures are written under the lock of its row. So
        under that lock only the next id can have any, in whichever day's folder.
        """
        with self._write() as connection:
            next_id = _next_id(connection)
            for day in (path for path in self.folder.iterdir() if path.is_dir()):
                for name in picture_paths(day.name, next_id):
                    pictures.remove(self.folder / name)

    def _no_entry(self, entry_id: int) -> InspectorError:
        return InspectorError(f"journal {self._path} has no inspection {entry_id}")


def _has(connection: Connection, column: Column[Any], value: int | str) -> bool:
    return connection.scalar(select(column).where(column == value)) is not None


def _next_id(connection: Connection) -> int:
    last = (connection.scalar(select(func.max(table.c.id))) or 0 for table in (schema.inspections, schema.unreadable))
    return max(last) + 1
