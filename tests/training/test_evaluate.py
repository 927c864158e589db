import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from spot_dataset import DEFECTIVE_PARTS, PARTS, write_png, write_spot_dataset
from tiny_bundle import write_tiny_bundle

from inspector.dataset import Dataset, read_dataset
from inspector.errors import InspectorError
from inspector.metrics.pixels import pool
from inspector.networks.bundle import Model, load_model
from inspector.pipeline import UNCLASSIFIED
from inspector.recipe import Recipe
from inspector.results import ResultsFolder
from inspector.tune.thresholds import sweep_thresholds
from training.evaluate import Evaluation, all_classes, evaluate
from training.summary import parts_of, summarise

RECIPE = Recipe(name="spots", model="tiny", threshold=5.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_spot_dataset(tmp_path / "spots")


def run(model: Model, dataset: Dataset, out: Path, recipe: Recipe = RECIPE) -> Evaluation:
    with ResultsFolder(out, all_classes(dataset, model)) as results:
        return evaluate(model, recipe, dataset, "test", results, lambda phase, done, note: None)


class Sceptic:
    """The engine of a model, but every window is background."""

    def __init__(self, model: Model) -> None:
        self.severity = model.engine.severity
        self._kinds = model.engine.kinds

    def kinds(self, windows):
        return self._kinds(windows)[:, ::-1]


def test_frames_are_scored_in_the_order_of_the_split(model: Model, folder: Path, tmp_path: Path) -> None:
    told: list[float] = []
    dataset = read_dataset(folder)
    with ResultsFolder(tmp_path / "out", all_classes(dataset, model)) as results:
        found = evaluate(model, RECIPE, dataset, "test", results, lambda phase, done, note: told.append(done))
    assert [frame.name for frame in found.frames] == [sample.name for sample in dataset.split("test")]
    assert [frame.part for frame in found.frames] == list(dataset.groups.values())
    assert [frame.defective for frame in found.frames] == [n // 2 < DEFECTIVE_PARTS for n in range(2 * PARTS)]
    assert told == pytest.approx(np.arange(2 * PARTS) / (2 * PARTS))
    assert len(parts_of(found.frames)) == PARTS
    for frame in found.frames:
        assert len(frame.severity) == len(frame.contrast) == len(frame.cells)
        assert frame.milliseconds > 0


def test_the_inspections_lie_in_the_results_folder(model: Model, folder: Path, tmp_path: Path) -> None:
    found = run(model, read_dataset(folder), tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    for frame, line in zip(found.frames, lines, strict=True):
        assert (line["name"], line["part"]) == (f"{frame.name}.png", frame.part)
        assert line["verdict"] == frame.verdict
        mask = cv2.imread(str(tmp_path / "out" / "masks" / f"{frame.name}.png"), cv2.IMREAD_UNCHANGED)
        truth = folder / "masks" / f"{frame.name}.png"
        known = cv2.imread(str(truth), cv2.IMREAD_UNCHANGED) != 255 if truth.exists() else np.ones(mask.shape, bool)
        assert np.count_nonzero(mask[known]) == frame.classified.pixels.predicted


def test_every_t_is_scored_on_the_same_maps(model: Model, folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    found = run(model, dataset, tmp_path / "out")

    def maps():
        for sample in dataset.split("test"):
            levels = cv2.imread(str(tmp_path / "out" / "severity" / f"{sample.name}.png"), cv2.IMREAD_UNCHANGED)
            yield levels, 4, dataset.read(sample)[1]

    expected = sweep_thresholds(maps())
    assert np.array_equal(found.sweep.mean_iou, expected.mean_iou)
    assert found.sweep.mean_iou.max() > 0.5


def test_severity_and_contrast_of_a_cell_belong_together(model: Model, folder: Path, tmp_path: Path) -> None:
    # The tiny bundle's severity is the contrast over 16, so far as noise allows.
    found = run(model, read_dataset(folder), tmp_path / "out")
    severity = np.concatenate([frame.severity for frame in found.frames])
    contrast = np.concatenate([frame.contrast for frame in found.frames])
    full = (severity > 3) & (severity < 11)
    assert np.median(contrast[full] / severity[full]) == pytest.approx(15, abs=2)
    assert summarise(found).values["severity.defect_cells.spearman"] > 0.8


def test_without_the_classifier_every_region_is_a_defect(model: Model, folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    trusting = run(model, dataset, tmp_path / "trusting")
    sceptic = run(dataclasses.replace(model, engine=Sceptic(model)), dataset, tmp_path / "sceptic")
    assert pool(f.classified.pixels for f in trusting.frames).predicted > 500
    for before, after in zip(trusting.frames, sceptic.frames, strict=True):
        assert after.classified.pixels.predicted == 0
        assert (after.suppressed > 0) == (before.classified.pixels.predicted > 0)
        assert after.unclassified.pixels == before.unclassified.pixels == before.classified.pixels
    with_, without = (
        summarise(sceptic).values[f"{p}all_images.pixels.strict.recall"] for p in ("", "without_classifier.")
    )
    assert (with_, without) == (0, summarise(trusting).values["all_images.pixels.strict.recall"])


def test_a_model_without_a_classifier_is_scored_too(model: Model, folder: Path, tmp_path: Path) -> None:
    plain = dataclasses.replace(model, spec=model.spec.model_copy(update={"classes": ("background",)}))
    found = run(plain, read_dataset(folder), tmp_path / "out")
    assert all(frame.classified == frame.unclassified for frame in found.frames)
    line = json.loads((tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()[0])
    assert {region["kind"] for region in line["regions"]} == {UNCLASSIFIED}


def test_kinds_are_told_by_name(model: Model, folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    assert all_classes(dataset, model) == ("background", "spot", "smear")
    found = run(model, dataset, tmp_path / "in-order")
    other = dataclasses.replace(dataset, classes=("background", "smear", "dent"))
    renamed = run(model, other, tmp_path / "renamed")
    assert renamed.classes == ("background", "smear", "dent", "spot")
    kinds = {match.detected_kind for frame in found.frames for match in frame.classified.objects.matches}
    assert kinds == {0, 1}
    kinds = {match.detected_kind for frame in renamed.frames for match in frame.classified.objects.matches}
    assert kinds == {0, 3}
    assert (
        summarise(renamed).counts["objects_found_right_kind"] == 0 < summarise(found).counts["objects_found_right_kind"]
    )


def test_the_recipe_decides_what_counts(model: Model, folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    strict = run(model, dataset, tmp_path / "strict", RECIPE.with_threshold(11.9))
    large = run(model, dataset, tmp_path / "large", Recipe(name="spots", model="tiny", threshold=5, min_area=1e5))
    usual = run(model, dataset, tmp_path / "usual")
    predicted = [pool(f.classified.pixels for f in e.frames).predicted for e in (strict, large, usual)]
    assert predicted[0] < predicted[2]
    assert predicted[1] == 0
    assert sum(frame.too_small for frame in large.frames) > 0
    assert np.array_equal(strict.sweep.mean_iou, usual.sweep.mean_iou)


def test_unreadable_frames_are_listed_and_the_others_scored(model: Model, folder: Path, tmp_path: Path) -> None:
    image = folder / "images" / "part-1-view-0.png"
    image.write_bytes(image.read_bytes()[:200])
    write_png(folder / "masks" / "part-2-view-1.png", np.ones((8, 8), np.uint8))
    found = run(model, read_dataset(folder), tmp_path / "out")
    assert [(f.index, f.name) for f in found.failed] == [(2, "part-1-view-0.png"), (5, "part-2-view-1.png")]
    assert "rows and columns" in found.failed[1].error
    assert len(found.frames) == 2 * PARTS - 2
    lines = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    assert [line["index"] for line in lines if "error" in line] == [2, 5]
    assert summarise(found).counts["frames_failed"] == 2


def test_frames_of_several_folders_may_share_their_file_names(model: Model, folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    samples = tuple(dataclasses.replace(s, name=f"Class{n}-0001") for n, s in enumerate(dataset.split("test")))
    run(model, dataclasses.replace(dataset, splits={"test": samples}), tmp_path / "out")
    written = sorted(path.stem for path in (tmp_path / "out" / "masks").iterdir())
    assert written == sorted(sample.name for sample in samples)


def test_a_split_that_says_nothing_is_refused(model: Model, folder: Path, tmp_path: Path) -> None:
    dataset = read_dataset(folder)
    good = [sample for sample in dataset.split("test") if sample.mask is None]
    for splits, said in (
        ({"val": good}, "no frames in split 'test'"),
        ({"test": good}, "no defect in its split 'test'"),
    ):
        with pytest.raises(InspectorError, match=said):
            run(model, dataclasses.replace(dataset, splits=splits), tmp_path / "out")
    for image in (folder / "images").iterdir():
        image.write_bytes(b"")
    with pytest.raises(InspectorError, match="no frame of split 'test' could be evaluated"):
        run(model, dataset, tmp_path / "out")
