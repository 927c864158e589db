import csv
import io
import json

import numpy as np
import pytest
from swept_sets import random_set

from inspector.recipe import Recipe
from inspector.tune.choice import By, at_threshold, choice_record, choose_by_cost, choose_by_iou, curve_csv, curve_table
from inspector.tune.costs import Costs, cheapest
from inspector.tune.thresholds import THRESHOLDS, column
from inspector.tune.trial import Trial


@pytest.fixture(scope="module")
def trial() -> Trial:
    swept, _, _ = random_set(11, 1, 4.0, frames=8)
    return Trial(swept, Recipe(name="tile", model="tiny", threshold=4.7))


def curve(pieces: dict[range, float], otherwise: float) -> np.ndarray:
    """A cost by level."""
    values = np.full(255, otherwise)
    for levels, value in pieces.items():
        values[np.array(levels) - 1] = value
    return values


@pytest.mark.parametrize(
    ("pieces", "first", "last"),
    [
        ({range(80, 81): 3.0}, 80, 80),
        ({range(10, 13): 3.0, range(100, 140): 3.0, range(200, 210): 3.0}, 100, 139),
        ({range(20, 30): 3.0, range(40, 50): 3.0}, 20, 29),
        ({range(1, 256): 3.0}, 1, 255),
        ({range(250, 256): 3.0}, 250, 255),
    ],
)
def test_the_cheapest_t_is_the_middle_of_the_widest_stretch(pieces, first: int, last: int) -> None:
    found = cheapest(curve(pieces, 7.0))
    assert found.cost == 3.0
    assert found.stretch == pytest.approx((first * 12 / 255, last * 12 / 255))
    assert first <= column(found.stretch.middle) + 1 <= last


def test_the_cost_weighs_escapes_false_rejects_and_reviews(trial: Trial) -> None:
    cost = Costs(7.0, 2.0, 0.5).of(trial)
    assert cost == pytest.approx(7 * trial.escapes + 2 * trial.false_rejects + 0.5 * trial.reviews.sum(0))
    careful = choose_by_cost(trial, Costs(escape=1000.0)).threshold
    thrifty = choose_by_cost(trial, Costs(escape=0.001)).threshold
    assert trial.escapes[column(careful)] == trial.escapes.min()
    assert trial.false_rejects[column(thrifty)] == trial.false_rejects.min()
    assert careful <= thrifty


def test_the_choice_by_iou_lies_on_its_plateau(trial: Trial) -> None:
    chosen = choose_by_iou(trial)
    low, high = chosen.stretch
    assert low - 0.05 < chosen.threshold <= high
    assert chosen.by is By.IOU
    assert trial.mean_iou[column(chosen.best)] == chosen.value == trial.mean_iou.max()
    assert trial.mean_iou[column(low) : column(high) + 1].min() >= 0.99 * chosen.value


def test_the_table_tells_what_each_t_gives(trial: Trial) -> None:
    rows = list(csv.DictReader(io.StringIO(curve_csv(curve_table(trial, Costs())))))
    assert len(rows) == 255
    for level, row in enumerate(rows, start=1):
        assert column(float(row["threshold"])) + 1 == level  # whoever takes a T from the file gets this row
        assert float(row["mean_iou"]) == pytest.approx(trial.mean_iou[level - 1], rel=1e-5)
        assert int(row["escapes"]) == trial.escapes[level - 1]
    assert rows[-1]["precision"] == ("" if np.isnan(trial.precision[-1]) else rows[-1]["precision"])


def test_the_record_is_json_and_names_both_t(trial: Trial) -> None:
    chosen = choose_by_cost(trial, Costs(3.0))
    record = json.loads(json.dumps(choice_record(trial, chosen, Costs(3.0)), allow_nan=False))
    assert record["threshold"] == chosen.threshold == record["cheapest"]["threshold"]
    assert record["mean_iou"]["threshold"] == choose_by_iou(trial).threshold
    assert record["at_recipe_threshold"]["threshold"] == 4.7
    assert record["at_recipe_threshold"]["escapes"] == trial.escapes[column(4.7)]
    assert (record["frames"], record["parts"]) == (8, 4)


def test_what_is_undefined_is_null() -> None:
    table = {"threshold": THRESHOLDS, "precision": np.full(255, np.nan)}
    assert at_threshold(table, 5.0) == {"threshold": 5.0, "precision": None}
