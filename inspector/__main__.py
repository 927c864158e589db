"""The command line."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import cv2
import typer

from inspector.bars import progress_bars
from inspector.commands import run_command
from inspector.errors import InspectorError
from inspector.events import Event, Judged, Linked, Moved, Noticed, PartJudged, Skipped, State
from inspector.journal.cli import app as log_app
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.paths import find_model, find_recipe
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.record import inspection_record, unreadable_record
from inspector.results import ResultsFolder
from inspector.settings import load_settings
from inspector.simulation.dataset import write_dataset
from inspector.sources import open_source, parse_address
from inspector.sources.base import Status
from inspector.sources.patience import with_patience
from inspector.station import Station
from inspector.tune.cli import tune
from inspector.types import Unreadable

app = typer.Typer(
    add_completion=False, help="Inspect parts for surface defects: measured severity, a threshold T moved live."
)
app.add_typer(log_app, name="log")

RecipeOption = Annotated[
    str, typer.Option("--recipe", metavar="R", help="A recipe file (TOML) or the name of one that ships.")
]
SourceHelp = (
    "'demo', a folder of images, an image or video file, watch:FOLDER for files to come, camera:0, gige:NAME, "
    "or the URL of a stream."
)
PartOption = Annotated[
    str,
    typer.Option(
        "--part",
        metavar="REGEX",
        help="Names the parts of a folder's files: the group 'part', or the first, is the part's id: '(.+)_cam[0-9]'.",
    ),
]


def _open_recipe(text: str) -> tuple[Recipe, Model]:
    recipe = Recipe.load(find_recipe(text))
    return recipe, load_model(find_model(recipe.model), threads=load_settings().threads or os.cpu_count())


def _watched(source: str) -> str:
    """The same folder as a source that waits for files to come."""
    address = parse_address(source)
    if address.scheme not in ("folder", "watch") or Path(address.target).is_file():
        raise InspectorError(f"--watch waits for files in a folder, and source {source} is none; leave it out")
    return str(replace(address, scheme="watch"))


def _about_source(status: Status) -> str:
    return f"source {status.state}: {status.text}" if status.text else f"source {status.state}"


@app.callback(invoke_without_command=True)
def window(context: typer.Context) -> None:
    """Without a command: the station window, with what was open last; the first time the demo line."""
    if context.invoked_subcommand is None:
        from inspector.gui.app import run_app  # Qt is loaded for windows only

        raise typer.Exit(run_app(None, None, None))


@app.command()
def station(
    recipe: RecipeOption,
    source: Annotated[str, typer.Option("--source", metavar="S", help=SourceHelp)],
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: one JSON line per inspection on stdout.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Keep waiting for new files in a folder.")] = False,
    part: PartOption = "",
    frames: Annotated[int, typer.Option(min=0, help="Stop after N frames; 0 goes on to the end.")] = 0,
    journal: Annotated[str | None, typer.Option(metavar="URL", help="Journal, as an SQLAlchemy URL.")] = None,
) -> None:
    """Run the station: every part is judged and logged in the journal.

    With --headless each line is printed once its inspection is durable: the form of results.jsonl, and the journal id.
    """
    if watch:
        source = _watched(source)
    if not headless:
        from inspector.gui.app import run_app  # Qt is loaded for windows only

        raise typer.Exit(run_app(recipe, source, journal, part))
    chosen, model = _open_recipe(recipe)
    faults: list[str] = []

    def publish(event: Event) -> None:
        if isinstance(event, Judged):
            _print_line({"id": event.entry_id, **inspection_record(event.inspection)})
        elif isinstance(event, Skipped):
            _print_line({"id": event.entry_id, **unreadable_record(event.unreadable)})
        elif isinstance(event, PartJudged):
            print(f"part {event.part.part}: {event.part.verdict}, {event.part.reason}", file=sys.stderr, flush=True)
        elif isinstance(event, Linked):
            print(_about_source(event.status), file=sys.stderr, flush=True)
        elif isinstance(event, Noticed) and event.text:
            print(event.text, file=sys.stderr, flush=True)
        elif isinstance(event, Moved) and event.state is State.FAULT:
            faults.append(event.text)

    settings = load_settings()
    store = Journal.open(journal or settings.journal_url, quota=settings.pictures_bytes)
    try:
        _run(Station(model, chosen, open_source(source, frames=frames, part=part), store, publish))
    finally:
        store.close()
    if faults:
        print(f"error: the station stopped: {faults[0]}", file=sys.stderr)
        raise typer.Exit(3)


def _print_line(record: dict[str, Any]) -> None:
    try:
        print(json.dumps(record), flush=True)
    except OSError as error:
        # Python would try to write the rest at its end, and say so in its own words.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InspectorError(
            f"verdicts can't be written to the output ({error.strerror}); they are in the journal; "
            "free some space or keep the reading program open"
        ) from error


def _run(line: Station) -> None:
    """Run a line to its end; Ctrl-C stops it after the frame that it is at."""
    with ThreadPoolExecutor(1, thread_name_prefix="inspector-line") as worker:
        run = worker.submit(line.run)
        try:
            run.result()
        except KeyboardInterrupt:
            line.stop()
            raise


@app.command()
def inspect(
    source: Annotated[str, typer.Argument(metavar="S", help=SourceHelp)],
    recipe: RecipeOption,
    out: Annotated[Path, typer.Option(help="Folder for results.jsonl, masks, severity maps and overlays.")],
    threshold: Annotated[float | None, typer.Option(min=0, max=12, help="T instead of the recipe's.")] = None,
    part: PartOption = "",
    frames: Annotated[int, typer.Option(min=0, help="Stop after N frames; 0 takes all (24 of the demo).")] = 0,
    wait: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Give up when no frame came for so long; 0 waits for ever.")
    ] = 30,
) -> None:
    """Inspect images and write the results as files; no journal. Progress goes to stderr."""
    chosen, model = _open_recipe(recipe)
    if threshold is not None:
        chosen = chosen.with_threshold(threshold)
    opened = open_source(source, frames=frames or 24 if source == "demo" else frames, part=part)
    unreadable, verdicts = list[Unreadable](), dict[str, int]()
    try:
        with closing(opened), ResultsFolder(out, model.spec.classes) as results, progress_bars() as bars:
            say = partial(bars.console.print, highlight=False, markup=False, soft_wrap=True)
            for item in bars.track(with_patience(opened, wait), total=len(opened), description="inspecting"):
                if isinstance(item, Status):
                    say(_about_source(item))
                    continue
                if isinstance(item, Unreadable):
                    unreadable.append(item)
                    results.add_unreadable(item)
                    if len(opened) != 1:  # of a lone frame it is said at the end
                        say(f"not inspected: {item.error}")
                    continue
                inspection = judge(measure(item, model), chosen)
                verdicts[inspection.verdict] = verdicts.get(inspection.verdict, 0) + 1
                results.add(inspection)
    finally:
        if verdicts:  # also where Ctrl-C or a camera that is lost ends it
            counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
            print(f"{counts}, {len(unreadable)} unreadable; results in {out}", file=sys.stderr)
    if not verdicts:
        raise InspectorError(f"no frame of {opened.name} could be inspected; the last: {unreadable[-1].error}")


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Folder of the dataset; must be new or empty.")],
    parts: Annotated[int, typer.Option(min=1, help="How many parts.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same parts.")] = 0,
) -> None:
    """Write simulated parts as a dataset folder, with the kind, mask and contrast of every defect."""
    with progress_bars() as bars:
        task: Any = bars.add_task("simulating", total=parts)
        write_dataset(out, parts, seed, lambda done, total: bars.update(task, completed=done))


app.command()(tune)


def main() -> None:
    """Entry point; OpenCV's own threads would only get in the way of the networks'."""
    cv2.setNumThreads(1)
    sys.exit(run_command(app))


if __name__ == "__main__":
    main()
