"""Between inspections, rows of the tables, and entries."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import RowMapping

from inspector.journal.entry import Entry, Review, UnreadableEntry
from inspector.journal.pictures import digest
from inspector.parts import PartVerdict
from inspector.record import inspection_record, region_record
from inspector.types import Inspection, Verdict

RECORD = (
    *("index", "name", "part", "verdict", "reasons", "threshold", "cell", "max_severity"),
    *("regions", "suppressed", "milliseconds"),
)
"""Columns that are the keys of a line of results.jsonl, in its order."""


class Picture(NamedTuple):
    """A picture that is stored: path relative to the journal's folder, and its bytes."""

    path: str
    data: bytes


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
        "frame_sha256": digest(frame.data),
        "map_path": severity_map.path,
        "map_sha256": digest(severity_map.data),
        "picture_bytes": len(frame.data) + len(severity_map.data),
    }


def review_row(entry_id: int, verdict: Verdict, reviewer: str, reason: str, blind: bool) -> dict[str, Any]:
    """The row of a review that is given now."""
    return {"inspection_id": entry_id, **asdict(Review(datetime.now(UTC), reviewer, verdict, reason, blind))}


def read_entry(row: RowMapping, found: tuple[Review, ...]) -> Entry:
    """An inspection and its reviews."""
    rest: dict[str, Any] = {key: row[key] for key in row if key not in (*RECORD, "picture_bytes")}
    return Entry(record={key: row[key] for key in RECORD}, reviews=found, **rest)


def read_reviews(rows: Iterable[RowMapping]) -> dict[int, tuple[Review, ...]]:
    """Reviews by the inspection's id; the rows come in order of it."""
    groups = groupby(rows, lambda row: int(row["inspection_id"]))
    return {
        entry_id: tuple(
            Review(row["time"], row["reviewer"], Verdict(row["verdict"]), row["reason"], row["blind"]) for row in group
        )
        for entry_id, group in groups
    }


def part_row(part: PartVerdict) -> dict[str, Any]:
    """The row of a part, but for its id, time and source."""
    return {**asdict(part), "verdict": part.verdict.value, "replaces": part.replaces and part.replaces.value}


def read_part(row: RowMapping) -> PartVerdict:
    """A part of several frames."""
    before = row["replaces"] and Verdict(row["replaces"])
    return PartVerdict(row["part"], Verdict(row["verdict"]), row["reason"], row["frames"], row["views"], before)


def read_unreadable(row: RowMapping) -> UnreadableEntry:
    """A frame that could not be read."""
    record = {key: row[key] for key in ("index", "name", "error")}
    return UnreadableEntry(row["id"], row["time"], row["source"], record)
