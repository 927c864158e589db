"""Inspections as tables for other programs: results.jsonl, and entries.csv or entries.parquet."""

import csv
import json
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector.errors import InspectorError
from inspector.journal.entry import Entry, UnreadableEntry

_TEXT, _WHOLE, _NUMBER, _TIME = "text", "whole", "number", "time"

_COLUMNS = {
    **{"id": _WHOLE, "time": _TIME, "source": _TEXT, "index": _WHOLE, "name": _TEXT, "part": _TEXT, "verdict": _TEXT},
    **{"reasons": _TEXT, "kinds": _TEXT, "regions": _WHOLE, "threshold": _NUMBER, "max_severity": _NUMBER},
    **{"recipe": _TEXT, "model": _TEXT, "final_verdict": _TEXT, "reviewer": _TEXT, "review_reason": _TEXT},
    "error": _TEXT,
}
"""Each column, and what is in it."""

_ROWS = 5000
"""Of a Parquet file that are held in memory before they are written."""

Write = Callable[[dict[str, Any]], None]


def write_tables(entries: Iterable[Entry | UnreadableEntry], out: Path, parquet: bool = False) -> None:
    """Write results.jsonl, and entries.csv or entries.parquet, into a folder, which is made if it is missing.

    Raises
    ------
    InspectorError
        If they can't be written, or a Parquet file is wanted and pyarrow is not installed.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (
            (_parquet if parquet else _csv)(out / table_name(parquet)) as write,
            (out / "results.jsonl").open("w", encoding="utf-8") as lines,
        ):
            for entry in entries:
                lines.write(json.dumps(entry_record(entry)) + "\n")
                write(_row(entry))
    except OSError as error:
        raise InspectorError(f"{out} can't be written ({error.strerror}); choose another folder") from error


def table_name(parquet: bool) -> str:
    """The file name of the table."""
    return "entries.parquet" if parquet else "entries.csv"


@contextmanager
def _csv(path: Path) -> Generator[Write, None, None]:
    with path.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, list(_COLUMNS), restval="", extrasaction="ignore")
        writer.writeheader()
        yield writer.writerow


@contextmanager
def _parquet(path: Path) -> Generator[Write, None, None]:
    try:
        import pyarrow as arrow
        from pyarrow.parquet import ParquetWriter
    except ImportError as error:
        raise InspectorError(
            f"{path.name} needs pyarrow, which is not installed; "
            "install inspector-station[parquet], or export a CSV table"
        ) from error
    types = {
        _TEXT: arrow.string(),
        _WHOLE: arrow.int64(),
        _NUMBER: arrow.float64(),
        _TIME: arrow.timestamp("us", "UTC"),
    }
    schema = arrow.schema([(name, types[kind]) for name, kind in _COLUMNS.items()])
    rows: list[dict[str, Any]] = []
    with path.open("wb") as file, ParquetWriter(file, schema) as table:

        def write(row: dict[str, Any]) -> None:
            rows.append(row | {"time": datetime.fromisoformat(row["time"])})
            if len(rows) == _ROWS:
                flush()

        def flush() -> None:
            table.write_batch(arrow.RecordBatch.from_pylist(rows, schema))
            rows.clear()

        yield write
        flush()


def entry_record(entry: Entry | UnreadableEntry) -> dict[str, Any]:
    """The line of results.jsonl, and what the journal knows besides."""
    record = {**entry.record, "id": entry.id, "time": entry.time.isoformat(), "source": entry.source}
    if isinstance(entry, Entry):
        reviews = [{**asdict(review), "time": review.time.isoformat()} for review in entry.reviews]
        record |= {"too_small": entry.too_small, "recipe": entry.recipe, "model": entry.model, "reviews": reviews}
    return record


def _row(entry: Entry | UnreadableEntry) -> dict[str, Any]:
    """A row of the table: the scalars of the record, lists as text, and the review that decides."""
    row = entry_record(entry)
    if isinstance(entry, Entry):
        row |= {"reasons": "; ".join(row["reasons"]), "kinds": ", ".join(entry.kinds), "regions": len(row["regions"])}
        if last := entry.decision:
            row |= {"final_verdict": last.verdict, "reviewer": last.reviewer, "review_reason": last.reason}
    return row
