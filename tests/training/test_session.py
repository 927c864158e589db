import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from builders import CAPTURED
from typer.testing import CliRunner

from inspector.errors import InspectorError
from inspector.networks.bundle import load_model
from inspector.pipeline import measure
from inspector.simulation.dataset import write_dataset
from inspector.simulation.part import simulate_part
from inspector.types import Frame
from training import cli, loop, train_severity
from training.config import load_config
from training.datasets import open_dataset
from training.labels import SeverityScale
from training.patches import load_frames

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


class Stopped(Exception):
    """In place of the kill of the process."""


@contextmanager
def stopping() -> Iterator[Any]:
    def report(phase: str, done: float, note: str) -> None:
        if phase == "severity network" and done >= 0.5:
            raise Stopped

    yield report


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Path:
    """What comes out of a training that was stopped on its way and went on."""
    out = folder / "models" / "mine"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
        patch.setattr(cli, "reporting", stopping)
        with pytest.raises(Stopped):
            train(folder, out)
    assert [path.name for path in out.parent.iterdir()] == ["mine.training"]
    other = folder / "other.toml"
    other.write_text(CONFIG.replace("steps = 4", "steps = 5"), "utf-8")
    with pytest.raises(InspectorError, match="other settings"):
        train(folder, out, "--resume", "--config", str(other))
    assert "mean IoU" in train(folder, out, "--resume")
    return out


def test_a_training_ends_in_a_bundle_that_inspects(folder: Path, bundle: Path) -> None:
    spec = load_model(bundle, threads=1).spec
    meta = json.loads((folder / "parts" / "dataset.json").read_text("utf-8"))
    assert (spec.name, spec.classes) == ("mine", tuple(meta["classes"]))
    assert (spec.architecture, spec.cell, spec.channels) == ("paper", 4, 1)
    assert 0 < spec.threshold <= 12
    assert 20 < spec.scale.low < spec.scale.high <= spec.scale.truncation == 500
    assert spec.training["train_frames"] == len(meta["splits"]["train"])
    assert spec.training["settings"]["severity"]["steps"] == 4
    assert [path.name for path in bundle.parent.iterdir()] == ["mine"]
    frame = Frame(simulate_part(9, 0).pixels.copy(), 0, "part", "part", CAPTURED)
    assert measure(frame, load_model(bundle, threads=1)).levels.shape == (128, 128)


def test_a_training_that_was_stopped_gives_what_an_unbroken_one_gives(
    folder: Path, bundle: Path, tmp_path: Path
) -> None:
    model = load_model(bundle, engine="torch")
    settings, dataset, scale = load_config(folder / "short.toml"), open_dataset(folder / "parts"), model.spec.scale
    unbroken = train_severity.train_severity(
        load_frames(dataset, dataset.split("train"), 1, settings.normalisation),
        SeverityScale(scale.low, scale.high, scale.floor),
        settings.severity,
        seed=settings.seed,
        minutes=None,
        checkpoint=tmp_path / "severity.pt",
        progress=lambda done, text: None,
    )
    kept = safetensors.torch.load_file(bundle / "severity.safetensors")
    for name, weights in unbroken.state_dict().items():
        assert torch.allclose(weights, kept[name], rtol=1e-4, atol=1e-6), name


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
    severities = torch.zeros(1, 1, 4, 5)
    severities[..., 0, 0] = 12
    predicted, known = torch.zeros_like(severities), torch.ones_like(severities)
    plain, balanced, even = (
        float(train_severity.severity_loss(predicted, severities, known, balance)) for balance in (0.0, 0.5, 1.0)
    )
    assert plain == pytest.approx(144 / 20)
    assert balanced == pytest.approx(144 * np.sqrt(19) / (19 + np.sqrt(19)))
    assert even == pytest.approx(144 * 10 / (19 + 10))  # at most tenfold
