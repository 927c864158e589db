"""The command `inspector-evaluate`."""

import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import cv2
import typer
from matplotlib.figure import Figure

from inspector.commands import run_command
from inspector.errors import InspectorError
from inspector.networks.bundle import Model, load_model
from inspector.paths import find_model, find_recipe
from inspector.recipe import Area, Recipe
from inspector.results import RESULTS, ResultsFolder
from training.datasets import open_dataset
from training.evaluate import Evaluation, all_classes, evaluate
from training.figures import draw_figures
from training.findings import answers
from training.gallery import draw_gallery
from training.html_report import html_report
from training.report import reporting
from training.summary import summarise
from training.tables import write_tables

app = typer.Typer(add_completion=False)

INSPECT = "inspect"
"""Folder of the inspections, in the form of `inspector inspect --out`."""


@app.command()
def evaluate_command(
    bundle: Annotated[str, typer.Argument(help="A model bundle's folder, or the name of a model that ships.")],
    dataset: Annotated[Path, typer.Argument(help="A folder of annotated images.")],
    out: Annotated[Path, typer.Option(help="Folder for metrics.json, tables, figures and report.html.")],
    split: Annotated[str, typer.Option(help="Which frames of the dataset.")] = "test",
    recipe: Annotated[
        str | None,
        typer.Option(metavar="R", help="Recipe (TOML file or name) for T, sizes and policy, whatever model it names."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0, max=12, help="T instead of the recipe's or model's.")
    ] = None,
) -> None:
    """Say how good a model is on annotated images, and whether its severity can be trusted.

    Without --recipe the model's own T and size filter are taken, and every defect is a reject.
    report.html is for people; metrics.json and the CSV files hold every figure; inspect/ holds what was found in each
    frame, in the form of `inspector inspect`.
    """
    cv2.setNumThreads(1)
    _check_free(out)
    opened = open_dataset(dataset)
    opened.split(split)  # before anything is written
    model = load_model(find_model(bundle))
    chosen = _recipe(recipe, model, bundle)
    if threshold is not None:
        chosen = chosen.with_threshold(threshold)
    with reporting() as report:
        with ResultsFolder(out / INSPECT, all_classes(opened, model)) as results:
            evaluation = evaluate(model, chosen, opened, split, results, report)
        report("figures and report", 0.0, "")
        findings = _write(evaluation, out)
    for failed in evaluation.failed:
        print(f"not evaluated: {failed.error}", file=sys.stderr)
    print(f"{findings}; {out / 'report.html'}")


def _recipe(name: str | None, model: Model, bundle: str) -> Recipe:
    if name is not None:
        return Recipe.load(find_recipe(name)).model_copy(update={"model": bundle})
    area = Area(value=model.spec.min_area)
    return Recipe(name=model.spec.name, model=bundle, threshold=model.spec.threshold, min_area=area)


def _check_free(out: Path) -> None:
    """Refuse a folder that holds anything but an earlier evaluation: its files may be somebody's work."""
    if out.exists() and not out.is_dir():
        raise InspectorError(f"{out} is a file; choose a new or empty folder for --out")
    if out.is_dir() and any(out.iterdir()) and not (out / INSPECT / RESULTS).is_file():
        raise InspectorError(f"{out} holds other files than an evaluation; choose a new or empty folder for --out")


def _write(evaluation: Evaluation, out: Path) -> str:
    """Write all files; returns the answers in a line."""
    summary = summarise(evaluation)
    write_tables(evaluation, summary, out)
    figures = _pngs({**draw_figures(evaluation), **draw_gallery(evaluation, out / INSPECT / "masks")})
    page = html_report(evaluation, summary, figures)
    try:
        for old in out.glob("*.png"):
            old.unlink()
        for name, data in figures.items():
            (out / f"{name}.png").write_bytes(data)
        (out / "report.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise InspectorError(f"{out} can't be written to: {error.strerror}; choose another --out") from error
    return "; ".join(f"{finding.question} {finding.answer}" for finding in answers(summary))


def _pngs(figures: Mapping[str, Figure]) -> dict[str, bytes]:
    files = {}
    for name, figure in figures.items():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        files[name] = buffer.getvalue()
    return files


def main() -> None:
    """Entry point: one sentence and exit code 2 where the input is unusable."""
    sys.exit(run_command(app))
