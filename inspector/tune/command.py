"""What ``inspector tune`` does: a set measured, every T tried, one chosen and written down."""

import json
import os
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import typer

from inspector.bars import progress_bars
from inspector.dataset import read_dataset
from inspector.errors import InspectorError
from inspector.networks.bundle import Model, load_model
from inspector.paths import find_model, find_recipe, measured_maps
from inspector.recipe import Recipe
from inspector.settings import load_settings
from inspector.tune.choice import Choice, choice_record, choose_by_cost, choose_by_iou, curve_csv, curve_table
from inspector.tune.costs import Costs
from inspector.tune.measuring import measure_set
from inspector.tune.plot import draw_curves
from inspector.tune.store import Store
from inspector.tune.swept import SweptSet
from inspector.tune.trial import Trial
from inspector.tune.truth import Truth, annotated


def write_choice(
    recipe: str, truth: Path, out: Path, split: str, iou: float, escape_cost: float | None, review_cost: float
) -> None:
    """Write curve.csv, choice.json and curve.png.

    Parameters
    ----------
    recipe : str
        A file or a name.
    truth : Path
        A dataset folder.
    out : Path
    split : str
        ``all`` takes all of them.
    iou : float
        A defect found has a larger IoU than this.
    escape_cost : float or None
        Choose the cheapest T, where an escape costs so many false rejects; None chooses by the mean IoU.
    review_cost : float
        What a part to review costs, in false rejects.

    Raises
    ------
    InspectorError
        If the recipe, its model or the dataset can't be used, or the files not be written.
    """
    chosen_recipe = Recipe.load(find_recipe(recipe))
    known = annotated(read_dataset(truth), split)
    _make_folder(out)
    threads = load_settings().threads or os.cpu_count() or 1
    model = load_model(find_model(chosen_recipe.model), threads=1)  # as many frames at a time instead
    swept = _measure(known, model, chosen_recipe, threads)
    if swept.unknown:
        typer.echo(f"the model knows no {', '.join(swept.unknown)}: it finds them as other kinds", err=True)
    trial = Trial(swept, chosen_recipe, iou)
    costs = Costs(review=review_cost) if escape_cost is None else Costs(escape_cost, 1.0, review_cost)
    chosen = choose_by_iou(trial) if escape_cost is None else choose_by_cost(trial, costs)
    picture = BytesIO()
    draw_curves(trial, chosen, costs).save(picture, "png")
    record = choice_record(trial, chosen, costs)
    _write(out / "curve.csv", curve_csv(curve_table(trial, costs)).encode())
    _write(out / "choice.json", (json.dumps(record, indent=2) + "\n").encode())
    _write(out / "curve.png", picture.getvalue())
    typer.echo(f"{_summary(trial, chosen, record['at_threshold'])}; results in {out}", err=True)


def _measure(truth: Truth, model: Model, recipe: Recipe, threads: int) -> SweptSet:
    swept: SweptSet | None = None
    steps = measure_set(truth, model, recipe.cluster_distance, Store(measured_maps()), threads)
    with closing(steps), progress_bars() as bars:
        task = bars.add_task("measuring", total=len(truth.frames))
        for measuring in steps:
            bars.update(task, completed=measuring.done)
            swept = measuring.swept
    assert swept is not None
    return swept


def _summary(trial: Trial, chosen: Choice, at: dict[str, Any]) -> str:
    low, high = chosen.stretch
    sound = len(trial.swept.parts) - int(trial.swept.defective_parts.sum())
    return (
        f"T {chosen.threshold:g} by {chosen.by} ({low:.2f} to {high:.2f}): mean IoU {at['mean_iou']:.3f}, "
        f"{at['escapes']} of {trial.swept.defective_parts.sum()} defective parts escape, "
        f"{at['false_rejects']} of {sound} sound ones are rejected"
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InspectorError(f"{folder} can't be made: {error.strerror}; choose another --out") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InspectorError(f"{path} can't be written: {error.strerror}; choose another --out") from error
