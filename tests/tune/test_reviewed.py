"""What people decided in the journal, as truth."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import CAPTURED
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.tune.choice import choice_record, choose_by_cost, choose_by_iou, curve_csv, curve_table
from inspector.tune.costs import Costs
from inspector.tune.measuring import measure_set
from inspector.tune.picking import Order, ordered
from inspector.tune.plot import draw_curves
from inspector.tune.reviewed import reviewed
from inspector.tune.store import Store
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial
from inspector.types import Frame, Verdict

RECIPE = Recipe(name="tile", model="tiny", threshold=4.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny"), threads=1)


@pytest.fixture
def journal(tmp_path: Path, model: Model) -> Iterator[Journal]:
    """Six parts with ever brighter spots: 4.0 and more is a reject. The last is not reviewed."""
    with closing(Journal.open(f"sqlite:///{tmp_path / 'journal.db'}")) as opened:
        for number in range(6):
            pixels = np.full((64, 64), 100, np.uint8)
            pixels[20:30, 20:30] += 25 * number
            inspection = judge(measure(Frame(pixels, number, "tile.png", f"part {number}", CAPTURED), model), RECIPE)
            opened.add(inspection, RECIPE, "test")
        yield opened


def decide(journal: Journal, *verdicts: Verdict) -> None:
    ids = [entry.id for entry in journal.entries()][::-1]
    for entry_id, verdict in zip(ids, verdicts, strict=False):
        journal.add_review(entry_id, verdict, "ada", "looked at it")


def test_reviews_are_a_truth_without_outlines(journal: Journal, model: Model, tmp_path: Path) -> None:
    decide(journal, Verdict.ACCEPT, Verdict.ACCEPT, Verdict.ACCEPT, Verdict.REJECT, Verdict.REJECT)
    truth = reviewed(journal, journal.entries())
    (*_, last) = measure_set(truth, model, 4.0, Store(tmp_path / "measured"), 2)
    swept, trial = last.swept, Trial(last.swept, RECIPE)
    assert sorted(zip(swept.parts, swept.defective_parts.tolist(), strict=True)) == [
        ("part 0", False),
        ("part 1", False),
        ("part 2", False),
        ("part 3", True),
        ("part 4", True),
    ]
    assert not swept.masked
    chosen = choose_by_cost(trial, Costs())
    assert (trial.escapes[column(chosen.threshold)], trial.false_rejects[column(chosen.threshold)]) == (0, 0)
    assert trial.escapes[column(11.5)] == 2
    assert trial.false_rejects[column(0.5)] > 0
    with pytest.raises(InspectorError, match="has verdicts and no outlines"):
        choose_by_iou(trial)
    assert "mean_iou" not in choice_record(trial, chosen, Costs())
    assert len(curve_csv(curve_table(trial, Costs())).splitlines()) == 256
    assert draw_curves(trial, chosen, Costs()).width > 0
    assert swept.defective[ordered(trial, 11.5, Order.ESCAPE)[:2]].all()


def test_what_has_no_pictures_any_more_is_left_out_and_counted(journal: Journal) -> None:
    decide(journal, Verdict.ACCEPT, Verdict.REJECT, Verdict.REJECT)
    entries = list(journal.entries())
    assert reviewed(journal, entries).name == "3 reviewed inspections"
    second = next(entry for entry in entries if entry.record["part"] == "part 1")
    entries[entries.index(second)] = replace(second, pictures_removed=CAPTURED)
    truth = reviewed(journal, entries)
    assert truth.name == "2 reviewed inspections (1 more have no pictures)"
    assert {frame.part for frame in truth.frames} == {"part 0", "part 2"}


def test_what_nobody_decided_is_no_truth(journal: Journal) -> None:
    with pytest.raises(InspectorError, match="none of these inspections has a review and its pictures; review some"):
        reviewed(journal, journal.entries())
    decide(journal, Verdict.REVIEW, Verdict.ACCEPT)
    with pytest.raises(InspectorError, match="1 reviewed inspections has no defect"):
        reviewed(journal, journal.entries())
