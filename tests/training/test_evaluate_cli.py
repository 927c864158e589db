"""The command `inspector-evaluate`, its files, and another program that scores the same output."""

import base64
import csv
import json
import math
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from spot_dataset import CLASSES, PARTS, write_png, write_spot_dataset
from tiny_bundle import write_tiny_bundle

from inspector.networks.spec import MODEL_TOML
from inspector.recipe import Recipe
from training import evaluate_cli

SCORER = Path(__file__).resolve().parents[3] / "shared" / "tools" / "score.py"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_spot_dataset(tmp_path / "spots")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Run the command in this process; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["inspector-evaluate", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        evaluate_cli.main()
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.fixture(scope="module")
def evaluated(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A dataset and the folder that the command wrote for it."""
    folder = tmp_path_factory.mktemp("evaluated")
    data, out = write_spot_dataset(folder / "spots"), folder / "out"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert run(monkeypatch, bundle, data, "--out", out) == 0
    return data, out


def metrics(out: Path) -> dict[str, Any]:
    return json.loads((out / "metrics.json").read_text("utf-8"))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_another_program_finds_the_same_figures(evaluated: tuple[Path, Path]) -> None:
    if not SCORER.is_file():
        pytest.skip("the independent scorer is not beside this checkout")
    data, out = evaluated
    done = subprocess.run(
        [sys.executable, str(SCORER), str(out / "inspect"), str(data), "--split", "test", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs, found = json.loads(done.stdout), metrics(out)
    every, frames = found["all_images"], found["frames"]
    objects = every["objects"]
    ours = {
        "frames": found["counts"]["frames"],
        "missing": found["counts"]["frames_failed"],
        "defective": found["counts"]["frames_defective"],
        "objects": found["counts"]["objects"],
        "detections": found["counts"]["detections"],
        "mean_iou_defective": found["defective_images"]["pixels"]["mean_iou"],
        "pooled_iou": every["pixels"]["pooled_iou"],
        "AR": objects["ar"],
        "object_recall": objects["any_kind"]["recall"],
        "object_precision": objects["any_kind"]["precision"],
        "object_recall_kind": objects["right_kind"]["recall"],
        "object_precision_kind": objects["right_kind"]["precision"],
        "kind_accuracy_of_found": objects["kind_accuracy_of_found"],
        "frame_auroc": frames["auroc"],
        "frame_ap": frames["average_precision_as_listed"],
        "false_reject_rate": frames["falsely_rejected"],
        "escape_rate": frames["escaped"],
        "severity_vs_contrast_spearman": found["severity"]["defect_cells"]["spearman"],
        "severity_vs_contrast_pearson": found["severity"]["defect_cells"]["pearson"],
        "parts_with_split_verdict": found["parts"]["disagreeing"],
    }
    for reach, name in ((0, "strict"), (2, "within_2_px"), (5, "within_5_px")):
        for figure in ("precision", "recall", "f1"):
            ours[f"pixel_{figure}_{reach}px"] = every["pixels"][name][figure]
    assert set(theirs) == set(ours)
    assert ours == {name: pytest.approx(value, abs=1e-9) for name, value in theirs.items()}
    assert all(0 < theirs[name] < 1 for name in ("pixel_f1_0px", "object_recall_kind", "parts_with_split_verdict"))


def test_metrics_say_what_was_measured_and_how(evaluated: tuple[Path, Path], bundle: Path) -> None:
    found = metrics(evaluated[1])
    assert found["data"] == {"name": "spots", "classes": list(CLASSES)}
    assert (found["split"], found["recipe"]["threshold"], found["recipe"]["min_area"]) == ("test", 5.0, 0)
    assert (found["model"]["name"], len(found["model"]["digest"])) == ("tiny", 64)
    assert found["counts"]["parts"] == PARTS
    assert found["errors"] == []
    low, high = found["intervals_95"]["all_images.pixels.strict.f1"]
    assert low < found["all_images"]["pixels"]["strict"]["f1"] < high


def test_tables_hold_what_the_metrics_say(evaluated: tuple[Path, Path]) -> None:
    data, out = evaluated
    found, frames = metrics(out), table(out / "frames.csv")
    assert [row["name"] for row in frames] == json.loads((data / "dataset.json").read_text("utf-8"))["splits"]["test"]
    hits, claimed = (sum(int(row[name]) for row in frames) for name in ("common_px", "found_px"))
    assert hits / claimed == pytest.approx(found["all_images"]["pixels"]["strict"]["precision"])
    ious = [float(row["iou"]) for row in frames if row["defective"] == "1"]
    assert np.mean(ious) == pytest.approx(found["defective_images"]["pixels"]["mean_iou"], abs=1e-4)
    curve = {float(row["iou"]): row for row in table(out / "object_pr.csv")}
    assert float(curve[0.5]["recall"]) == found["all_images"]["objects"]["any_kind"]["recall"]
    assert float(curve[0.5]["precision_with_kind"]) == found["all_images"]["objects"]["right_kind"]["precision"]
    confusion = table(out / "confusion.csv")
    assert [row["annotated"] for row in confusion] == list(CLASSES[1:])
    assert sum(int(row[n]) for row in confusion for n in ("missed", *CLASSES[1:])) == found["counts"]["objects"]
    cells = table(out / "severity.csv")
    assert len(cells) == found["counts"]["defect_cells"]
    cell = cells[len(cells) // 2]
    levels = cv2.imread(str(out / "inspect" / "severity" / f"{cell['name']}.png"), cv2.IMREAD_UNCHANGED)
    at = int(levels[int(cell["row"]), int(cell["column"])])
    assert float(cell["severity"]) == pytest.approx(at * 12 / 255, abs=1e-3)
    sweep = table(out / "iou_of_threshold.csv")
    assert max(float(row["mean_iou"]) for row in sweep) == pytest.approx(
        found["threshold_sweep"]["best_mean_iou"], abs=1e-6
    )


class Page(HTMLParser):
    """Collects what a page refers to, its pictures and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.sources, self.text, self.tags = list[str](), "", set[str]()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.sources += [value or "" for name, value in attributes if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_stands_alone(evaluated: tuple[Path, Path]) -> None:
    out = evaluated[1]
    text = (out / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert page.tags.isdisjoint({"script", "link", "iframe"})
    assert "url(" not in text
    pictures = {base64.b64decode(source.removeprefix("data:image/png;base64,")) for source in page.sources}
    assert pictures == {path.read_bytes() for path in out.glob("*.png")}
    assert {path.stem for path in out.glob("*.png")} >= {"severity", "confusion", "object_pr", "frames", "false_alarms"}
    counts = metrics(out)["counts"]
    assert f"{counts['objects_touched']} of {counts['objects']}" in page.text
    assert f"{counts['parts_sound_reject']} of {counts['parts_sound']}" in page.text
    assert "only 4 defective parts" in page.text
    assert metrics(out)["model"]["digest"] in page.text


def test_names_of_the_data_can_not_break_the_report(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = data / "dataset.json"
    index.write_text(index.read_text("utf-8").replace('"spots"', '"<script>$name & co"'), "utf-8")
    assert run(monkeypatch, bundle, data, "--out", tmp_path / "out") == 0
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;$name &amp; co" in text


def test_recipe_and_threshold_are_heeded(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text('name = "mine"\nmodel = "elsewhere"\nthreshold = 3\nmin_area = 60\n', "utf-8")
    for options, expected in ((("--recipe", recipe), 3.0), (("--recipe", recipe, "--threshold", "7.5"), 7.5)):
        assert run(monkeypatch, bundle, data, "--out", tmp_path / "out", *options) == 0
        found = metrics(tmp_path / "out")["recipe"]
        assert (found["name"], found["threshold"], found["min_area"]) == ("mine", expected, 60)
    first = json.loads((tmp_path / "out" / "inspect" / "results.jsonl").read_text("utf-8").splitlines()[0])
    assert first["threshold"] == 7.5


def test_without_a_recipe_the_model_s_own_choices_are_taken(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Path(shutil.copytree(bundle, tmp_path / "chosen"))
    text = (chosen / MODEL_TOML).read_text("utf-8")
    assert "min_area = 0.0" in text
    (chosen / MODEL_TOML).write_text(text.replace("min_area = 0.0", "min_area = 150.0"), "utf-8")
    recipe = tmp_path / "all.toml"
    Recipe(name="all", model="elsewhere", threshold=5.0).save(recipe)
    smallest = []
    for options, expected in (((), ("tiny", 5.0, 150)), (("--recipe", recipe), ("all", 5.0, 0))):
        assert run(monkeypatch, chosen, data, "--out", tmp_path / "out", *options) == 0
        found = metrics(tmp_path / "out")["recipe"]
        assert tuple(found[key] for key in ("name", "threshold", "min_area")) == expected
        lines = (tmp_path / "out" / "inspect" / "results.jsonl").read_text("utf-8").splitlines()
        smallest.append(min(region["area_px"] for line in lines for region in json.loads(line)["regions"]))
    assert smallest[0] >= 150 > smallest[1]


def test_a_frame_that_can_not_be_read_is_told_and_left_out(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_png(data / "masks" / "part-1-view-1.png", np.ones((20, 20), np.uint8))
    assert run(monkeypatch, bundle, data, "--out", tmp_path / "out") == 0
    said = capsys.readouterr().err
    assert re.search(r"not evaluated: .*part-1-view-1.*rows and columns", said)
    (error,) = metrics(tmp_path / "out")["errors"]
    assert error["name"] == "part-1-view-1.png"
    assert "1 frame could not be read" in (tmp_path / "out" / "report.html").read_text("utf-8")


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert run(monkeypatch, *arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    return said


def test_unusable_input_is_told_in_a_sentence(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    for arguments, said in (
        ((bundle, data, "--split", "vla", "--out", out), "no frames in split 'vla'; it has train, test"),
        ((bundle, data, "--split", "train", "--out", out), "no frames in split 'train'"),
        ((bundle, tmp_path / "empty", "--out", out), "dataset.json"),
        ((tmp_path / "empty", data, "--out", out), "is no model bundle"),
        (("no-such-model", data, "--out", out), "no model 'no-such-model'"),
        ((bundle, data, "--recipe", "no-such-recipe", "--out", out), "no recipe 'no-such-recipe'"),
    ):
        assert said in refused(monkeypatch, capsys, *arguments)
    for mask in (data / "masks").iterdir():
        mask.unlink()
    assert "has no defect in its split 'test'" in refused(monkeypatch, capsys, bundle, data, "--out", out)


def test_a_folder_with_anything_else_is_left_alone(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(data.rglob("*"))
    assert "holds other files than an evaluation" in refused(monkeypatch, capsys, bundle, data, "--out", data)
    assert sorted(data.rglob("*")) == before
    (tmp_path / "file").write_text("mine", "utf-8")
    assert "is a file" in refused(monkeypatch, capsys, bundle, data, "--out", tmp_path / "file")


def test_a_later_evaluation_replaces_an_earlier_one(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, bundle, data, "--out", out) == 0
    assert (out / "false_alarms.png").exists()
    assert run(monkeypatch, bundle, data, "--out", out, "--threshold", "12") == 0
    assert not (out / "false_alarms.png").exists()
    assert (out / "escapes.png").exists()
    assert math.isclose(metrics(out)["recipe"]["threshold"], 12)


def test_wrong_usage_ends_with_2(bundle: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, bundle, data) == 2
    assert run(monkeypatch, bundle, data, "--out", "x", "--threshold", "13") == 2
    assert run(monkeypatch, "--help") == 0
