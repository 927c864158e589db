"""A journal as large as months make it, quickly: some inspections of the demo line, and copies of their rows."""

import argparse
import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from inspector.journal.query import EntryFilter, Order
from inspector.journal.replay import rejudge
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.paths import find_model, find_recipe
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.simulation.part import simulate_part
from inspector.types import Frame, Verdict

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
APART = timedelta(seconds=1)
SOURCES = ("gige:GV01", "gige:GV02")
ACCEPTED = 0.9
"""Share of the copies; the demo line itself makes far more rejects."""
REVIEWED = 0.3
"""Share of the others."""
PAGE = 100
_AT_ONCE = 20_000

Row = dict[str, Any]


def make_journal(path: Path, model: Model, recipe: Recipe, parts: int, count: int, drift: float) -> None:
    """A journal of `parts` inspections and their copies, `count` in all, one a second."""
    recipes = (recipe, recipe.with_threshold(recipe.threshold - 0.2))
    with closing(Journal.open(f"sqlite:///{path}")) as journal:
        for seed in range(parts):
            frame = Frame(simulate_part(1, seed).pixels, seed, f"part-{seed}.png", f"part-{seed}", FIRST)
            journal.add(judge(measure(frame, model), recipes[seed % 2]), recipes[seed % 2], SOURCES[seed % 2])
    multiply(path, count, drift)


def multiply(path: Path, count: int, drift: float) -> None:
    """Copy the rows of a journal until it has `count` inspections; copies share their pictures.

    Where `drift` is not 0, severities of accepted copies vary and rise by so much; then they are not those of the maps.
    """
    with closing(sqlite3.connect(path)) as file:
        file.row_factory = sqlite3.Row
        file.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-500000")
        first = [dict(row) for row in file.execute("SELECT * FROM inspections ORDER BY id")]
        kinds = defaultdict(list)
        for row in file.execute("SELECT * FROM inspection_kinds"):
            kinds[row["inspection_id"]].append(dict(row))
        for row in first:
            moved = _moved(row, row["id"])
            file.execute("UPDATE inspections SET time=? WHERE id=?", (moved["time"], row["id"]))
            file.execute("UPDATE inspection_kinds SET time=? WHERE inspection_id=?", (moved["time"], row["id"]))
        copies = _copies(first, range(len(first) + 1, count + 1), drift)
        while chosen := list(islice(copies, _AT_ONCE)):
            _insert(file, "inspections", [row for _, row in chosen])
            own = [
                {**kind, "time": row["time"], "inspection_id": row["id"]} for old, row in chosen for kind in kinds[old]
            ]
            _insert(file, "inspection_kinds", own)
            _insert(file, "reviews", list(_reviews(row for _, row in chosen)))
        file.commit()
        file.executescript("PRAGMA journal_mode=WAL; PRAGMA optimize")


def _copies(first: list[Row], ids: range, drift: float) -> Iterator[tuple[int, Row]]:
    """Beside the id of the row that each is a copy of."""
    draw = np.random.default_rng(1)
    accepted = [row for row in first if row["verdict"] == Verdict.ACCEPT]
    others = [row for row in first if row["verdict"] != Verdict.ACCEPT]
    for entry_id in ids:
        good = draw.random() < ACCEPTED
        row = (accepted if good else others)[draw.integers(len(accepted if good else others))]
        copy = _moved(row, entry_id)
        if good and drift:
            severity = row["max_severity"] * draw.uniform(0.8, 1) + drift * entry_id / ids.stop
            copy["max_severity"] = round(min(severity, row["threshold"] - 0.1), 3)
        yield row["id"], copy


def _moved(row: Row, entry_id: int) -> Row:
    time = f"{FIRST + entry_id * APART:%Y-%m-%d %H:%M:%S.%f}"
    named = {"index": entry_id, "name": f"part-{entry_id}.png", "part": f"part-{entry_id}"}
    return {**row, **named, "id": entry_id, "time": time, "captured_at": time}


def _reviews(rows: Iterable[Row]) -> Iterator[Row]:
    draw = np.random.default_rng(2)
    for row in rows:
        if row["verdict"] != Verdict.ACCEPT and draw.random() < REVIEWED:
            verdict = Verdict.ACCEPT if draw.random() < 0.2 else row["verdict"]
            words = {"reviewer": "anna", "reason": "a reflection" if verdict == Verdict.ACCEPT else ""}
            yield {"inspection_id": row["id"], "time": row["time"], "verdict": verdict, **words}


def _insert(file: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0])
        places = ", ".join(f":{name}" for name in rows[0])
        file.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def ask(journal: Journal) -> Iterator[Row]:
    """Time what a page of past inspections asks for: a first page, a page elsewhere, how many there are."""
    count = journal.count()
    day = FIRST + (count * APART) / 2
    one_day = EntryFilter(since=day, until=day + timedelta(days=1))
    filters = {
        "all": EntryFilter(),
        "a day": one_day,
        "a kind": EntryFilter(kinds=("crack",)),
        "a kind, a day": replace(one_day, kinds=("crack",)),
        "rejects": EntryFilter(verdicts=(Verdict.REJECT,)),
        "rejects that nobody reviewed": EntryFilter(verdicts=(Verdict.REJECT,), reviewed=False),
        "rejects that a review accepted": EntryFilter(verdicts=(Verdict.REJECT,), final_verdicts=(Verdict.ACCEPT,)),
        "finally accepted": EntryFilter(final_verdicts=(Verdict.ACCEPT,)),
        "a source, severity 8 to 9": EntryFilter(sources=SOURCES[:1], min_severity=8, max_severity=9),
        "a recipe, to review": EntryFilter(
            recipes=next(iter(journal.recipe_names().values()))[:1], verdicts=(Verdict.REVIEW,)
        ),
        "the number of a part": EntryFilter(text=f"part-{count - 7}"),
        "a word of 2 % of the reasons": EntryFilter(text="scratch"),
        "a word of half the rows": EntryFilter(text=SOURCES[0]),
        "two letters": EntryFilter(text=f"{count - 7}"[-2:]),
    }
    for name, wanted in filters.items():
        matching = journal.count(wanted)
        middle = matching // 2
        row: Row = {"filter": name, "rows": matching, "count": _ms(lambda w=wanted: journal.count(w))}
        for order in Order:
            row[order] = _ms(lambda w=wanted, o=order: journal.entries(w, PAGE, order=o))
        row["middle"] = _ms(lambda w=wanted, m=middle: journal.entries(w, PAGE, m))
        yield row
    entry = journal.entry(count // 2)
    unseen = EntryFilter(verdicts=(Verdict.REJECT, Verdict.REVIEW), reviewed=False)
    yield {"filter": "next unreviewed", Order.NEWEST: _ms(lambda: journal.following(entry, unseen))}
    yield {"filter": "kinds, sources", "count": _ms(lambda: (journal.kinds(), journal.sources()))}


def replay(journal: Journal, model: Model, count: int, threads: int) -> Iterator[Row]:
    """Time replays of the newest inspections, and count what flips."""
    ids = journal.ids(limit=count)
    lower = journal.recipe(journal.entry(ids[0]).recipe).threshold - 1.5
    for name, under, from_rows in (
        ("under their own recipes, from the maps", _own, False),
        ("under their own recipes, from the rows", _own, True),
        ("without a policy", _without_policy, True),
        (f"under T {lower:g}", lower, True),
        ("under T 9", 9.0, True),
    ):
        began, worked = time.perf_counter(), time.process_time()
        flips = list(rejudge(journal, journal.read(ids), under, lambda _: model, from_rows=from_rows, threads=threads))
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
        yield {
            "replayed": name,
            "inspections": len(flips),
            "flips": sum(flip.flipped for flip in flips),
            "missed": sum(flip.after is None for flip in flips),
            "seconds": f"{seconds:.1f} ({cpu:.1f})",
        }


def _own(own: Recipe) -> Recipe:
    return own


def _without_policy(own: Recipe) -> Recipe:
    return own.model_copy(update={"policy": ()})


def _ms(call: Callable[[], object]) -> str:
    """Milliseconds of the quickest of three calls, and of the processor's time: the machine may do other things."""
    taken = []
    for _ in range(3):
        began, worked = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - began, time.process_time() - worked))
    return f"{1000 * min(taken)[0]:.0f} ({1000 * min(cpu for _, cpu in taken):.0f})"


def main() -> None:
    """Make the journal if it is not there, and ask it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="the journal")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=200, help="of the demo line, that are inspected")
    parser.add_argument("--drift", type=float, default=0.5, help="of the severities of accepted copies")
    parser.add_argument("--replay", type=int, default=0, help="inspections to be replayed; with --drift 0")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    model = load_model(find_model("demo"), threads=1)
    if not given.path.exists():
        make_journal(given.path, model, Recipe.load(find_recipe("demo")), given.parts, given.count, given.drift)
    began = time.perf_counter()
    with closing(Journal.open(f"sqlite:///{given.path}", create=False)) as journal:
        journal.entries(limit=PAGE)
        print(f"opened, with the first page read, in {time.perf_counter() - began:.2f} s")
        print("milliseconds and seconds, and in brackets those of the processor")
        _show(replay(journal, model, given.replay, os.cpu_count() or 1) if given.replay else ask(journal))


def _show(found: Iterator[Row]) -> None:
    rows = list(found)
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in rows[0]))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
