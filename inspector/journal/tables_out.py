"""Inspections as tables for other programs: results.jsonl and entries.csv."""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inspector.errors import InspectorError
from inspector.journal.entry import Entry, UnreadableEntry

_COLUMNS = (
    *("id", "time", "source", "index", "name", "part", "verdict", "reasons", "kinds", "regions", "threshold"),
    *("max_severity", "recipe", "model", "final_verdict", "reviewer", "review_reason", "error"),
)


def write_tables(entries: Iterable[Entry | UnreadableEntry], out: Path) -> None:
    """Write results.jsonl and entries.csv into a folder, which is made if it is missing.

    Raises
    ------
    InspectorError
        If they can't be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (
            (out / "results.jsonl").open("w", encoding="utf-8") as lines,
            (out / "entries.csv").open("w", encoding="utf-8", newline="") as table,
        ):
            writer = csv.DictWriter(table, _COLUMNS, restval="", extrasaction="ignore")
            writer.writeheader()
            for entry in entries:
                lines.write(json.dumps(entry_record(entry)) + "\n")
                writer.writerow(_row(entry))
    except OSError as error:
        raise InspectorError(f"{out} can't be written ({error.strerror}); choose another folder") from error


def entry_record(entry: Entry | UnreadableEntry) -> dict[str, Any]:
    """The line of results.jsonl, and what the journal knows besides."""
    record = {**entry.record, "id": entry.id, "time": entry.time.isoformat(), "source": entry.source}
    if isinstance(entry, Entry):
        reviews = [{**asdict(review), "time": review.time.isoformat()} for review in entry.reviews]
        record |= {"too_small": entry.too_small, "recipe": entry.recipe, "model": entry.model, "reviews": reviews}
    return record


def _row(entry: Entry | UnreadableEntry) -> dict[str, Any]:
    """A row of entries.csv: the scalars of the record, lists as text, and the review that decides."""
    row = entry_record(entry)
    if isinstance(entry, Entry):
        row |= {"reasons": "; ".join(row["reasons"]), "kinds": ", ".join(entry.kinds), "regions": len(row["regions"])}
        if last := entry.decision:
            row |= {"final_verdict": last.verdict, "reviewer": last.reviewer, "review_reason": last.reason}
    return row
