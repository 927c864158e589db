import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from builders import CAPTURED
from short_training import SHORT_TRAINING
from typer.testing import CliRunner

from inspector.dataset import Dataset, Sample
from inspector.errors import InspectorError
from inspector.networks.bundle import load_model
from inspector.networks.input import Normalisation
from inspector.networks.lite import LiteRegressor
from inspector.pipeline import measure
from inspector.recipe import Recipe
from inspector.simulation.dataset import write_dataset
from inspector.simulation.part import simulate_part
from inspector.types import Frame
from training import cli
from training.config import TrainingConfig
from training.labels import SeverityScale
from training.patches import Annotated
from training.pretrained import load_severity
from training.session import severity_scale
from training.sifting import AREAS, VETOES
from training.splits import split_samples
from training.train_kinds import KindsConfig, new_classifier
from training.train_severity import SeverityConfig

KILLED = """
import os, signal, sys
from contextlib import contextmanager
from training import cli, loop

loop.CHECKPOINT_SECONDS = loop.REPORT_SECONDS = 0.0
at = sys.argv.pop(1)

@contextmanager
def killing():
    def report(phase, done, note):
        if phase == at and done >= 0.5:
            os.kill(os.getpid(), signal.SIGKILL)
    yield report

cli.reporting = killing
cli.main()
"""
"""The command, killed by its own hand when the phase that is named first is half over."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of simulated parts and the settings of a very short training."""
    folder = tmp_path_factory.mktemp("training")
    write_dataset(folder / "parts", 12, 3)
    (folder / "short.toml").write_text(SHORT_TRAINING, "utf-8")
    return folder


def arguments(folder: Path, out: Path, *options: str) -> list[str]:
    config = str(folder / "short.toml")
    return [str(folder / "parts"), "--out", str(out), "--config", config, "--threads", "1", *options]


def train(folder: Path, out: Path, *options: str) -> str:
    """Run ``inspector-train``; returns what it prints."""
    result = CliRunner().invoke(cli.app, arguments(folder, out, *options))
    if result.exception is not None:
        raise result.exception
    return result.stdout


def kill(phase: str, folder: Path, out: Path, *options: str) -> None:
    """Run ``inspector-train`` in a process of its own, to be killed in the middle of a phase."""
    command = [sys.executable, "-c", KILLED, phase, *arguments(folder, out, *options)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stderr


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Path:
    """What comes out of a training that was killed twice on its way and went on."""
    out = folder / "models" / "mine"
    kill("severity network", folder, out)
    work = out.with_name("mine.training")
    assert [path.name for path in out.parent.iterdir()] == [work.name]
    assert 0 < torch.load(work / "severity.pt")["step"] < 6
    other = folder / "other.toml"
    other.write_text(SHORT_TRAINING.replace("steps = 6", "steps = 7"), "utf-8")
    with pytest.raises(InspectorError, match="other settings"):
        train(folder, out, "--resume", "--config", str(other))
    with pytest.raises(InspectorError, match="other settings"):
        train(folder, out, "--resume", "--seed", "7")
    whole = (work / "severity.pt").read_bytes()
    for damaged in (whole[:1000], whole[: len(whole) // 2], b"", b"no checkpoint"):
        (work / "severity.pt").write_bytes(damaged)
        with pytest.raises(InspectorError, match=r"checkpoint .*severity\.pt is damaged"):
            train(folder, out, "--resume")
    (work / "severity.pt").write_bytes(whole)
    kill("kinds network", folder, out, "--resume")
    assert torch.load(work / "severity.pt")["step"] == 6
    assert 0 < torch.load(work / "kinds.pt")["step"] < 4
    assert "mean IoU" in train(folder, out, "--resume")
    return out


def test_a_training_ends_in_a_bundle_that_inspects(folder: Path, bundle: Path) -> None:
    spec = load_model(bundle, threads=1).spec
    meta = json.loads((folder / "parts" / "dataset.json").read_text("utf-8"))
    assert (spec.name, spec.classes) == ("mine", tuple(meta["classes"]))
    assert (spec.architecture, spec.cell, spec.channels) == ("paper", 4, 1)
    assert 0 < spec.threshold <= 12
    recipe = Recipe.load(bundle / "recipe.toml")
    assert (recipe.model, recipe.threshold, recipe.min_area.value) == (str(bundle / "."), spec.threshold, spec.min_area)
    assert spec.min_area in AREAS
    assert spec.veto in VETOES
    assert 20 < spec.scale.low < spec.scale.high <= spec.scale.truncation == 500
    assert spec.training["train_frames"] == len(meta["splits"]["train"])
    assert spec.training["settings"]["severity"]["steps"] == 6
    assert spec.training["val_frames"] == len(meta["splits"]["val"])
    assert "minutes" not in spec.training
    for curve, steps in (("val_curve", 6), ("kinds_val_curve", 4)):
        shares, scores = zip(*spec.training[curve], strict=True)
        assert shares == tuple(round(step / steps, 3) for step in range(steps + 1) if step / steps > 0.35)
        assert all(0 <= score <= 1 for score in scores)
    assert [path.name for path in bundle.parent.iterdir()] == ["mine"]
    frame = Frame(simulate_part(9, 0).pixels.copy(), 0, "part", "part", CAPTURED)
    assert measure(frame, load_model(bundle, threads=1)).levels.shape == (128, 128)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_training_that_was_killed_gives_what_an_unbroken_one_gives(
    folder: Path, bundle: Path, tmp_path: Path, workers: str
) -> None:
    """And so does one whose batches are drawn in other processes."""
    train(folder, tmp_path / "mine", "--workers", workers)
    for name in ("severity.safetensors", "kinds.safetensors"):
        kept, unbroken = (safetensors.torch.load_file(out / name) for out in (bundle, tmp_path / "mine"))
        assert kept.keys() == unbroken.keys()
        for key, weights in unbroken.items():
            assert torch.equal(weights, kept[key]), key
    specs = [load_model(out, threads=1).spec for out in (bundle, tmp_path / "mine")]
    assert specs[0] == specs[1]


def test_by_default_both_networks_begin_with_imagenet_s_weights(folder: Path, tmp_path: Path) -> None:
    settings = "[severity]\ncell = 4\nsteps = 3\nbatch = 2\n[kinds]\nsteps = 3\nbatch = 6\n"
    (tmp_path / "short.toml").write_text(settings, "utf-8")
    train(folder, tmp_path / "mine", "--config", str(tmp_path / "short.toml"))
    model = load_model(tmp_path / "mine", threads=1)
    assert (model.spec.architecture, model.spec.backbone) == ("lite", "lite")
    card = (tmp_path / "mine" / "README.md").read_text("utf-8")
    for network in ("severity", "kinds"):
        assert f"{network}_network_began_with: EfficientNet-Lite0 of ImageNet (Apache 2.0)" in card
    trained, begun = safetensors.torch.load_file(tmp_path / "mine" / "severity.safetensors"), LiteRegressor(1, 4)
    load_severity(begun, "lite", "imagenet")
    same = {name for name, weight in begun.state_dict().items() if torch.equal(weight, trained[name])}
    assert {"down.stem.0.weight", "down.stages.1.1.project.1.running_var"} <= same
    assert not {"down.stages.4.2.project.0.weight", "head.weight"} & same


def test_a_classifier_may_start_from_one_that_was_trained(bundle: Path) -> None:
    path = bundle / "kinds.safetensors"
    classifier, by_chance = (
        new_classifier(KindsConfig(weights=weights), 1, 3, seed=0).state_dict() for weights in (str(path), "")
    )
    trained = safetensors.torch.load_file(path)
    assert trained["down.stem.0.weight"].shape[1] == 2  # grey, and severities
    assert torch.equal(classifier["down.stem.0.weight"], trained["down.stem.0.weight"])
    assert not torch.equal(by_chance["down.stem.0.weight"], trained["down.stem.0.weight"])


def test_weights_that_are_missing_are_told_before_anything_is_trained(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SHORT_TRAINING + 'weights = "nowhere/resnet.pth"\n', "utf-8")
    with pytest.raises(InspectorError, match=r"nowhere/resnet\.pth can't be read"):
        train(folder, tmp_path / "out", "--config", str(tmp_path / "mine.toml"))
    assert not (tmp_path / "out.training" / "severity.pt").exists()


def test_without_val_every_fifth_part_is_held_out_with_all_its_frames() -> None:
    samples = tuple(Sample(f"{part}-{view}", Path(f"{part}-{view}.png"), None) for part in "abcdefg" for view in "xy")
    groups = {sample.name: sample.name[0] for sample in samples}
    training, validation = split_samples(Dataset("parts", ("background",), {"train": samples}, groups))
    assert [sample.name for sample in validation] == ["a-x", "a-y", "f-x", "f-y"]
    assert {*training, *validation} == set(samples)
    assert len(training) == 10
    given = Dataset("parts", ("background",), {"train": samples[:2], "val": samples[2:]}, groups)
    assert split_samples(given) == (samples[:2], samples[2:])


@pytest.mark.parametrize(
    ("frames", "trained"), [(0, range(1, 10)), (3, (1, 5, 9)), (5, (1, 3, 5, 7, 9)), (99, range(1, 10))]
)
def test_a_part_of_the_frames_comes_from_all_over_them_and_val_stays(frames: int, trained: Iterable[int]) -> None:
    samples = tuple(Sample(str(number), Path(f"{number}.png"), None) for number in range(11))
    given = Dataset("parts", ("background",), {"train": samples[1:10], "val": (samples[0], samples[10])})
    training, validation = split_samples(given, frames)
    assert [int(sample.name) for sample in training] == list(trained)
    assert [sample.name for sample in validation] == ["0", "10"]


@pytest.mark.parametrize("cell", [4, 1])
def test_the_scale_of_severities_is_that_of_defects_with_sound_surface_around(cell: int) -> None:
    """A frame that is all defect shows no contrast, which is not to count for that of a weak one."""
    frames = []
    for contrast in range(20, 70, 10):
        pixels, mask = np.full((64, 64, 1), 100, np.uint8), np.zeros((64, 64), np.uint8)
        pixels[16:32, 16:32], mask[16:32, 16:32] = 100 + contrast, 1
        frames.append(Annotated.of(pixels, mask, Normalisation.MEAN))
    whole = Annotated.of(np.full((64, 64, 1), 30, np.uint8), np.ones((64, 64), np.uint8), Normalisation.MEAN)
    config = TrainingConfig(severity=SeverityConfig(cell=cell, floor=3.0))
    assert severity_scale(frames, config) == severity_scale([*frames, whole], config) == SeverityScale(40.0, 120.0, 3.0)
    assert severity_scale([whole], config).low == 0


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
