"""`inspector tune` as people and scripts use it, and its curve against an independent scorer."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from spot_dataset import write_png, write_spot_dataset
from tiny_bundle import write_tiny_bundle

from inspector.commands import run_command
from inspector.recipe import Recipe
from inspector.simulation.dataset import write_dataset
from inspector.tune.cli import tune
from inspector.tune.thresholds import column

SHARED = Path(__file__).resolve().parents[3] / "shared"
COLUMNS = {
    "threshold", "mean_iou", "precision", "recall", "f1", "object_precision", "object_recall", "escapes",
    "false_rejects", "defective_reviews", "sound_reviews", "cost", "map_mean_iou",
}  # fmt: skip
TUNE = ["--recipe", "tile.toml", "--truth", "spots", "--split", "test", "--out", "out"]

tune_app = typer.Typer(add_completion=False)
tune_app.command()(tune)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def here(tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a recipe and a dataset; settings, data and cache of nobody."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    Recipe(name="tile", model=str(bundle), threshold=4.0).save(tmp_path / "tile.toml")
    write_spot_dataset(tmp_path / "spots")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(app: typer.Typer, capsys, monkeypatch, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    monkeypatch.setattr(sys, "argv", ["inspector", *arguments])
    code = run_command(app)
    output = capsys.readouterr()
    return code, output.out, output.err


def curve(out: Path) -> list[dict[str, str]]:
    with (out / "curve.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tune_writes_the_curve_the_choice_and_a_picture(here: Path, capsys, monkeypatch) -> None:
    code, out, told = call(tune_app, capsys, monkeypatch, *TUNE)
    assert (code, out) == (0, "")
    choice = json.loads((here / "out" / "choice.json").read_text("utf-8"))
    rows = curve(here / "out")
    assert set(rows[0]) == COLUMNS
    assert len(rows) == 255
    assert f"T {choice['threshold']:g} by mean IoU" in told
    assert "the model knows no smear: it finds them as other kinds" in told
    best = max(rows, key=lambda row: float(row["mean_iou"]))
    assert choice["mean_iou"]["value"] == pytest.approx(float(best["mean_iou"]), rel=1e-5)
    assert choice["mean_iou"]["low"] - 0.05 < choice["threshold"] <= choice["mean_iou"]["high"]
    assert (choice["frames"], choice["parts"], choice["defective_parts"]) == (14, 7, 4)
    picture = cv2.imread(str(here / "out" / "curve.png"))
    assert picture.shape[1] == 1200
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50


def test_the_cheapest_t_is_chosen_where_costs_are_given(here: Path, capsys, monkeypatch) -> None:
    assert call(tune_app, capsys, monkeypatch, *TUNE, "--escape-cost", "20")[0] == 0
    choice = json.loads((here / "out" / "choice.json").read_text("utf-8"))
    rows = curve(here / "out")
    cost = [20 * int(row["escapes"]) + int(row["false_rejects"]) for row in rows]
    assert [float(row["cost"]) for row in rows] == cost
    assert choice["chosen_by"] == "cost"
    assert choice["cheapest"]["value"] == min(cost) == cost[column(choice["threshold"])]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--recipe", "unknown"], "no recipe 'unknown'"),
        (["--truth", "nowhere"], "nowhere is no dataset folder"),
        (["--split", "train"], "no frames in split 'train'"),
        (["--split", "nowhere"], "no frames in split 'nowhere'"),
        (["--truth", "misfit"], "its image (70, 90) rows and columns"),
        (["--truth", "unknown"], "holds class 9"),
        (["--truth", "sound"], "has no defect"),
        (["--out", "tile.toml"], "choose another --out"),
    ],
)
def test_unusable_input_is_told_in_one_sentence(here: Path, capsys, monkeypatch, arguments, said: str) -> None:
    for name in ("misfit", "unknown", "sound"):
        shutil.copytree(here / "spots", here / name)
    write_png(here / "misfit" / "masks" / "part-0-view-0.png", np.ones((70, 91), np.uint8))
    write_png(here / "unknown" / "masks" / "part-0-view-0.png", np.full((70, 90), 9, np.uint8))
    shutil.rmtree(here / "sound" / "masks")
    code, out, told = call(tune_app, capsys, monkeypatch, *TUNE, *arguments)
    assert (code, out) == (2, "")
    assert told.startswith("error: ")
    assert said in told
    assert len(told.splitlines()) == 1


def test_wrong_usage_ends_with_2(here: Path, capsys, monkeypatch) -> None:
    code, _, told = call(tune_app, capsys, monkeypatch, *TUNE, "--iou", "2")
    assert code == 2
    assert "Usage" in told


def measured(home: Path) -> dict[Path, int]:
    """The files of the cache, by when they were made."""
    return {path: path.stat().st_ino for path in home.glob("**/measured/*/*.npz")}


@pytest.mark.skipif(sys.platform == "win32", reason="a process can't be sent Ctrl-C alone there")
def test_ctrl_c_keeps_what_is_measured(here: Path) -> None:
    write_dataset(here / "line", parts=60, seed=3)
    script = (
        "import sys, typer\n"
        "from inspector.commands import run_command\n"
        "from inspector.tune.cli import tune\n"
        "app = typer.Typer()\napp.command()(tune)\nsys.exit(run_command(app))\n"
    )
    (here / "tune.py").write_text(script, "utf-8")
    arguments = ["--recipe", "demo", "--truth", "line", "--split", "all", "--out", "out"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "tune.py", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        until = time.monotonic() + 120
        while len(measured(here)) < 4 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=120)
    assert process.returncode == 3, told
    assert "Traceback" not in told
    kept = measured(here)
    assert 4 <= len(kept) < 120
    assert not (here / "out" / "curve.csv").exists()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    whole = measured(here)
    assert len(whole) == 120
    assert all(whole[path] == made for path, made in kept.items())  # none was written again
    assert len(curve(here / "out")) == 255
