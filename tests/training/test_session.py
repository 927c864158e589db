import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders import CAPTURED, make_recipe
from typer.testing import CliRunner

from inspector.errors import InspectorError
from inspector.networks.bundle import load_model
from inspector.pipeline import judge, measure
from inspector.simulation.dataset import write_dataset
from inspector.simulation.part import simulate_part
from inspector.types import Frame
from training import cli, train_severity
from training.config import load_config

CONFIG = """
[severity]
architecture = "paper"
steps = 4
batch = 2
[kinds]
steps = 3
batch = 6
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of simulated parts and the settings of a very short training."""
    folder = tmp_path_factory.mktemp("training")
    write_dataset(folder / "parts", 12, 3)
    (folder / "short.toml").write_text(CONFIG, "utf-8")
    return folder


def train(folder: Path, out: Path, *options: str) -> str:
    """Run ``inspector-train``; returns what it prints."""
    arguments = [str(folder / "parts"), "--out", str(out), "--config", str(folder / "short.toml"), *options]
    result = CliRunner().invoke(cli.app, [*arguments, "--threads", "1"])
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Path:
    out = folder / "models" / "mine"
    assert "mean IoU" in train(folder, out)
    return out


def test_a_training_ends_in_a_bundle_that_inspects(bundle: Path) -> None:
    model = load_model(bundle, threads=1)
    classes = json.loads((bundle.parents[1] / "parts" / "dataset.json").read_text("utf-8"))["classes"]
    assert model.spec.name == "mine"
    assert list(model.spec.classes) == classes
    assert (model.spec.architecture, model.spec.cell, model.spec.channels) == ("paper", 4, 1)
    assert 0 < model.spec.threshold <= 12
    assert 20 < model.spec.scale.low < model.spec.scale.high <= model.spec.scale.truncation == 500
    assert model.spec.training | {"false_alarms": 0} == {
        "dataset": model.spec.training["dataset"],
        "frames": 8,
        "seed": 0,
        "false_alarms": 0,
        "steps": 4,
    }
    frame = Frame(simulate_part(9, 0).pixels.copy(), 0, "part", "part", CAPTURED)
    assert judge(measure(frame, model), make_recipe(6.0)).measurement.levels.shape == (128, 128)
    assert sorted(path.name for path in bundle.parent.iterdir()) == ["mine"]


class Stopped(Exception):
    """In place of the kill of the process."""


@contextmanager
def stopping() -> Iterator[Any]:
    def report(phase: str, done: float, note: str) -> None:
        if phase == "severity network" and done >= 0.5:
            raise Stopped

    yield report


def test_a_training_that_was_stopped_goes_on(
    folder: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "mine"
    with monkeypatch.context() as patch:
        patch.setattr(train_severity, "CHECKPOINT_SECONDS", 0.0)
        patch.setattr(cli, "reporting", stopping)
        with pytest.raises(Stopped):
            train(folder, out)
    assert not out.exists()
    other = tmp_path / "other"
    shutil.copytree(folder / "parts", other / "parts")
    (other / "short.toml").write_text(CONFIG.replace("steps = 4", "steps = 5"), "utf-8")
    with pytest.raises(InspectorError, match="other settings"):
        train(other, out, "--resume")
    train(folder, out, "--resume")
    assert (out / "severity.safetensors").read_bytes() == (bundle / "severity.safetensors").read_bytes()
    assert not (tmp_path / "mine.training").exists()


def test_a_folder_in_use_is_refused_before_training(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    for out in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(InspectorError, match="choose another --out"):
            train(folder, out)
    with pytest.raises(InspectorError, match="can't be written"):
        train(folder, tmp_path / "notes.txt" / "mine")


def test_a_data_set_that_is_too_small_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "parts", tmp_path / "parts")
    shutil.copy(folder / "short.toml", tmp_path)
    index = tmp_path / "parts" / "dataset.json"
    meta = json.loads(index.read_text("utf-8"))
    for splits, said in (({"train": meta["splits"]["train"][:1]}, "too small"), ({"test": []}, "no frames in split")):
        index.write_text(json.dumps({**meta, "splits": splits}), "utf-8")
        with pytest.raises(InspectorError, match=said):
            train(tmp_path, tmp_path / "out")


def test_val_frames_without_a_defect_are_told(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "parts", tmp_path / "parts")
    shutil.copy(folder / "short.toml", tmp_path)
    meta = json.loads((tmp_path / "parts" / "dataset.json").read_text("utf-8"))
    for name in meta["splits"]["val"]:
        (tmp_path / "parts" / "masks" / f"{name}.png").unlink(missing_ok=True)
    with pytest.raises(InspectorError, match="no defect in its val frames"):
        train(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps", "can't be read"),
        ("[sevrity]\nsteps = 3", "sevrity"),
        ("[severity]\nstps = 3", "severity.stps"),
        ("[severity]\nsteps = 0", "steps and batch at least 1"),
        ("[severity]\ncell = 3", "cell is 4, 2 or 1"),
        ("[severity]\nfloor = 12", "floor from 0 to below 12"),
        ('[severity]\narchitecture = "unet"', "no architecture 'unet'; there are paper, pyramid"),
        ('[kinds]\nbackbone = "vgg"', "no backbone 'vgg'"),
        ("[kinds]\nbackground_share = 1.0", "background_share"),
        ("channels = 2", "channels is 1 or 3"),
        ('normalisation = "none"', "normalisation"),
    ],
)
def test_unfit_settings_are_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(InspectorError) as told:
        load_config(tmp_path / "mine.toml")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_the_settings_that_ship_are_fit() -> None:
    for path in sorted((Path(cli.__file__).parent / "configs").glob("*.toml")):
        assert load_config(path).severity.steps > 0
    assert load_config(None).severity.cell == 4


def test_loss_gives_defects_their_say() -> None:
    import torch

    severities = torch.zeros(1, 1, 4, 5)
    severities[..., 0, 0] = 12
    predicted, known = torch.zeros_like(severities), torch.ones_like(severities)
    plain, balanced, even = (
        float(train_severity.severity_loss(predicted, severities, known, balance)) for balance in (0.0, 0.5, 1.0)
    )
    assert plain == pytest.approx(144 / 20)
    assert balanced == pytest.approx(144 * np.sqrt(19) / (19 + np.sqrt(19)))
    assert even == pytest.approx(144 * 10 / (19 + 10))  # at most tenfold
