"""The models that ship, on parts that they have not seen."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from skimage.measure import label, regionprops
from torchmetrics.functional.classification import binary_auroc

from inspector.dataset import IGNORE, read_dataset
from inspector.networks.bundle import load_model
from inspector.paths import RESOURCES, find_model, find_recipe
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.results import class_mask
from inspector.simulation.part import simulate_part
from inspector.types import Frame, Inspection, Pixels

FRESH_SEED = 4711
PARTS = 80
TILES = Path(__file__).resolve().parents[2] / "shared" / "datasets" / "magnetic-tile"
MEGABYTE = 1_000_000


def inspect(pixels: Pixels, recipe: Recipe, model) -> Inspection:
    return judge(measure(Frame(pixels, 0, "part", "part", datetime.now(UTC)), model), recipe)


@pytest.fixture(scope="module")
def demo():
    recipe = Recipe.load(find_recipe("demo"))
    model = load_model(find_model(recipe.model))
    parts = [simulate_part(FRESH_SEED, index) for index in range(PARTS)]
    return model, [(part, inspect(part.pixels, recipe, model)) for part in parts]


def test_demo_finds_the_defects_of_a_fresh_line_and_names_their_kind(demo):
    model, inspected = demo
    truths = found = detections = 0
    for part, inspection in inspected:
        predicted = class_mask(inspection, model.spec.classes)
        detected = label(predicted > 0, connectivity=2)
        detections += detected.max()
        for defect in regionprops(label(part.mask > 0, connectivity=2)):
            truth = label(part.mask > 0, connectivity=2) == defect.label
            truths += 1
            numbers = set(np.unique(detected[truth])) - {0}
            for number in numbers:
                region = detected == number
                right_kind = np.bincount(predicted[region]).argmax() == np.bincount(part.mask[truth]).argmax()
                found += bool(right_kind and (region & truth).sum() / (region | truth).sum() > 0.5)
    assert truths > 30
    assert found / truths >= 0.9
    assert found / detections >= 0.9


def test_demo_severity_ranks_with_the_true_contrast(demo):
    _, inspected = demo
    severity, contrast = [], []
    for part, inspection in inspected:
        for defect in part.defects:
            top, left, bottom, right = defect.box
            cell = inspection.measurement.cell
            cells = inspection.measurement.levels[top // cell : -(-bottom // cell), left // cell : -(-right // cell)]
            severity.append(cells.max())
            contrast.append(defect.contrast)
    assert stats.spearmanr(severity, contrast).statistic >= 0.8


def test_demo_accepts_sound_parts(demo):
    _, inspected = demo
    sound = [inspection for part, inspection in inspected if not part.defects]
    assert sum(inspection.verdict == "accept" for inspection in sound) / len(sound) >= 0.9


def test_magnetic_tile_tells_defective_frames_from_sound_ones():
    if not TILES.is_dir():
        pytest.skip("the magnetic-tile dataset is not beside this checkout")
    import torch

    recipe = Recipe.load(find_recipe("magnetic-tile"))
    model, dataset = load_model(find_model(recipe.model)), read_dataset(TILES)
    severity, defective = [], []
    for sample in dataset.split("test")[::2]:
        pixels, mask = dataset.read(sample)
        severity.append(inspect(pixels, recipe, model).max_severity)
        defective.append(bool(((mask > 0) & (mask != IGNORE)).any()))
    assert binary_auroc(torch.tensor(severity) / 12, torch.tensor(defective).int()) >= 0.8


@pytest.mark.parametrize("folder", sorted((RESOURCES / "models").iterdir()), ids=lambda folder: folder.name)
def test_bundle_is_small_and_both_engines_accept_it(folder):
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 30 * MEGABYTE
    onnx, torch_model = load_model(folder), load_model(folder, engine="torch")
    assert onnx.digest == torch_model.digest
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {onnx.spec.name}")


@pytest.mark.parametrize("path", sorted((RESOURCES / "recipes").glob("*.toml")), ids=lambda path: path.stem)
def test_recipe_that_ships_names_a_model_that_ships_and_kinds_that_it_knows(path):
    recipe = Recipe.load(path)
    classes = load_model(find_model(recipe.model)).spec.classes
    assert {row.kind for row in recipe.policy} <= {*classes, "*"}


@pytest.mark.parametrize("name", ["demo", "magnetic-tile"])
def test_batches_are_measured_as_frames_one_by_one_are(name):
    engine = load_model(find_model(name)).engine
    frames = np.random.default_rng(0).normal(0, 1, (3, 1, 64, 96)).astype(np.float32)
    one_by_one = np.concatenate([engine.severity(frame[None], 1.0) for frame in frames])
    np.testing.assert_allclose(engine.severity(frames, 1.0), one_by_one, atol=1e-3)


@pytest.mark.parametrize("folder", sorted((RESOURCES / "models").iterdir()), ids=lambda folder: folder.name)
def test_bundle_says_nothing_of_the_machine_that_made_it(folder):
    for file in folder.iterdir():
        content = file.read_bytes()
        assert b'File "' not in content, file.name  # a line of a stack trace
        assert b"site-packages" not in content, file.name
