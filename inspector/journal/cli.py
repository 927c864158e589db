"""``inspector log``: list, export, re-judge and check past inspections."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector import paths
from inspector.bars import progress_bars
from inspector.errors import InspectorError
from inspector.journal.checking import check
from inspector.journal.entry import Entry, UnreadableEntry
from inspector.journal.query import EntryFilter
from inspector.journal.schema import number_text
from inspector.journal.statistics import shift_bounds
from inspector.journal.store import Journal
from inspector.journal.tables_out import entry_record, write_tables
from inspector.recipe import Recipe
from inspector.settings import load_settings
from inspector.types import SEVERITY_MAX, Verdict

if TYPE_CHECKING:
    from inspector.journal.replay import Flip

app = typer.Typer(help="Past inspections: list, export, judge again, check.", no_args_is_help=True)

Url = Annotated[str | None, typer.Option("--journal", help="SQLAlchemy URL; else the station's journal.")]
Verdicts = Annotated[list[Verdict] | None, typer.Option("--verdict", help="Only this verdict; may be repeated.")]
Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only with this kind of defect; may be repeated.")]
Since = Annotated[datetime | None, typer.Option(help="Only judged at this UTC time or later.")]
Until = Annotated[datetime | None, typer.Option(help="Only judged before this UTC time.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the newest so many.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


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
            typer.echo(json.dumps(entry_record(entry)) if as_json else _line(entry))


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder for results.jsonl and the table, or for the dataset.")],
    dataset: Annotated[
        bool, typer.Option("--dataset", help="A dataset folder of the reviewed inspections, to train on.")
    ] = False,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="entries.parquet instead of entries.csv; needs pyarrow.")
    ] = False,
    journal: Url = None,
    verdict: Verdicts = None,
    kind: Kinds = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
) -> None:
    """Write results.jsonl and entries.csv, oldest first; or what people reviewed and drew, as a dataset folder."""
    wanted = _filter(verdict, kind, since, until)
    with _opened(journal) as log:
        if dataset:
            _export_dataset(log, wanted, limit, out)
        else:
            write_tables(_chosen(log, wanted, limit, newest_first=False), out, parquet)


def _export_dataset(log: Journal, wanted: EntryFilter, limit: int | None, out: Path) -> None:
    from inspector.journal.dataset_out import reviewed_ids, write_reviewed  # imported here: it loads the networks
    from inspector.networks.bundle import load_model

    ids = reviewed_ids(log, wanted)[-limit if limit else 0 :]
    with progress_bars(transient=True) as bar:
        task = bar.add_task("writing", total=len(ids))
        written = write_reviewed(
            log,
            ids,
            out,
            lambda name: load_model(paths.find_model(name)),
            lambda done, _: bar.update(task, completed=done),
        )
    for why in written.left_out.values():
        typer.echo(f"left out: {why}", err=True)
    splits = ", ".join(f"{len(names)} {split}" for split, names in written.splits.items())
    typer.echo(f"{written.frames} frames ({splits}), {written.defective} with defects, in {out}")


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
    """Judge past inspections under another T or recipe, oldest first, and tell which verdicts flip.

    From the stored maps, exactly; where the recipe has another model, the frames are measured anew.
    """
    from inspector.journal import replay  # imported here: it loads the networks, which listing does without
    from inspector.networks.bundle import load_model

    if recipe is not None and threshold is None:
        under: Recipe | float = Recipe.load(paths.find_recipe(recipe))
    elif threshold is not None and recipe is None:
        under = threshold
    else:
        raise InspectorError("log rejudge needs either --threshold or --recipe, and not both")
    counts = _Counts()
    with _opened(journal) as log:
        ids = sorted(log.ids(_filter(verdict, kind, since, until)))[-limit if limit else 0 :]
        flips = replay.rejudge(
            log,
            log.read(ids),
            under,
            lambda name: load_model(paths.find_model(name)),
            remeasure=True,
            threads=os.cpu_count() or 1,
        )
        with progress_bars(transient=True) as bars:
            for flip in bars.track(flips, len(ids), description="judging"):
                counts.add(flip)
                if as_json:
                    told = {"after": flip.after} if flip.after else {"error": flip.reason}
                    typer.echo(json.dumps({"id": flip.id, "before": flip.before, **told}))
                elif flip.flipped:
                    typer.echo(f"{number_text(flip.id):>8}  {flip.before} -> {flip.after}")
    typer.echo(json.dumps(counts.record()) if as_json else f"{counts.flips} of {counts.after.total()} flip")
    counts.complain()


@app.command()
def report(
    out: Annotated[Path, typer.Option(help="PDF file to write.")],
    at: Annotated[datetime | None, typer.Option(help="A local time in the shift; else the shift of now.")] = None,
    journal: Url = None,
) -> None:
    """Write the report of a shift: its counts, its curves, its rejects with pictures."""
    from inspector.journal.report.shift import write_report  # imported here: it draws pictures

    starts = load_settings().shifts
    since, until = shift_bounds(time := (at or datetime.now()).astimezone(), time + timedelta(microseconds=1), starts)
    with _opened(journal) as log:
        write_report(log, since, until, out)
    typer.echo(f"{out}: the shift from {since:%Y-%m-%d %H:%M} to {until:%H:%M}")


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
    with _opened(journal) as log, progress_bars(transient=True) as bar:
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


@dataclass
class _Counts:
    """What a replay came to."""

    flips: int = 0
    before: Counter[Verdict] = field(default_factory=Counter)
    after: Counter[Verdict] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def add(self, flip: "Flip") -> None:
        if flip.after is None:
            self.missed.append(flip.reason)
        else:
            self.flips += flip.flipped
            self.before[flip.before] += 1
            self.after[flip.after] += 1

    def record(self) -> dict[str, Any]:
        missed = {"left_out": len(self.missed)} if self.missed else {}
        verdicts = {"before": self.before, "after": self.after}
        return {"inspections": self.after.total(), "flips": self.flips, **verdicts, **missed}

    def complain(self) -> None:
        """Tell of what could not be judged; it is an error where that is all."""
        if self.missed and not self.after:
            raise InspectorError(f"none could be judged again: {self.missed[0]}")
        if self.missed:
            typer.echo(f"{len(self.missed)} could not be judged again; the first: {self.missed[0]}", err=True)


@contextmanager
def _opened(url: str | None) -> Iterator[Journal]:
    with closing(Journal.open(url or load_settings().journal_url, create=False)) as journal:
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
    ids = sorted([*journal.ids(wanted), *lost], reverse=True)[:limit]  # not by times: a clock may be set back
    if not newest_first:
        ids.reverse()
    entries = journal.read([entry_id for entry_id in ids if entry_id not in lost])
    return (lost[entry_id] if entry_id in lost else next(entries) for entry_id in ids)


def _line(entry: Entry | UnreadableEntry) -> str:
    if isinstance(entry, Entry):
        verdict, why = entry.final_verdict.value, "; ".join(entry.record["reasons"])
    else:
        verdict, why = "unread", entry.record["error"]
    return f"{number_text(entry.id):>8}  {entry.time:%Y-%m-%d %H:%M:%S}  {verdict:<6}  {entry.record['name']}  {why}"
