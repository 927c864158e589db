"""What a journal tells: everything in it can be read from any thread, and nothing here writes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, Table, func, inspect, select

from inspector.errors import InspectorError
from inspector.journal import pictures, schema
from inspector.journal.audit import AuditEntry, Change
from inspector.journal.entry import Entry, Event, UnreadableEntry
from inspector.journal.masks import DrawnMask, read_mask
from inspector.journal.query import EntryFilter, Order, behind, conditions, final_verdict, group_of, groups, sorting
from inspector.journal.rows import read_entry, read_part, read_reviews, read_unreadable
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
        self._indexed_texts: bool | None = None

    def ids(
        self, filter: EntryFilter = ALL, limit: int | None = None, offset: int = 0, order: Order = Order.NEWEST
    ) -> list[int]:
        """Ids of the inspections that match, sorted; `limit` of them after the first `offset`."""
        found: list[int] = []
        parts = groups(filter, order)
        with self._read() as connection:
            for part in parts:
                wanted = self._conditions(connection, part)
                if offset and len(parts) > 1 and offset >= (size := _count(connection, wanted)):
                    offset -= size
                    continue
                query = select(schema.inspections.c.id).where(*wanted).order_by(*sorting(order))
                left = None if limit is None else limit - len(found)
                found.extend(connection.scalars(query.limit(left).offset(offset)))
                offset = 0
        return found

    def following(self, entry: Entry, filter: EntryFilter = ALL, order: Order = Order.NEWEST) -> int | None:
        """The first inspection behind another one in a list; that one itself need not match."""
        parts = groups(filter, order)
        start = group_of(entry, parts)
        with self._read() as connection:
            for number, part in enumerate(parts[start:]):
                wanted = [*self._conditions(connection, part), *([] if number else [behind(entry, order)])]
                query = select(schema.inspections.c.id).where(*wanted).order_by(*sorting(order))
                if (found := connection.scalar(query.limit(1))) is not None:
                    return int(found)
        return None

    def count(self, filter: EntryFilter = ALL) -> int:
        """How many inspections match."""
        with self.reading(filter) as (connection, wanted):
            return _count(connection, wanted)

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

    def entries(
        self, filter: EntryFilter = ALL, limit: int | None = 200, offset: int = 0, order: Order = Order.NEWEST
    ) -> list[Entry]:
        """The inspections that match, sorted."""
        return list(self.read(self.ids(filter, limit, offset, order)))

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

    def counts(self, filter: EntryFilter = ALL, final: bool = False) -> dict[Verdict, int]:
        """How many of the inspections that match have each verdict: the program's, or the final one."""
        verdict = final_verdict() if final else schema.inspections.c.verdict
        with self.reading(filter) as (connection, wanted):
            query = select(verdict, func.count()).where(*wanted).group_by(verdict)
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {verdict: found.get(verdict.value, 0) for verdict in Verdict}

    def kinds(self) -> list[str]:
        """All kinds of defects that were ever found, sorted."""
        kind = schema.inspection_kinds.c.kind
        with self._read() as connection:
            return list(connection.scalars(select(kind).distinct().order_by(kind)))

    def sources(self) -> list[str]:
        """The names of all sources, sorted."""
        with self._read() as connection:
            return sorted(connection.scalars(select(schema.inspections.c.source).distinct()))

    def recipe_names(self) -> dict[str, tuple[str, ...]]:
        """The names of all recipes, sorted, with the digests of what had that name."""
        found: dict[str, tuple[str, ...]] = {}
        with self._read() as connection:
            for digest, toml in connection.execute(select(schema.recipes.c.digest, schema.recipes.c.toml)):
                name = Recipe.from_toml(toml, f"{digest[:12]} of {self.name}").name
                found[name] = (*found.get(name, ()), digest)
        return dict(sorted(found.items()))

    def unreadable(self, since: datetime | None = None, until: datetime | None = None) -> list[UnreadableEntry]:
        """Frames that could not be read, newest first; from `since` on and before `until`."""
        return [read_unreadable(row) for row in self._newest(schema.unreadable, since, until)]

    def parts(
        self, since: datetime | None = None, until: datetime | None = None, station: int | None = None
    ) -> list[PartVerdict]:
        """Parts of several frames, newest first; from `since` on and before `until`, of all stations or of one."""
        return [
            read_part(row)
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

    def masks(self, entry_id: int) -> list[DrawnMask]:
        """What people drew on an inspection, oldest first; the last one counts."""
        columns = schema.masks.c
        query = select(schema.masks).where(columns.inspection_id == entry_id).order_by(columns.id)
        with self._read() as connection:
            return [read_mask(row) for row in connection.execute(query).mappings()]

    def frame_shape(self, entry: Entry) -> tuple[int, int]:
        """Height and width of the frame in px, without decoding it.

        Raises
        ------
        InspectorError
            If it was removed to make room, is missing or no picture.
        """
        return pictures.shape(self._load(entry, entry.frame_path), f"{entry.frame_path} of {self.name}")

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
    def reading(self, filter: EntryFilter = ALL) -> Iterator[tuple[Connection, list[ColumnElement[bool]]]]:
        """A connection that sees one state of the journal, and the filter as conditions on the inspections."""
        with self._read() as connection:
            yield connection, self._conditions(connection, filter)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._in_words(), self._engine.begin() as connection:
            yield connection

    def _conditions(self, connection: Connection, filter: EntryFilter) -> list[ColumnElement[bool]]:
        if self._indexed_texts is None:
            self._indexed_texts = inspect(connection).has_table("texts")
        # Lists end now, so that they stay as they are; without a bound SQLite counts several times faster.
        if filter.until is not None and not _any_since(connection, filter.until):
            filter = replace(filter, until=None)
        return list(conditions(filter, self._indexed_texts))

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

    def _load(self, entry: Entry, name: str) -> bytes:
        if entry.pictures_removed is not None:
            raise InspectorError(
                f"the pictures of inspection {entry.id} were removed on {entry.pictures_removed:%Y-%m-%d} "
                "to make room; its verdict and regions are kept"
            )
        return self._stored.load(name)

    def _picture(self, entry: Entry, name: str, sha256: str) -> Pixels:
        return pictures.decode(self._load(entry, name), sha256, f"{name} of {self.name}")

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


def _count(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> int:
    return connection.scalar(select(func.count()).select_from(schema.inspections).where(*wanted)) or 0


def _any_since(connection: Connection, time: datetime) -> bool:
    later = select(schema.inspections.c.id).where(schema.inspections.c.time >= time)
    return connection.scalar(later.limit(1)) is not None
