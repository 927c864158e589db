"""Stored frames and maps give the verdicts again, exactly, and others under another T, policy, recipe or model."""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
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

ACCEPT, REVIEW, REJECT = Verdict
RECIPE = Recipe(
    name="spots",
    model="tiny",
    threshold=4.0,
    policy=(PolicyRow(kind="spot", min_severity=8, verdict=REJECT), PolicyRow(verdict=REVIEW)),
)
BRIGHTNESS = (100, 180, 250)
"""No spot, a weak one, a strong one: accept, review and reject under the recipe."""

MANY = int(os.environ.get("INSPECTOR_REPLAYED", "300"))
"""Inspections that are replayed under their own recipes: 10000 for the whole test."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)


@pytest.fixture
def load(model: Model) -> Callable[[str], Model]:
    return lambda name: model


def add(journal: Journal, model: Model, pixels: np.ndarray, index: int = 0, recipe: Recipe = RECIPE) -> int:
    frame = Frame(pixels, index, f"{index}.png", f"{index}", CAPTURED)
    return journal.add(judge(measure(frame, model), recipe), recipe, "folder")


@pytest.fixture
def logged(journal: Journal, model: Model) -> Journal:
    for index, brightness in enumerate(BRIGHTNESS):
        pixels = np.full((96, 128), 100, np.uint8)
        pixels[20:33, 40:60] = brightness
        add(journal, model, pixels, index)
    return journal


def verdicts(flips: list[Flip]) -> list[tuple[int, Verdict, Verdict | None]]:
    return [(flip.id, flip.before, flip.after) for flip in flips]


UNCHANGED = [(3, REJECT, REJECT), (2, REVIEW, REVIEW), (1, ACCEPT, ACCEPT)]


def test_the_same_recipe_gives_the_same_records(logged: Journal, model: Model):
    for entry in logged.entries():
        again = judge(stored_measurement(logged, entry, model), RECIPE)
        assert [region.box for region in again.regions] == [tuple(r["box"]) for r in entry.record["regions"]]
        assert (again.verdict, list(again.reasons)) == (entry.verdict, entry.record["reasons"])
        assert again.frame.captured_at == CAPTURED


def test_ten_thousand_inspections_flip_none_under_their_own_recipes(journal: Journal, model: Model, load):
    """Bars of any size and brightness in frames of any size, judged under recipes of any T and policy."""
    draw = np.random.default_rng(7)
    policies = (RECIPE.policy, (), (PolicyRow(min_severity=6.0, verdict=REJECT), PolicyRow(verdict=ACCEPT)))
    for index in range(MANY):
        height, width = draw.integers(33, 120, 2)
        pixels = draw.integers(90, 110, (height, width)).astype(np.uint8)
        for _ in range(draw.integers(0, 4)):
            top, left = draw.integers(0, (height - 4, width - 4))
            pixels[top : top + draw.integers(1, 30), left : left + draw.integers(1, 30)] = draw.integers(120, 256)
        threshold, distance = draw.uniform(1, 11), float(draw.choice([0, 4, 9]))
        changes = {"threshold": threshold, "cluster_distance": distance, "policy": policies[index % 3]}
        add(journal, model, pixels, index, RECIPE.model_copy(update=changes))
    for from_rows in (True, False):
        flips = list(
            rejudge(journal, journal.read(journal.ids()), lambda own: own, load, from_rows=from_rows, threads=2)
        )
        assert len(flips) == MANY
        assert not [flip for flip in flips if flip.after is None or flip.flipped]
    assert {flip.before for flip in flips} == set(Verdict)


@pytest.mark.parametrize("from_rows", [True, False])
@pytest.mark.parametrize(
    ("under", "found"),
    [
        (RECIPE, UNCHANGED),
        (4.0, UNCHANGED),
        (lambda own: own, UNCHANGED),
        (6.0, [(3, REJECT, REJECT), (2, REVIEW, ACCEPT), (1, ACCEPT, ACCEPT)]),
        (RECIPE.with_threshold(6.0), [(3, REJECT, REJECT), (2, REVIEW, ACCEPT), (1, ACCEPT, ACCEPT)]),
        (
            lambda own: own.model_copy(update={"policy": ()}),
            [(3, REJECT, REJECT), (2, REVIEW, REJECT), (1, ACCEPT, ACCEPT)],
        ),
    ],
    ids=["recipe", "T", "own", "higher T", "recipe of a higher T", "policy"],
)
def test_under_another_threshold_recipe_or_policy(logged: Journal, load, under, found: list, from_rows: bool):
    flips = list(rejudge(logged, logged.entries(), under, load, from_rows=from_rows))
    assert verdicts(flips) == found
    assert [flip.flipped for flip in flips] == [before is not after for _, before, after in found]
    assert [flip.name for flip in flips] == ["2.png", "1.png", "0.png"]


def test_a_flip_tells_what_decides_now(logged: Journal, load):
    flips = {flip.id: flip.reason for flip in rejudge(logged, logged.entries(), 6.0, load)}
    assert flips[2] == "no defect at or above severity 6"
    assert flips[3] == "spot of 252 px2, severity 9.2, over the limit of severity 8"


def test_each_model_is_loaded_once_even_one_that_is_gone(logged: Journal, model: Model):
    named: list[str] = []

    def refuse(name: str) -> Model:
        named.append(name)
        raise InspectorError(f"no model {name}")

    flips = list(rejudge(logged, logged.entries(), 6.0, refuse))
    # The row of the one without a region tells its verdict; the others' maps need the model.
    assert verdicts(flips) == [(3, REJECT, None), (2, REVIEW, ACCEPT), (1, ACCEPT, ACCEPT)]
    assert flips[0].reason == "no model tiny"
    assert not flips[0].flipped
    flips = list(rejudge(logged, logged.entries(), 2.0, refuse))
    assert verdicts(flips) == [(3, REJECT, None), (2, REVIEW, None), (1, ACCEPT, ACCEPT)]
    assert named == ["tiny"] * 2
    with pytest.raises(InspectorError, match="no model tiny"):
        next(rejudge(logged, logged.entries(), RECIPE, refuse))


def test_the_measurement_of_another_model_is_not_taken_for_this_one_s(logged: Journal, tmp_path: Path):
    other = load_model(write_tiny_bundle(tmp_path / "other", gain=6.0), threads=1)
    with pytest.raises(InspectorError, match="measured by the model"):
        stored_measurement(logged, logged.entry(2), other)
    for under in (RECIPE, 2.0):  # by name it is the same model, and has been replaced since
        flips = list(rejudge(logged, logged.entries(), under, lambda name: other, from_rows=False))
        assert [flip.after for flip in flips] == [None] * 3
        assert "inspection 3 was measured by the model" in flips[0].reason


def test_another_model_measures_anew(logged: Journal, model: Model, tmp_path: Path):
    stronger = load_model(write_tiny_bundle(tmp_path / "stronger", gain=8.0), threads=1)
    models = {"tiny": model, "stronger": stronger}

    def with_model(own: Recipe) -> Recipe:
        return own.model_copy(update={"model": "stronger"})

    flips = list(rejudge(logged, logged.entries(), with_model, models.__getitem__, remeasure=True, threads=2))
    anew = [judge(measure(stored_frame(logged, flip.id), stronger), with_model(RECIPE)).verdict for flip in flips]
    assert verdicts(flips) == list(zip([3, 2, 1], [REJECT, REVIEW, ACCEPT], anew, strict=True))
    assert anew != [REJECT, REVIEW, ACCEPT]
    assert list(rejudge(logged, logged.entries(), with_model(RECIPE), models.__getitem__, remeasure=True)) == flips


def stored_frame(journal: Journal, entry_id: int) -> Frame:
    entry = journal.entry(entry_id)
    return Frame(journal.pixels(entry), 0, "", "", entry.captured_at)


def test_what_can_not_be_judged_does_not_stop_the_rest(logged: Journal, load):
    (logged.folder / logged.entry(2).frame_path).unlink()
    first, missed, last = rejudge(logged, logged.entries(), 3.0, load, threads=2)
    assert (first.after, missed.after, last.after) == (REJECT, None, ACCEPT)
    assert missed.reason.startswith(str(logged.folder / logged.entry(2).frame_path))
    assert "000002-frame.png can't be read (No such file or directory)" in missed.reason
    path = logged.folder / logged.entry(3).map_path
    path.write_bytes(path.read_bytes()[:-9])
    first, missed, last = rejudge(logged, logged.entries(), 3.0, load, threads=2)
    assert "000003-map.png" in first.reason
    assert "is damaged" in first.reason
    assert (first.after, missed.after, last.after) == (None, None, ACCEPT)


def test_a_frame_is_read_only_where_its_windows_are_classified(logged: Journal, load):
    for entry in logged.entries():
        if entry.id != 3:
            (logged.folder / entry.frame_path).unlink()
    flips = list(rejudge(logged, logged.entries(), 6.0, load, from_rows=False))
    assert [flip.after for flip in flips] == [REJECT, ACCEPT, ACCEPT]


def test_a_recipe_that_is_not_in_the_journal_is_told(logged: Journal, load):
    entry = replace(logged.entry(1), recipe="0" * 64)
    (flip,) = rejudge(logged, [entry], 3.0, load)
    assert "has no recipe 0000" in flip.reason


def test_whoever_wants_no_more_stops_it(journal: Journal, model: Model, load):
    pixels = np.full((96, 128), 100, np.uint8)
    pixels[20:33, 40:60] = 250
    for index in range(40):
        add(journal, model, pixels, index)
    read: list[int] = []

    def entries():
        for entry in journal.entries():
            read.append(entry.id)
            yield entry

    flips = rejudge(journal, entries(), 5.0, load, from_rows=False, threads=2)
    assert next(flips).id == 40
    flips.close()
    assert len(read) <= 18
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("inspector-replay")]


def test_it_needs_no_picture_of_parts_without_anything_above_t(logged: Journal, load):
    shutil.rmtree(logged.folder)
    flips = list(rejudge(logged, logged.entries(), 10.0, load))
    assert [flip.after for flip in flips] == [ACCEPT] * 3
