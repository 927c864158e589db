"""What a journal tells: everything in it can be read from any thread, and nothing here writes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Engine, RowMapping, Table, func, select

from inspector.errors import InspectorError
from inspector.journal import pictures, schema
from inspector.journal.audit import AuditEntry, Change
from inspector.journal.entry import Entry, Event, UnreadableEntry
from inspector.journal.query import EntryFilter, conditions
from inspector.journal.rows import read_entry, read_reviews, read_unreadable
from inspector.parts import PartVerdict
from inspector.recipe import Recipe
from inspector.types import Levels, Pixels, Verdict

ALL = EntryFilter()
_PAGE = 500


class Pictures(Protocol):
    """Where frames and maps lie."""

    def load(self, name: str) -> bytes:
        """A file's bytes."""
        ...


class Log:
    """A journal as it is read.

    Every method raises `InspectorError` if the journal is locked, damaged or out of reach.

    Parameters
    ----------
    engine : Engine
    name : str
        As it stands in errors: "journal" and where it is.
    stored : Pictures
    in_words : callable
        A context that turns what the database reports into `InspectorError`.
    """

    def __init__(
        self, engine: Engine, name: str, stored: Pictures, in_words: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self.name = name
        self._engine, self._stored, self._in_words = engine, stored, in_words

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
            entries = self._page(page)
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

    def parts(
        self, since: datetime | None = None, until: datetime | None = None, station: int | None = None
    ) -> list[PartVerdict]:
        """Parts of several frames, newest first; from `since` on and before `until`, of all stations or of one."""
        return [
            PartVerdict(row["part"], Verdict(row["verdict"]), row["reason"], row["frames"], row["views"])
            for row in self._newest(schema.parts, since, until)
            if station in (None, row["id"] // schema.STATION_IDS)
        ]

    def events(self, since: datetime | None = None, until: datetime | None = None) -> list[Event]:
        """What happened, newest first; from `since` on and before `until`."""
        return [Event(row["time"], row["kind"], row["text"]) for row in self._newest(schema.events, since, until)]

    def audit(self, since: datetime | None = None, until: datetime | None = None) -> list[AuditEntry]:
        """What was changed of what judges parts, newest first; from `since` on and before `until`."""
        return [
            AuditEntry(
                row["id"],
                row["time"],
                Change(row["who"], row["what"], row["old"], row["new"], row["why"]),
                row["digest"],
            )
            for row in self._newest(schema.audit, since, until)
        ]

    def pixels(self, entry: Entry) -> Pixels:
        """The frame, uint8 (H, W) or (H, W, 3) RGB.

        Raises
        ------
        InspectorError
            If it was removed to make room, is missing or damaged.
        """
        return self._picture(entry, entry.frame_path, entry.frame_sha256)

    def levels(self, entry: Entry) -> Levels:
        """The severity map, uint8 (ceil(H / cell), ceil(W / cell)).

        Raises
        ------
        InspectorError
            If it was removed to make room, is missing or damaged.
        """
        return self._picture(entry, entry.map_path, entry.map_sha256)

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
            raise InspectorError(f"{self.name} has no recipe {digest}")
        return Recipe.from_toml(toml, f"{digest[:12]} of {self.name}")

    def damage(self) -> list[str]:
        """What the database itself finds broken; a server looks after its own."""
        with self._read() as connection:
            if connection.dialect.name != "sqlite":
                return []
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        return [text for text in found if text != "ok"]

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._in_words(), self._engine.begin() as connection:
            yield connection

    def _page(self, ids: Sequence[int]) -> dict[int, Entry]:
        """Those of these inspections that are there."""
        gone = schema.removed.c
        inspections = (
            select(schema.inspections, gone.time.label("pictures_removed"))
            .outerjoin(schema.removed, gone.inspection_id == schema.inspections.c.id)
            .where(schema.inspections.c.id.in_(ids))
        )
        columns = schema.reviews.c
        reviews = select(schema.reviews).where(columns.inspection_id.in_(ids))
        with self._read() as connection:
            reviewed = read_reviews(connection.execute(reviews.order_by(columns.inspection_id, columns.id)).mappings())
            rows = connection.execute(inspections).mappings()
            return {row["id"]: read_entry(row, reviewed.get(row["id"], ())) for row in rows}

    def _picture(self, entry: Entry, name: str, sha256: str) -> Pixels:
        if entry.pictures_removed is not None:
            raise InspectorError(
                f"the pictures of inspection {entry.id} were removed on {entry.pictures_removed:%Y-%m-%d} "
                "to make room; its verdict and regions are kept"
            )
        return pictures.decode(self._stored.load(name), sha256, f"{name} of {self.name}")

    def _newest(self, table: Table, since: datetime | None, until: datetime | None) -> Sequence[RowMapping]:
        query = select(table).order_by(table.c.id.desc())
        if since is not None:
            query = query.where(table.c.time >= since)
        if until is not None:
            query = query.where(table.c.time < until)
        with self._read() as connection:
            return connection.execute(query).mappings().all()

    def _no_entry(self, entry_id: int) -> InspectorError:
        return InspectorError(f"{self.name} has no inspection {entry_id}")
