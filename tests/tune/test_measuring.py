"""Measuring a real set with a real model: once, with progress, stopped and taken up again."""

import dataclasses
import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from spot_dataset import CLASSES, write_png, write_spot_dataset
from tiny_bundle import write_tiny_bundle

from inspector.dataset import read_dataset
from inspector.errors import InspectorError
from inspector.networks.bundle import Model, load_model
from inspector.networks.engine import Engine
from inspector.networks.input import Blocks
from inspector.pipeline import judge, measure
from inspector.recipe import Area, Recipe
from inspector.tune.measuring import measure_set, measured
from inspector.tune.store import Store
from inspector.tune.swept import SweptSet
from inspector.tune.thresholds import THRESHOLDS
from inspector.tune.trial import Trial
from inspector.tune.truth import annotated
from inspector.types import FloatArray

FRAMES = 14


class CountingEngine:
    """A real engine that counts what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.maps, self.windows = engine, 0, 0

    def severity(self, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
        self.maps += 1
        return self.engine.severity(inputs, spread, blocks)

    def kinds(self, windows: FloatArray) -> FloatArray:
        self.windows += len(windows)
        return self.engine.kinds(windows)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny"), threads=1)


@pytest.fixture
def model(loaded: Model) -> Model:
    return dataclasses.replace(loaded, engine=CountingEngine(loaded.engine))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_spot_dataset(tmp_path / "spots")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "measured")


def swept(folder: Path, model: Model, store: Store, distance: float = 4.0) -> SweptSet:
    steps = list(measure_set(annotated(read_dataset(folder), "test"), model, distance, store, 2))
    assert [step.done for step in steps] == list(range(1, FRAMES + 1))
    assert {step.total for step in steps} == {FRAMES}
    assert all(step.swept is None for step in steps[:-1])
    return steps[-1].swept


def same(one: SweptSet, other: SweptSet) -> bool:
    pairs = [
        (getattr(a, name), getattr(b, name))
        for a, b in zip(one.sweeps, other.sweeps, strict=True)
        for name in ("regions", "objects", "histogram")
    ]
    for a, b in zip(one.sweeps, other.sweeps, strict=True):
        pairs += zip(a.found, b.found, strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_a_set_is_measured_once(folder: Path, model: Model, store: Store) -> None:
    first = swept(folder, model, store)
    assert model.engine.maps == FRAMES
    assert model.engine.windows > 0
    asked = model.engine.windows
    again = swept(folder, model, store)
    assert same(first, again)
    other = swept(folder, model, store, distance=20.0)  # another cluster distance needs no network either
    assert not same(first, other)
    assert (model.engine.maps, model.engine.windows) == (FRAMES, asked)
    assert (first.frames, len(first.parts), first.classes) == (FRAMES, 7, CLASSES)
    assert first.defective_parts.tolist() == [True] * 4 + [False] * 3


def test_the_verdicts_are_those_of_inspecting(folder: Path, model: Model, store: Store) -> None:
    recipe = Recipe(name="tile", model="tiny", threshold=5, min_area=Area(value=60))
    truth, trial = annotated(read_dataset(folder), "test"), Trial(swept(folder, model, store), recipe)
    kept = [measured(frame, model, store).measurement for frame in truth.frames]
    asked = model.engine.maps, model.engine.windows
    for at in range(0, 255, 9):
        again = [judge(measurement, recipe.with_threshold(float(THRESHOLDS[at]))) for measurement in kept]
        assert trial.verdicts[:, at].tolist() == [inspection.verdict.rank for inspection in again]
    assert (model.engine.maps, model.engine.windows) == asked
    for measurement, at in zip(kept, range(20, 255, 17), strict=True):
        fresh = judge(measure(measurement.frame, model), recipe.with_threshold(float(THRESHOLDS[at])))
        number = truth.frames[kept.index(measurement)].name
        assert trial.verdicts[kept.index(measurement), at] == fresh.verdict.rank, number


def test_a_measuring_that_was_stopped_is_taken_up_where_it_stopped(folder: Path, model: Model, store: Store) -> None:
    truth = annotated(read_dataset(folder), "test")
    with closing(measure_set(truth, model, 4.0, store, 1)) as steps:
        for step in steps:
            if step.done == 5:
                break
    done = model.engine.maps
    assert 5 <= done < FRAMES
    whole = swept(folder, model, store)
    assert model.engine.maps == FRAMES
    assert same(whole, swept(folder, model, Store(folder / "elsewhere")))


def test_a_damaged_map_is_measured_anew(folder: Path, model: Model, store: Store, tmp_path: Path) -> None:
    first = swept(folder, model, store)
    files = sorted((tmp_path / "measured").glob("*/*.npz"))
    assert len(files) == 2 * FRAMES
    for file in files[:2]:  # the map and the tables of one frame
        file.write_bytes(file.read_bytes()[:-30])
    assert same(first, swept(folder, model, store))
    assert model.engine.maps == FRAMES + 1


def test_another_annotation_of_the_same_frame_is_seen(folder: Path, model: Model, store: Store) -> None:
    first = swept(folder, model, store)
    write_png(folder / "masks" / "part-5-view-0.png", np.ones((70, 90), np.uint8))
    changed = swept(folder, model, store)
    assert model.engine.maps == FRAMES
    assert changed.defect_px.sum() == first.defect_px.sum() + 70 * 90
    assert changed.defective_parts.tolist() == [True] * 4 + [False, True, False]


def test_a_model_without_a_classifier(folder: Path, model: Model, store: Store) -> None:
    spec = model.spec.model_copy(update={"classes": ("background",)})
    found = swept(folder, dataclasses.replace(model, spec=spec), store)
    assert found.kinds == ("background", "defect")
    assert model.engine.windows == 0
    assert found.regions.kind.min() == 1
    assert same(found, swept(folder, dataclasses.replace(model, spec=spec), store))


def measure_all(folder: Path, model: Model, store: Store, split: str = "test") -> None:
    for _ in measure_set(annotated(read_dataset(folder), split), model, 4.0, store, 2):
        pass


def test_truth_that_does_not_fit_its_frame_is_told(folder: Path, model: Model, store: Store) -> None:
    write_png(folder / "masks" / "part-1-view-0.png", np.ones((70, 91), np.uint8))
    with pytest.raises(InspectorError, match=r"mask of part-1-view-0 has \(70, 91\), its image \(70, 90\)"):
        measure_all(folder, model, store)


def test_a_class_that_the_dataset_does_not_name_is_told(folder: Path, model: Model, store: Store) -> None:
    write_png(folder / "masks" / "part-1-view-0.png", np.full((70, 90), 9, np.uint8))
    with pytest.raises(InspectorError, match="holds class 9, but spots names 3 classes"):
        measure_all(folder, model, store)


def test_a_dataset_without_defects_is_told(folder: Path, model: Model, store: Store) -> None:
    for mask in (folder / "masks").iterdir():
        write_png(mask, np.zeros((70, 90), np.uint8))
    with pytest.raises(InspectorError, match="spots, test has no defect"):
        measure_all(folder, model, store)
    for mask in list((folder / "masks").iterdir()):
        mask.unlink()
    asked = model.engine.maps
    with pytest.raises(InspectorError, match="no defect"):
        measure_all(folder, model, store)
    assert model.engine.maps == asked  # told before anything is measured


@pytest.mark.parametrize("split", ["train", "nowhere"])
def test_an_empty_split_is_told(folder: Path, model: Model, store: Store, split: str) -> None:
    with pytest.raises(InspectorError, match=f"spots has no frames in split '{split}'"):
        measure_all(folder, model, store, split)


def test_all_takes_every_split(folder: Path) -> None:
    index = folder / "dataset.json"
    meta = json.loads(index.read_text("utf-8"))
    meta["splits"] = {"train": meta["splits"]["test"][:4], "test": meta["splits"]["test"][4:]}
    index.write_text(json.dumps(meta), "utf-8")
    assert len(annotated(read_dataset(folder), "all").frames) == FRAMES
