"""What a recipe would change: from the rows where they suffice, else from the maps, and always the same."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import CAPTURED
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.journal.entry import Entry
from inspector.journal.preview import Preview, preview
from inspector.journal.replay import Flip, rejudge, stored_measurement
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.pipeline import judge, measure
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.types import LEVEL_MAX, SEVERITY_MAX, FloatArray, Frame, Verdict

ACCEPT, REVIEW, REJECT = Verdict
RECIPE = Recipe(
    name="spots",
    model="tiny",
    threshold=3.0,
    min_area=Area(value=60),
    policy=(PolicyRow(min_severity=8, verdict=REJECT), PolicyRow(kind="spot", verdict=REVIEW)),
)
LEVEL = 180 * SEVERITY_MAX / LEVEL_MAX
"""A severity that parts have exactly, and that three decimals do not hold."""


_EXACT, _SMALL, _APART = 0, 1, 21
_ALONE = (_SMALL, _APART)
"""Parts with nothing but a region of that level, one that is too small, and two that are so apart from each other."""


class BySeverity:
    """The tiny bundle's severities; windows below severity 4.7 are background."""

    def __init__(self, model: Model) -> None:
        self.severity = model.engine.severity

    def kinds(self, windows: FloatArray) -> FloatArray:
        spot = windows[:, -1].max((1, 2)) > 0.78
        return np.stack([~spot, spot], 1).astype(np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    loaded = load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)
    return replace(loaded, engine=BySeverity(loaded))


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[Journal]:
    """A journal that no test changes."""
    with closing(Journal.open(f"sqlite:///{tmp_path_factory.mktemp('log') / 'journal.db'}")) as journal:
        log_parts(journal, model)
        yield journal


def log_parts(journal: Journal, model: Model) -> None:
    """Parts with up to five bars of many sizes and severities, and some made for one case each."""
    draw = np.random.default_rng(3)
    for index in range(24):
        pixels = np.full((96, 160), 100, np.uint8)
        for row in range(draw.integers(0, 6)):
            height, width = draw.integers(2, 14, 2)
            pixels[16 * row + 2 : 16 * row + 2 + height, 8 : 8 + 4 * width] = draw.integers(130, 256)
        if index in _ALONE:
            pixels[:] = 100
        if index % 4 == 1:
            pixels[88:92, 140:148] = 220
        if index == _APART:
            pixels[88:92, 124:132] = 220
        frame = Frame(pixels, index, f"{index}.png", f"{index}", CAPTURED)
        measured = measure(frame, model)
        if index == _EXACT:
            levels = np.zeros_like(measured.levels)
            levels[4:8, 4:8] = 180
            measured = replace(measured, levels=levels)
        own = RECIPE.with_threshold(2.0 if index % 3 == 2 else 3.0)
        journal.add(judge(measured, own), own, "folder")


def changed(**fields: Any) -> Recipe:
    return RECIPE.model_copy(update=fields)


def finish(journal: Journal, recipe: Recipe, model: Model) -> Preview:
    return list(preview(journal, journal.entries(), recipe, lambda name: model))[-1]


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE,
        changed(name="other", policy=()),
        changed(policy=(PolicyRow(verdict=ACCEPT),)),
        changed(policy=(PolicyRow(min_severity=LEVEL, verdict=REVIEW), PolicyRow(verdict=ACCEPT))),
        changed(policy=(PolicyRow(min_severity=LEVEL + 1e-6, verdict=REVIEW), PolicyRow(verdict=ACCEPT))),
        changed(policy=(PolicyRow(min_area=Area(value=260), verdict=REJECT), PolicyRow(verdict=REVIEW))),
        changed(policy=(PolicyRow(min_area=Area(value=2, unit="mm2"), verdict=ACCEPT),), mm_per_px=0.1),
        changed(min_area=Area(value=300)),
        changed(min_area=Area(value=2.5, unit="mm2"), mm_per_px=0.1),
        changed(min_area=Area(value=0)),  # what was too small has to be classified
        changed(threshold=5.0),
        changed(threshold=LEVEL),
        changed(threshold=LEVEL + 1e-3),
        changed(threshold=12.0),
        changed(threshold=2.0),
        changed(cluster_distance=24.0),
    ],
    ids=str,
)
def test_it_tells_what_a_replay_tells(logged: Journal, model: Model, recipe: Recipe) -> None:
    entries = logged.entries()
    flips = list(rejudge(logged, entries, recipe, lambda name: model, from_rows=False, threads=2))
    found = finish(logged, recipe, model)
    assert [(one.id, one.before, one.after) for one in found.changed] == [
        (flip.id, flip.before, flip.after) for flip in flips if flip.flipped
    ]
    for verdict in Verdict:
        assert found.before.get(verdict, 0) == sum(flip.before is verdict for flip in flips)
        assert found.after.get(verdict, 0) == sum(flip.after is verdict for flip in flips)
    named = {one.id: (one.name, one.reason) for one in found.changed}
    again = {entry.id: judge(stored_measurement(logged, entry, model), recipe) for entry in entries}
    assert named == {key: (again[key].frame.name, again[key].reasons[0]) for key in named}
    assert (found.finished, found.left_out, found.total) == (True, 0, len(entries))


def test_the_parts_put_every_case_to_the_test(logged: Journal, model: Model) -> None:
    entries = logged.entries()
    assert {entry.verdict for entry in entries} == set(Verdict)
    assert any(entry.record["suppressed"] for entry in entries)
    assert any(entry.too_small for entry in entries)
    stored = logged.entry(_EXACT + 1).record["regions"][0]["peak_severity"]
    assert stored != LEVEL


def test_no_picture_is_needed_where_only_the_policy_or_a_larger_minimum_changes(journal: Journal, model: Model) -> None:
    log_parts(journal, model)
    shutil.rmtree(journal.folder)
    judged_at_3 = [entry for entry in journal.entries() if entry.record["threshold"] == 3.0]
    for recipe in (changed(policy=()), changed(min_area=Area(value=100)), changed(threshold=3.0 + 1e-9)):
        *_, found = preview(journal, judged_at_3, recipe, lambda name: model)
        assert (found.judged, found.left_out) == (len(judged_at_3), 0)
    *_, found = preview(journal, judged_at_3, changed(threshold=5.0), lambda name: model)
    severe = [entry.id for entry in judged_at_3 if highest(entry) >= 5.0]
    assert [one.id for one in found.missed] == severe
    assert 0 < found.left_out < found.total == found.judged + found.left_out
    assert "-map.png can't be read" in found.why


def highest(entry: Entry) -> float:
    found = (*entry.record["regions"], *entry.record["suppressed"], *entry.too_small)
    return max((region["peak_severity"] for region in found), default=entry.record["max_severity"])


def test_it_counts_what_changes_into_what(journal: Journal, model: Model) -> None:
    for index, brightness in enumerate((100, 180, 250, 180)):
        pixels = np.full((96, 128), 100, np.uint8)
        pixels[20:33, 40:60] = brightness
        frame = Frame(pixels, index, f"{index}.png", f"{index}", CAPTURED)
        journal.add(judge(measure(frame, model), changed(threshold=4.0)), changed(threshold=4.0), "folder")
    found = finish(journal, changed(threshold=4.0, policy=()), model)
    assert found.before == {ACCEPT: 1, REVIEW: 2, REJECT: 1}
    assert found.after == {ACCEPT: 1, REJECT: 3}
    assert found.turns == {(REVIEW, REJECT): 2}
    assert found.changed[0] == Flip(4, "3.png", REVIEW, REJECT, "spot of 248 px2, severity 4.9")


def test_it_goes_on_in_steps_and_may_be_left_at_any(logged: Journal, model: Model) -> None:
    steps = preview(logged, logged.entries(), changed(threshold=5.0), lambda name: model, seconds=0.0)
    first, second = next(steps), next(steps)
    assert (first.judged, second.judged, second.total) == (0, 1, 24)
    assert not second.finished
    steps.close()


def test_parts_of_another_model_are_left_out_and_counted(logged: Journal, tmp_path: Path) -> None:
    other = load_model(write_tiny_bundle(tmp_path / "other", gain=3.0), threads=1)
    found = finish(logged, RECIPE, other)
    assert (found.judged, found.left_out, found.finished) == (0, 24, True)
    assert "measured by the model" in found.why


def test_a_model_that_can_not_be_had_is_told(logged: Journal) -> None:
    def refuse(name: str) -> Model:
        raise InspectorError(f"no model {name}")

    with pytest.raises(InspectorError, match="no model tiny"):
        next(preview(logged, logged.entries(), RECIPE, refuse))
