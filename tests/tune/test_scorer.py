"""The curve of `inspector tune` against an independent scorer of what `inspector inspect` writes."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from inspector.__main__ import app as inspector_app
from inspector.commands import run_command
from inspector.dataset import defect_pixels, read_dataset
from inspector.tune.cli import tune
from inspector.tune.thresholds import column

SHARED = Path(__file__).resolve().parents[3] / "shared"

tune_app = typer.Typer(add_completion=False)
tune_app.command()(tune)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder; settings, data and cache of nobody."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(app: typer.Typer, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["inspector", *arguments])
    assert run_command(app) == 0


def some_frames(source: Path, to: Path, count: int) -> Path:
    """A dataset of the first defective and the first sound frames of a test split, as many of each."""
    dataset, chosen = read_dataset(source), {True: [], False: []}
    for sample in dataset.split("test"):
        _, mask = dataset.read(sample)
        of_its_kind = chosen[bool(defect_pixels(mask).any())]
        if len(of_its_kind) < count:
            of_its_kind.append(sample)
        if all(len(samples) == count for samples in chosen.values()):
            break
    samples = [*chosen[True], *chosen[False]]
    for folder in ("images", "masks"):
        (to / folder).mkdir(parents=True)
    for sample in samples:
        shutil.copy(sample.image, to / "images")
        if sample.mask is not None:
            shutil.copy(sample.mask.path, to / "masks")
    meta = {"name": "some", "classes": dataset.classes, "splits": {"test": [sample.name for sample in samples]}}
    (to / "dataset.json").write_text(json.dumps(meta), "utf-8")
    return to


def scored(out: Path, dataset: Path) -> dict[str, Any]:
    command = [sys.executable, str(SHARED / "tools" / "score.py"), str(out), str(dataset), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)


@pytest.mark.parametrize(("recipe", "name"), [("demo", "pv-cells"), ("magnetic-tile", "magnetic-tile")])
def test_the_curve_is_what_the_scorer_says_of_inspections(here: Path, monkeypatch, recipe: str, name: str) -> None:
    source = SHARED / "datasets" / name
    if not source.is_dir() or not (SHARED / "tools" / "score.py").is_file():
        pytest.skip(f"the {name} dataset and the scorer are not beside this checkout")
    dataset = some_frames(source, here / "some", 3)
    run(tune_app, monkeypatch, "--recipe", recipe, "--truth", "some", "--split", "test", "--out", "out")
    rows = list(csv.DictReader((here / "out" / "curve.csv").read_text("utf-8").splitlines()))
    for threshold in (1.0, 3.0, 4.4, 7.0, 10.0):
        arguments = ["some/images", "--recipe", recipe, "--out", "inspected", "--threshold", str(threshold)]
        run(inspector_app, monkeypatch, "inspect", *arguments)
        said, row = scored(here / "inspected", dataset), rows[column(threshold)]
        for ours, theirs in (
            ("mean_iou", "mean_iou_defective"),
            ("precision", "pixel_precision_0px"),
            ("recall", "pixel_recall_0px"),
            ("f1", "pixel_f1_0px"),
            ("object_precision", "object_precision"),
            ("object_recall", "object_recall"),
        ):
            value = float(row[ours]) if row[ours] else float("nan")
            assert value == pytest.approx(said[theirs], abs=1e-5, nan_ok=True), (threshold, ours)
        assert int(row["escapes"]) == round(3 * said["escape_rate"])
        assert int(row["false_rejects"]) == round(3 * said["false_reject_rate"])
