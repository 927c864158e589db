"""The T to take, and why; the curve as a table and as a record for people and programs."""

import csv
import io
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from inspector.errors import InspectorError
from inspector.tune.costs import Costs, cheapest
from inspector.tune.thresholds import THRESHOLDS, Stretch, column, plateau
from inspector.tune.trial import Trial


class By(StrEnum):
    """What a T was chosen by."""

    IOU = "mean IoU"
    COST = "cost"


@dataclass(frozen=True)
class Choice:
    """A chosen T.

    Attributes
    ----------
    threshold : float
        The middle of `stretch`, to two decimals.
    by : By
    stretch : Stretch
        The T that are as good, or lose less than 1 %.
    best : float
        The T of the best value; of a cost the same as `threshold`.
    value : float
        That value.
    """

    threshold: float
    by: By
    stretch: Stretch
    best: float
    value: float


def choose_by_iou(trial: Trial) -> Choice:
    """The middle of the plateau of the mean IoU.

    Raises
    ------
    InspectorError
        If there are no masks to compare with.
    """
    if not trial.swept.masked:
        raise InspectorError(
            f"{trial.swept.truth.name} has verdicts and no outlines: choose T by what escapes and false rejects cost"
        )
    curve = trial.mean_iou
    best = int(curve.argmax())
    stretch = plateau(curve)
    return Choice(stretch.middle, By.IOU, stretch, float(THRESHOLDS[best]), float(curve[best]))


def choose_by_cost(trial: Trial, costs: Costs) -> Choice:
    """The middle of the widest stretch of T at which mistakes cost least."""
    stretch, cost = cheapest(costs.of(trial))
    return Choice(stretch.middle, By.COST, stretch, stretch.middle, cost)


def curve_table(trial: Trial, costs: Costs) -> dict[str, npt.NDArray[Any]]:
    """What each T gives, (255,) each; the names are those of curve.csv.

    All but ``map_mean_iou`` include size filter, classifier and, for parts, policy.
    """
    precision, recall = trial.precision, trial.recall
    with np.errstate(invalid="ignore"):
        f1 = 2 * precision * recall / (precision + recall)
    sound_reviews, defective_reviews = trial.reviews
    return {
        "threshold": np.floor(THRESHOLDS * 10_000) / 10_000,  # rounded up it would be the next level's
        "mean_iou": trial.mean_iou,
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "object_precision": trial.object_precision,
        "object_recall": trial.object_recall,
        "escapes": trial.escapes,
        "false_rejects": trial.false_rejects,
        "defective_reviews": defective_reviews,
        "sound_reviews": sound_reviews,
        "cost": costs.of(trial),
        "map_mean_iou": trial.map_mean_iou,
    }


def curve_csv(table: dict[str, npt.NDArray[Any]]) -> str:
    """The text of curve.csv; what is undefined is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows([_cell(value) for value in row] for row in zip(*table.values(), strict=True))
    return text.getvalue()


def at_threshold(table: dict[str, npt.NDArray[Any]], threshold: float) -> dict[str, Any]:
    """What one T gives: the row of the table that it falls into, for JSON."""
    row = {name: values[column(threshold)].item() for name, values in table.items()}
    return {name: None if math.isnan(value) else value for name, value in row.items()} | {"threshold": threshold}


def choice_record(trial: Trial, chosen: Choice, costs: Costs) -> dict[str, Any]:
    """What choice.json holds."""
    swept, table = trial.swept, curve_table(trial, costs)
    record: dict[str, Any] = {
        "threshold": chosen.threshold,
        "chosen_by": chosen.by.value,
        "truth": swept.truth.name,
        "recipe": trial.recipe.name,
        "recipe_digest": trial.recipe.digest,
        "model_digest": swept.model,
        "frames": swept.frames,
        "defective_frames": int(swept.defective.sum()),
        "parts": len(swept.parts),
        "defective_parts": int(swept.defective_parts.sum()),
        "object_iou": trial.iou,
        "costs": {"escape": costs.escape, "false_reject": costs.false_reject, "review": costs.review},
        "cheapest": _as_record(choose_by_cost(trial, costs)),
    }
    if swept.masked:
        record["mean_iou"] = _as_record(choose_by_iou(trial))
    return record | {
        "at_threshold": at_threshold(table, chosen.threshold),
        "at_recipe_threshold": at_threshold(table, trial.recipe.threshold),
    }


def _as_record(choice: Choice) -> dict[str, Any]:
    low, high = (round(edge, 4) for edge in choice.stretch)
    middle = {"threshold": choice.threshold, "low": low, "high": high, "width": round(choice.stretch.width, 4)}
    return middle | {"best_threshold": round(choice.best, 4), "value": choice.value}


def _cell(value: Any) -> str:
    if isinstance(value, np.integer):
        return str(value)
    return "" if math.isnan(value) else f"{value:.6g}"
