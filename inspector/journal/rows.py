"""Between inspections, rows of the tables, and entries."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import RowMapping

from inspector.journal.entry import Entry, Review, UnreadableEntry
from inspector.record import inspection_record, region_record
from inspector.types import Inspection, Verdict

RECORD = (
    *("index", "name", "part", "verdict", "reasons", "threshold", "cell", "max_severity"),
    *("regions", "suppressed", "milliseconds"),
)
"""Columns that are the keys of a line of results.jsonl, in its order."""


class Picture(NamedTuple):
    """A stored file: path relative to the journal's folder, SHA-256 of its bytes."""

    path: str
    sha256: str


def picture_paths(day: str, entry_id: int) -> tuple[str, str]:
    """Where the frame and the map of an inspection lie."""
    return f"{day}/{entry_id:06d}-frame.png", f"{day}/{entry_id:06d}-map.png"


def inspection_row(
    entry_id: int, time: datetime, inspection: Inspection, source: str, frame: Picture, severity_map: Picture
) -> dict[str, Any]:
    """The row of an inspection."""
    return {
        **inspection_record(inspection),
        "id": entry_id,
        "time": time,
        "captured_at": inspection.frame.captured_at,
        "source": source,
        "recipe": inspection.recipe,
        "model": inspection.measurement.model,
        "too_small": [region_record(region) for region in inspection.too_small],
        "frame_path": frame.path,
        "frame_sha256": frame.sha256,
        "map_path": severity_map.path,
        "map_sha256": severity_map.sha256,
    }


def read_entry(row: RowMapping, found: tuple[Review, ...]) -> Entry:
    """An inspection and its reviews."""
    rest: dict[str, Any] = {key: row[key] for key in row if key not in RECORD}
    return Entry(record={key: row[key] for key in RECORD}, reviews=found, **rest)


def read_reviews(rows: Iterable[RowMapping]) -> dict[int, tuple[Review, ...]]:
    """Reviews by the inspection's id; the rows come in order of it."""
    groups = groupby(rows, lambda row: int(row["inspection_id"]))
    return {
        entry_id: tuple(Review(row["time"], row["reviewer"], Verdict(row["verdict"]), row["reason"]) for row in group)
        for entry_id, group in groups
    }


def read_unreadable(row: RowMapping) -> UnreadableEntry:
    """A frame that could not be read."""
    record = {key: row[key] for key in ("index", "name", "error")}
    return UnreadableEntry(row["id"], row["time"], row["source"], record)
