"""The journal: inspections a second that are durable, and how long the slowest commits take."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from postgres import Server, programs

from inspector.journal import pictures
from inspector.journal.pictures import PictureFolder
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.simulation.part import simulate_part
from inspector.types import Frame, Inspection

DIFFERENT = 40
"""Demo parts that are inspected once and then added again and again."""

WARM_UP = 10

Row = dict[str, Any]


def measure_journal(model: Model, recipe: Recipe, count: int) -> Iterator[Row]:
    """Rows of the bare files, of a journal in a file, and of one on a PostgreSQL server.

    ``ms`` are of `add`, which returns when an inspection is durable here; encoding two PNGs is part of it. The baseline
    writes and syncs the same two files without any database.
    """
    inspections = [_inspected(seed, model, recipe) for seed in range(DIFFERENT)]
    with tempfile.TemporaryDirectory() as folder:
        files = PictureFolder(Path(folder) / "bare")
        files.folder.mkdir()
        yield _row("two PNG files, synced", _each(inspections, count, lambda one, n: _store(files, one, n)))
        with closing(Journal.open(f"sqlite:///{folder}/journal.db")) as journal:
            yield _row("SQLite", _each(inspections, count, lambda one, n: journal.add(one, recipe, "bench")))
        if programs() is None:
            return
        with _server(Path(folder)) as url, closing(Journal.open(url)) as journal:
            began = time.perf_counter()
            yield _row(
                "PostgreSQL: on this disk", _each(inspections, count, lambda one, n: journal.add(one, recipe, "b"))
            )
            while _arrived(url) < count + WARM_UP:
                time.sleep(0.01)
            seconds = time.perf_counter() - began
            yield {"what": "PostgreSQL: on the server", "per second": (count + WARM_UP) / seconds}


def _inspected(seed: int, model: Model, recipe: Recipe) -> Inspection:
    frame = Frame(simulate_part(1, seed).pixels, seed, f"{seed}.png", str(seed), datetime.now(UTC))
    return judge(measure(frame, model), recipe)


def _store(files: PictureFolder, one: Inspection, number: int) -> None:
    frame, severities = pictures.encode(one.frame.pixels), pictures.encode(one.measurement.levels)
    files.store({f"day/{number}-frame.png": frame, f"day/{number}-map.png": severities})


def _each(inspections: list[Inspection], count: int, add: Callable[[Inspection, int], object]) -> list[float]:
    """Seconds of each call after the warm-up."""
    seconds = []
    for number in range(WARM_UP + count):
        began = time.perf_counter()
        add(inspections[number % len(inspections)], number)
        seconds.append(time.perf_counter() - began)
    return seconds[WARM_UP:]


def _row(what: str, seconds: list[float]) -> Row:
    p50, p99 = np.percentile(seconds, [50, 99]) * 1000
    return {"what": what, "per second": len(seconds) / sum(seconds), "p50 ms": p50, "p99 ms": p99}


def _arrived(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM inspections").fetchone()
    return row[0] if row else 0


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    found = programs()
    assert found is not None
    os.environ["XDG_DATA_HOME"] = str(folder / "data")  # so that the spool is the benchmark's own
    folder.chmod(0o755)  # the server may run as another user
    server = Server(folder / "server", found)
    try:
        yield server.new_database("bench")
    finally:
        server.stop()
