"""The tables of the journal, in SQLite and in PostgreSQL. Rows are added and never changed."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

VERSION = 6
"""Alembic's revision of these tables, whose name is a number; a higher one is refused. See `migrations/versions`."""

STATION_IDS = 10**10
"""Ids of a shared journal's station N lie above N times this, so that stations need not ask for them."""


def number_text(entry_id: int) -> str:
    """An inspection's number as people read it: ``60``, in a shared journal ``1-60`` for the 60th of station 1."""
    station, number = divmod(entry_id, STATION_IDS)
    return f"{station}-{number}" if station else str(number)


Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite's Integer is as long, and only it counts by itself


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, kept without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; the journal's times are UTC")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _column(name: str, kind: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, nullable=False, **options)


METADATA = MetaData()

version = Table("alembic_version", METADATA, Column("version_num", String(32), primary_key=True))

recipes = Table(
    "recipes",
    METADATA,
    Column("digest", Text, primary_key=True),
    _column("toml", Text),
)

inspections = Table(
    "inspections",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=False),  # shared with `unreadable`
    _column("time", UtcTime, index=True),  # when it was judged
    _column("captured_at", UtcTime),
    _column("source", Text),
    _column("recipe", Text),
    _column("model", Text),
    # From here to `milliseconds` the names are the keys of a line of results.jsonl.
    _column("index", Integer),
    _column("name", Text),
    _column("part", Text, index=True),
    _column("verdict", Text),
    _column("reasons", JSON),
    _column("threshold", Float),
    _column("cell", Integer),
    _column("max_severity", Float),
    _column("regions", JSON),
    _column("suppressed", JSON),
    _column("milliseconds", JSON),
    _column("too_small", JSON),
    # Paths are relative to the folder of pictures, with forward slashes; digests are of the files.
    _column("frame_path", Text),
    _column("frame_sha256", Text),
    _column("map_path", Text),
    _column("map_sha256", Text),
    Column("picture_bytes", Id),  # of both files; not known of inspections older than version 3
    Index("ix_inspections_verdict_time", "verdict", "time"),
    Index("ix_inspections_severity_time", "max_severity", "time"),
    Index("ix_inspections_verdict_severity_time", "verdict", "max_severity", "time"),
)
# All that a list is filtered by and charts are drawn of, so that no row has to be read. Not on a server: it refuses to
# index a very long text.
_LISTED = ("time", "verdict", "max_severity", "source", "recipe")
Index("ix_inspections_listed", *(inspections.c[name] for name in _LISTED)).ddl_if(dialect="sqlite")

inspection_kinds = Table(
    "inspection_kinds",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("time", UtcTime, primary_key=True),
    Column("inspection_id", ForeignKey(inspections.c.id), primary_key=True),
    sqlite_with_rowid=False,
)
"""The time is the inspection's, so that those of a kind in a shift lie side by side."""

unreadable = Table(
    "unreadable",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=False),
    _column("time", UtcTime, index=True),
    _column("source", Text),
    _column("index", Integer),
    _column("name", Text),
    _column("error", Text),
)

removed = Table(
    "removed",
    METADATA,
    Column("inspection_id", ForeignKey(inspections.c.id), primary_key=True),
    _column("time", UtcTime),
)
"""Inspections whose pictures were deleted to make room; their rows stay."""

reviews = Table(
    "reviews",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("inspection_id", ForeignKey(inspections.c.id), nullable=False),
    _column("time", UtcTime),
    _column("reviewer", Text),
    _column("verdict", Text),
    _column("reason", Text),
    _column("blind", Boolean, server_default=false()),
    Index("ix_reviews_inspection_id", "inspection_id"),
)

masks = Table(
    "masks",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("inspection_id", ForeignKey(inspections.c.id), nullable=False),
    _column("time", UtcTime),
    _column("reviewer", Text),
    _column("reason", Text),
    _column("classes", JSON),
    _column("png", LargeBinary),
    Index("ix_masks_inspection_id", "inspection_id"),
)
"""What people drew instead of what was found: class ids as a PNG. Small, and so among the rows on a server as well."""

events = Table(
    "events",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=False),
    _column("time", UtcTime, index=True),
    _column("kind", Text),
    _column("text", Text),
)

parts = Table(
    "parts",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=False),
    _column("time", UtcTime, index=True),  # when its last frame was judged
    _column("source", Text),
    _column("part", Text, index=True),
    _column("verdict", Text, index=True),
    _column("reason", Text),
    _column("frames", Integer),
    _column("views", Integer),
    Column("replaces", Text),  # the verdict that the part had before, where a frame came late
)
"""The verdicts of parts of several frames."""

audit = Table(
    "audit",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=False),
    _column("time", UtcTime, index=True),
    _column("who", Text),
    _column("what", Text),
    _column("old", Text),
    _column("new", Text),
    _column("why", Text),
    _column("digest", Text),
)
"""Changes of what judges parts; each row's digest is of the row and of the digest before it (see `audit`)."""

SHARED = MetaData()
"""What only a journal on a server has."""

stations = Table(
    "stations",
    SHARED,
    Column("number", Integer, primary_key=True),
    _column("name", Text),
    _column("time", UtcTime),
)

pictures = Table(
    "pictures",
    SHARED,
    Column("path", Text, primary_key=True),
    _column("data", LargeBinary),
)
"""Frames and maps under the paths that inspections name; a journal in a file has them in its folder."""
