"""``inspector log``: list, export, re-judge and check past inspections."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from inspector import paths
from inspector.errors import InspectorError
from inspector.journal.checking import check
from inspector.journal.entry import Entry, UnreadableEntry
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.types import SEVERITY_MAX, Verdict

app = typer.Typer(help="Past inspections: list, export, judge again, check.", no_args_is_help=True)

Url = Annotated[str | None, typer.Option("--journal", help="SQLAlchemy URL; else the station's journal.")]
Verdicts = Annotated[list[Verdict] | None, typer.Option("--verdict", help="Only this verdict; may be repeated.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only with this kind of defect; may be repeated.")]
Since = Annotated[datetime | None, typer.Option(help="Only judged at this UTC time or later.")]
Until = Annotated[datetime | None, typer.Option(help="Only judged before this UTC time.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the newest so many.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

_CSV = (
    *("id", "time", "source", "index", "name", "part", "verdict", "reasons", "kinds", "regions", "threshold"),
    *("max_severity", "recipe", "model", "final_verdict", "reviewer", "review_reason", "error"),
)


@app.command("list")
def list_entries(
    journal: Url = None,
    verdict: Verdicts = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """List inspections and unreadable frames, newest first."""
    with _opened(journal) as log:
        for entry in _chosen(log, _filter(verdict, kind, since, until), limit, newest_first=True):
            typer.echo(json.dumps(_record(entry)) if as_json else _line(entry))


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder for results.jsonl and entries.csv.")],
    journal: Url = None,
    verdict: Verdicts = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
) -> None:
    """Write results.jsonl and entries.csv, oldest first."""
    with _opened(journal) as log:
        entries = _chosen(log, _filter(verdict, kind, since, until), limit, newest_first=False)
        try:
            out.mkdir(parents=True, exist_ok=True)
            with (
                (out / "results.jsonl").open("w", encoding="utf-8") as lines,
                (out / "entries.csv").open("w", encoding="utf-8", newline="") as table,
            ):
                writer = csv.DictWriter(table, _CSV, restval="", extrasaction="ignore")
                writer.writeheader()
                for entry in entries:
                    lines.write(json.dumps(_record(entry)) + "\n")
                    writer.writerow(_row(entry))
        except OSError as error:
            raise InspectorError(f"{out} can't be written ({error.strerror}); choose another folder") from error


@app.command()
def rejudge(
    threshold: Annotated[float | None, typer.Option(min=0, max=SEVERITY_MAX, help="Another T for each.")] = None,
    recipe: Annotated[str | None, typer.Option(help="One recipe for all: a TOML file or a name.")] = None,
    journal: Url = None,
    verdict: Verdicts = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Judge past inspections under another T or recipe, oldest first, and tell which verdicts flip."""
    from inspector.journal import replay  # imported here: it loads the networks, which listing does without
    from inspector.networks.bundle import load_model

    if recipe is not None and threshold is None:
        under: Recipe | float = Recipe.load(paths.find_recipe(recipe))
    elif threshold is not None and recipe is None:
        under = threshold
    else:
        raise InspectorError("log rejudge needs either --threshold or --recipe, and not both")
    before, after, flips = Counter[Verdict](), Counter[Verdict](), 0
    with _opened(journal) as log:
        entries = log.read(log.ids(_filter(verdict, kind, since, until), limit)[::-1])
        for flip in replay.rejudge(log, entries, under, lambda name: load_model(paths.find_model(name))):
            before[flip.before] += 1
            after[flip.after] += 1
            flips += flip.flipped
            if as_json:
                typer.echo(json.dumps({"id": flip.id, "before": flip.before, "after": flip.after}))
            elif flip.flipped:
                typer.echo(f"{flip.id:>8}  {flip.before} -> {flip.after}")
    counts = {"inspections": before.total(), "flips": flips, "before": before, "after": after}
    typer.echo(json.dumps(counts) if as_json else f"{flips} of {before.total()} flip")


@app.command()
def audit(journal: Url = None, since: Since = None, until: Until = None, as_json: AsJson = False) -> None:
    """List who changed what of what judges parts, and why, newest first."""
    with _opened(journal) as log:
        for row in log.audit(since and since.replace(tzinfo=UTC), until and until.replace(tzinfo=UTC)):
            if as_json:
                typer.echo(json.dumps({**asdict(row), "time": row.time.isoformat()}, ensure_ascii=False))
            else:
                change = row.change
                turned = f"{change.old or 'nothing'} -> {change.new or 'nothing'}"
                typer.echo(f"{row.time:%Y-%m-%d %H:%M:%S}  {change.who}  {change.what}: {turned}  ({change.why})")


@app.command("check")
def check_journal(journal: Url = None) -> None:
    """Read the whole journal: is every frame and map as it was stored, and the audit as it was written?"""
    with _opened(journal) as log, Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        found = check(log, lambda done, total: bar.update(task, completed=done, total=total))
    for fault in found.faults:
        typer.echo(fault, err=True)
    typer.echo(f"{found.inspections} inspections, pictures of {found.removed} of them removed to make room")
    typer.echo(f"{found.changes} changes in the audit with fitting seals")
    for seal in found.seals:
        typer.echo(f"last seal, to be noted elsewhere: {seal}")
    if found.faults:
        raise InspectorError(f"{len(found.faults)} faults in the journal, listed above; compare with a backup")
    typer.echo("everything is whole")


@contextmanager
def _opened(url: str | None) -> Iterator[Journal]:
    with closing(Journal.open(url or paths.default_journal(), create=False)) as journal:
        yield journal


def _filter(
    verdicts: list[Verdict] | None, kinds: list[str] | None, since: datetime | None, until: datetime | None
) -> EntryFilter:
    return EntryFilter(
        verdicts=tuple(verdicts or ()),
        kinds=tuple(kinds or ()),
        since=since and since.replace(tzinfo=UTC),
        until=until and until.replace(tzinfo=UTC),
    )


def _chosen(
    journal: Journal, wanted: EntryFilter, limit: int | None, newest_first: bool
) -> Iterator[Entry | UnreadableEntry]:
    """The newest `limit` inspections and unreadable frames; the latter have no verdict or kind to be chosen by."""
    unreadable = [] if wanted.verdicts or wanted.kinds else journal.unreadable(wanted.since, wanted.until)
    lost = {entry.id: entry for entry in unreadable}
    ids = sorted([*journal.ids(wanted, limit), *lost], reverse=True)[:limit]
    if not newest_first:
        ids.reverse()
    entries = journal.read([entry_id for entry_id in ids if entry_id not in lost])
    return (lost[entry_id] if entry_id in lost else next(entries) for entry_id in ids)


def _record(entry: Entry | UnreadableEntry) -> dict[str, Any]:
    """The line of results.jsonl, and what the journal knows besides."""
    record = {**entry.record, "id": entry.id, "time": entry.time.isoformat(), "source": entry.source}
    if isinstance(entry, Entry):
        reviews = [{**asdict(review), "time": review.time.isoformat()} for review in entry.reviews]
        record |= {"too_small": entry.too_small, "recipe": entry.recipe, "model": entry.model, "reviews": reviews}
    return record


def _row(entry: Entry | UnreadableEntry) -> dict[str, Any]:
    """A row of entries.csv: the scalars of the record, lists as text, and the last review."""
    row = _record(entry)
    if isinstance(entry, Entry):
        row |= {"reasons": "; ".join(row["reasons"]), "kinds": ", ".join(entry.kinds), "regions": len(row["regions"])}
        if entry.reviews:
            last = entry.reviews[-1]
            row |= {"final_verdict": last.verdict, "reviewer": last.reviewer, "review_reason": last.reason}
    return row


def _line(entry: Entry | UnreadableEntry) -> str:
    if isinstance(entry, Entry):
        verdict, why = entry.final_verdict.value, "; ".join(entry.record["reasons"])
    else:
        verdict, why = "unread", entry.record["error"]
    return f"{entry.id:>8}  {entry.time:%Y-%m-%d %H:%M:%S}  {verdict:<6}  {entry.record['name']}  {why}"
