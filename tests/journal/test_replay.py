"""Stored frames and maps give the verdicts again, exactly, and others under another T."""

from pathlib import Path

import numpy as np
import pytest
from builders import CAPTURED
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.journal.replay import Flip, rejudge, stored_measurement
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.pipeline import judge, measure
from inspector.recipe import PolicyRow, Recipe
from inspector.types import Frame, Verdict

RECIPE = Recipe(
    name="spots",
    model="tiny",
    threshold=4.0,
    policy=(PolicyRow(kind="spot", min_severity=8, verdict=Verdict.REJECT), PolicyRow(verdict=Verdict.REVIEW)),
)
BRIGHTNESS = (100, 180, 250)
"""No spot, a weak one, a strong one: accept, review and reject under the recipe."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)


@pytest.fixture
def logged(journal: Journal, model: Model) -> Journal:
    for index, brightness in enumerate(BRIGHTNESS):
        pixels = np.full((96, 128), 100, np.uint8)
        pixels[20:33, 40:60] = brightness
        frame = Frame(pixels, index, f"{index}.png", f"{index}", CAPTURED)
        journal.add(judge(measure(frame, model), RECIPE), RECIPE, "folder")
    return journal


def test_the_same_recipe_gives_the_same_records(logged: Journal, model: Model):
    for entry in logged.entries():
        again = judge(stored_measurement(logged, entry, model), RECIPE)
        assert [region.box for region in again.regions] == [tuple(r["box"]) for r in entry.record["regions"]]
        assert (again.verdict, list(again.reasons)) == (entry.verdict, entry.record["reasons"])
        assert again.frame.captured_at == CAPTURED
    flips = list(rejudge(logged, logged.entries(), RECIPE, lambda name: model))
    assert [(flip.after, flip.flipped) for flip in flips] == [
        (Verdict.REJECT, False),
        (Verdict.REVIEW, False),
        (Verdict.ACCEPT, False),
    ]


@pytest.mark.parametrize("under", [6.0, RECIPE.with_threshold(6.0)])
def test_another_threshold_or_recipe_flips_verdicts(logged: Journal, model: Model, under: float | Recipe):
    names: list[str] = []

    def load(name: str) -> Model:
        names.append(name)
        return model

    flips = list(rejudge(logged, logged.entries(), under, load))
    assert [flip for flip in flips if flip.flipped] == [Flip(2, Verdict.REVIEW, Verdict.ACCEPT)]
    assert [flip.id for flip in flips] == [3, 2, 1]
    assert names == ["tiny"]


def test_the_measurement_of_another_model_is_refused(logged: Journal, tmp_path: Path):
    other = load_model(write_tiny_bundle(tmp_path / "other", gain=3.0), threads=1)
    with pytest.raises(InspectorError, match="measured by the model"):
        list(rejudge(logged, logged.entries(), 5.0, lambda name: other))


def test_a_missing_frame_is_said(logged: Journal, model: Model):
    (logged.folder / logged.entry(2).frame_path).unlink()
    flips = rejudge(logged, logged.entries(), 5.0, lambda name: model)
    assert next(flips).id == 3
    with pytest.raises(InspectorError, match=r"000002-frame\.png can't be read"):
        next(flips)
