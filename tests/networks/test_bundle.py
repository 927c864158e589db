import hashlib
import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import tomli_w
from onnx import TensorProto, numpy_helper
from PIL import Image
from random_networks import CLASSES, export_random, random_pixels
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.networks.bundle import GOLDEN_MAP, golden_outputs, load_model
from inspector.networks.engine import KINDS_ONNX, SEVERITY_ONNX
from inspector.networks.input import Normalisation, input_scale, prepare
from inspector.networks.spec import KINDS_WEIGHTS, MODEL_TOML, SEVERITY_WEIGHTS
from inspector.paths import find_model, find_recipe
from inspector.recipe import Area, Recipe
from inspector.stages.classification import severity_plane
from inspector.stages.severity import severity_levels
from inspector.types import FloatArray
from training.export import check_free

FILES = (SEVERITY_ONNX, KINDS_ONNX, SEVERITY_WEIGHTS, KINDS_WEIGHTS, "golden-frame.png", GOLDEN_MAP)


@pytest.fixture(scope="module", params=[("paper", 1, 4), ("pyramid", 3, 2)], ids=["paper", "pyramid"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_random(tmp_path_factory.mktemp("models") / "prüf modell", *request.param)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


def refused(folder: Path, engine: Any = "onnx") -> str:
    with pytest.raises(InspectorError) as told:
        load_model(folder, engine=engine, threads=1)
    assert folder.name in str(told.value)
    assert "\n" not in str(told.value)
    return str(told.value)


def change(folder: Path, **values: Any) -> None:
    path = folder / MODEL_TOML
    path.write_text(tomli_w.dumps({**tomllib.loads(path.read_text("utf-8")), **values}), "utf-8")


def sign(folder: Path) -> None:
    """Give every file its right digest again."""
    files = tomllib.loads((folder / MODEL_TOML).read_text("utf-8"))["files"]
    change(folder, files={name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files})


def test_both_engines_agree_on_frames_of_any_size(exported: Path) -> None:
    station, trainer = (load_model(exported, engine=engine, threads=1) for engine in ("onnx", "torch"))
    assert station.spec == trainer.spec
    assert station.digest == trainer.digest
    channels = station.spec.channels
    for shape in ((16, 16), (61, 150), (150, 61, 3)):
        pixels = random_pixels(shape)
        maps = [severity_levels(model.engine.severity, pixels, model.spec) for model in (station, trainer)]
        assert np.abs(maps[0].astype(int) - maps[1]).max() <= 1
        assert np.ptp(maps[0]) > 10
    scale = input_scale(pixels, channels, Normalisation.MEAN)
    parts = [prepare(random_pixels((64, 64), k), channels, scale) for k in range(5)]
    windows = np.stack([np.concatenate([part, severity_plane(random_pixels((64, 64)))]) for part in parts])
    kinds = [model.engine.kinds(windows) for model in (station, trainer)]
    assert kinds[0].shape == (5, len(CLASSES))
    assert np.allclose(kinds[0], kinds[1], atol=1e-4)
    assert np.allclose(kinds[0].sum(1), 1, atol=1e-4)


def test_a_bundle_of_before_that_knows_no_late_layers_looks_as_far_everywhere(bundle: Path) -> None:
    values = tomllib.loads((bundle / MODEL_TOML).read_text("utf-8"))
    del values["late_halo"]
    values["halo"] = 8
    (bundle / MODEL_TOML).write_text(tomli_w.dumps(values), "utf-8")
    spec = load_model(bundle, threads=1).spec
    assert spec.late_halo == 8


def test_an_exported_bundle_says_what_it_is(exported: Path) -> None:
    spec = load_model(exported, threads=1).spec
    assert (spec.name, spec.classes, spec.threshold, spec.min_area) == ("prüf modell", CLASSES, 5.0, 9)
    assert set(spec.files) == set(FILES)
    assert len({path.stat().st_mode for path in exported.iterdir()}) == 1  # who may read one file may read all
    card = (exported / "README.md").read_text("utf-8")
    for text in ("prüf modell", "crack, pit", "val_mean_iou: 0.500", "dataset: noise", "9 px2"):
        assert text in card
    assert not list(exported.parent.glob("*.partial"))


def test_an_exported_bundle_says_nothing_of_the_machine_that_made_it(exported: Path) -> None:
    here = str(Path(onnx.__file__).resolve().parents[2]).encode()
    for file in exported.iterdir():
        content = file.read_bytes()
        assert here not in content, file.name
        assert b'File "' not in content, file.name  # a line of a stack trace


def test_the_bundle_that_is_replaced_is_kept_with_what_was_changed_in_it(tmp_path: Path) -> None:
    bundle, kept = tmp_path / "mine", tmp_path / "mine.previous"
    bundle.mkdir()
    for threshold in (3.0, 4.0, 7.0):
        export_random(bundle)
        Recipe.load(bundle / "recipe.toml").with_threshold(threshold).save(bundle / "recipe.toml")
        if threshold == 3.0:
            assert not kept.exists()
    assert Recipe.load(kept / "recipe.toml").threshold == 4.0
    assert load_model(kept, threads=1).digest == load_model(bundle, threads=1).digest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "mine.previous"]


def test_an_exported_bundle_holds_a_recipe_to_begin_with(exported: Path, tmp_path: Path) -> None:
    """It goes with the bundle, wherever that is moved, and may be changed without harm to it."""
    moved = Path(shutil.copytree(exported, tmp_path / "elsewhere"))
    path = moved / "recipe.toml"
    recipe = Recipe.load(find_recipe(str(path)))
    assert find_model(recipe.model).samefile(moved)
    assert (recipe.name, recipe.threshold, recipe.min_area, recipe.policy) == ("prüf modell", 5.0, Area(value=9), ())
    recipe.with_threshold(3.0).save(path)
    assert load_model(moved, threads=1).spec == load_model(exported, threads=1).spec


def test_the_classifier_is_checked_with_its_severities(bundle: Path) -> None:
    """The golden window has all severities of the scale's lower half, whatever the map says."""
    model, seen = load_model(bundle, threads=1), list[FloatArray]()

    class Watched:
        severity = model.engine.severity

        def kinds(self, windows: FloatArray) -> FloatArray:
            seen.append(windows)
            return model.engine.kinds(windows)

    golden_outputs(Watched(), model.spec, np.full((96, 80), 100, np.uint8))
    (window,) = seen
    assert (window.shape, window.dtype) == ((1, 2, 64, 64), np.float32)
    assert not window[0, 0].any()
    assert window[0, 1] == pytest.approx(np.tile(np.arange(64) / 63, (64, 1)), abs=1e-6)


def test_a_classifier_of_pixels_alone_is_told(bundle: Path) -> None:
    """As bundles of an older form had it."""
    graph = onnx.load(bundle / KINDS_ONNX)
    graph.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 1
    onnx.save(graph, bundle / KINDS_ONNX)
    sign(bundle)
    assert "does not take the input that model.toml states" in refused(bundle)


def test_a_folder_with_other_things_is_not_overwritten(exported: Path, tmp_path: Path) -> None:
    check_free(exported)
    check_free(tmp_path)
    (tmp_path / "thesis.tex").write_text("years of work", "utf-8")
    for path in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(InspectorError, match="no model bundle; choose another"):
            check_free(path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["missing", "empty", "truncated", "altered"])
def test_a_harmed_file_is_told(exported: Path, tmp_path: Path, name: str, harm: str) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    if harm == "missing":
        (folder / name).unlink()
    else:
        kept = {"empty": 0, "truncated": len(data) // 2, "altered": len(data)}[harm]
        (folder / name).write_bytes(data[:kept])
    said = refused(folder)
    assert f"{name} can't be read" in said if harm == "missing" else f"{name} is damaged or altered" in said


@pytest.mark.parametrize("name", [SEVERITY_ONNX, KINDS_ONNX])
def test_a_graph_that_is_none_is_told_even_under_its_digest(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes(b"no graph")
    sign(bundle)
    assert "can't be started by the onnx engine" in refused(bundle)


def test_a_map_that_differs_from_the_golden_one_is_refused(bundle: Path) -> None:
    with Image.open(bundle / GOLDEN_MAP) as image:
        golden = np.array(image)
    golden[5, 5] += 3
    Image.fromarray(golden).save(bundle / GOLDEN_MAP)
    sign(bundle)
    assert "differs from its golden map by 3 of 255 levels" in refused(bundle)
    Image.fromarray(golden.repeat(2, 1)).save(bundle / GOLDEN_MAP)
    sign(bundle)
    assert "gives a map of (16, 16), not of (16, 32)" in refused(bundle)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"format": 1}, "has bundle format 1, this program reads 2"),
        ({"golden_kinds": [0.5, 0.5]}, "the classifier differs on the golden frame"),
        ({"golden_kinds": []}, "the classifier differs on the golden frame"),
        ({"channels": 3}, "does not take the input that model.toml states"),
        ({"channels": 2}, "channels: "),
        ({"cell": 8}, "cell: "),
        ({"normalisation": "histogram"}, "normalisation: "),
        ({"normalisation": "frame"}, "differs from its golden map"),
        ({"colour": "blue"}, "colour: Extra"),
        ({"files": {}}, "has no digest of golden-frame.png"),
        ({"classes": ["background"]}, "not one share for each of its classes"),
        ({"classes": ["background", "spot", "scratch"]}, "not one share for each of its classes"),
        ({"classes": ["spot", "background"]}, "they are background and others, each once"),
        ({"classes": []}, "they are background and others, each once"),
        ({"multiple": 5}, "late_halo and tile are multiples of it"),
        ({"tile": 1001}, "late_halo and tile are multiples of it"),
        ({"halo": 8, "late_halo": 6}, "late_halo and tile are multiples of it"),
        ({"late_halo": 8}, "late_halo: it is a part of halo"),
        ({"halo": 8}, "does not take the input that model.toml states"),
        ({"tile": 0}, "tile: "),
        ({"multiple": 8, "halo": 4}, "late_halo and tile are multiples of it"),
        ({"multiple": 10**12}, "multiple: "),
        ({"halo": 10**12}, "halo: "),
        ({"threshold": float("nan")}, "threshold: "),
        ({"veto": float("inf")}, "veto: "),
    ],
)
def test_a_changed_description_is_told(bundle: Path, values: dict[str, Any], said: str) -> None:
    change(bundle, **values)
    assert said in refused(bundle)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "models/severity.onnx", "..", "a\0b", "a:b", ""])
def test_a_path_outside_the_bundle_is_refused(bundle: Path, name: str) -> None:
    files = tomllib.loads((bundle / MODEL_TOML).read_text("utf-8"))["files"]
    (bundle.parent / "secret.png").write_bytes(b"x")
    change(bundle, files={**files, name: hashlib.sha256(b"x").hexdigest()})
    assert "which is outside the bundle" in refused(bundle)


@pytest.mark.parametrize(
    "content",
    [b"", b"format = ", b"\xff\xfe", b"format = 1", b"a." * 9000 + b"a = 1", b"a = " + b"[" * 9000, b"#" * 2**21],
)
def test_a_damaged_description_is_told(bundle: Path, content: bytes) -> None:
    (bundle / MODEL_TOML).write_bytes(content)
    refused(bundle)


def test_a_folder_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    assert "is no model bundle" in refused(tmp_path)
    assert "is no model bundle" in refused(tmp_path / "missing")


def test_the_torch_engine_says_what_it_lacks(bundle: Path) -> None:
    assert "can't be started by the torch engine" in refused(bundle, "torch")


def test_a_network_that_needs_larger_multiples_than_stated_is_told(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    spec = load_model(folder, threads=1).spec
    if spec.multiple == spec.cell:
        pytest.skip("the paper's network takes any multiple of its cell")
    change(folder, multiple=spec.cell)
    assert "does not take the input that model.toml states" in refused(folder)


def test_a_network_that_gives_no_numbers_is_told(bundle: Path) -> None:
    graph = onnx.load(bundle / SEVERITY_ONNX)
    graph.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.float32(np.nan), "gain"))
    onnx.save(graph, bundle / SEVERITY_ONNX)
    sign(bundle)
    assert "gives no severities" in refused(bundle)


def test_a_network_that_takes_its_weights_from_elsewhere_is_told(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bundle.parent / "secret").write_bytes(np.float32(4).tobytes())
    monkeypatch.chdir(bundle)
    for place in (str(bundle.parent / "secret"), "../secret"):
        graph = onnx.load(bundle / SEVERITY_ONNX, load_external_data=False)
        gain = graph.graph.initializer[0]
        gain.ClearField("raw_data")
        gain.ClearField("external_data")
        gain.data_location = TensorProto.EXTERNAL
        for key, value in (("location", place), ("offset", "0"), ("length", "4")):
            gain.external_data.add(key=key, value=value)
        (bundle / SEVERITY_ONNX).write_bytes(graph.SerializeToString())
        sign(bundle)
        assert "can't be started by the onnx engine" in refused(bundle)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are those of Unix")
@pytest.mark.parametrize("name", [MODEL_TOML, KINDS_ONNX, GOLDEN_MAP])
def test_a_pipe_in_the_place_of_a_file_is_told(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    os.mkfifo(bundle / name)
    assert f"{name} can't be read (it is no file)" in refused(bundle)
