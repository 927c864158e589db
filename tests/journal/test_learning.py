"""From rejects to a better model: parts are judged, reviewed and drawn, exported, trained on, and inspected again."""

import json
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from builders import CAPTURED
from short_training import SHORT_TRAINING
from tiny_bundle import write_tiny_bundle
from typer.testing import CliRunner

from inspector.__main__ import app as inspector
from inspector.dataset import read_dataset
from inspector.journal.drawing import Drawing
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.networks.bundle import load_model
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.results import class_mask
from inspector.types import Frame, Pixels, Verdict
from training.cli import app as inspector_train

PARTS = 10


def run(app, *arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def part(number: int) -> Pixels:
    """A part with noise; every other one has a bright spot with a faint tail, which the first model does not see."""
    pixels = np.random.default_rng(number).normal(100, 3, (160, 192))
    if number % 2:
        pixels[40:60, 50:80] = 230
        pixels[60:64, 60:120] = 125
    return pixels.clip(0, 255).astype(np.uint8)


@pytest.fixture
def line(tmp_path: Path) -> str:
    """The journal of a line that was judged by its first model; returns its URL."""
    bundle, url = write_tiny_bundle(tmp_path / "first"), f"sqlite:///{tmp_path / 'journal.db'}"
    recipe, model = Recipe(name="tile", model=str(bundle), threshold=4.0), load_model(bundle, threads=1)
    with closing(Journal.open(url)) as journal:
        for number in range(PARTS):
            frame = Frame(part(number), number, f"{number}.png", f"part {number}", CAPTURED)
            journal.add(judge(measure(frame, model), recipe), recipe, "folder")
    return url


def review(url: str, bundle: Path) -> None:
    """What a person does: confirm what was accepted, complete what was rejected, and name it."""
    model = load_model(bundle, threads=1)
    with closing(Journal.open(url)) as journal:
        entry = journal.entry(journal.ids(EntryFilter(reviewed=False), limit=1)[0])
        while entry is not None:
            if entry.verdict is not Verdict.ACCEPT:
                recipe = journal.recipe(entry.recipe)
                frame = Frame(journal.pixels(entry), 0, "", "", entry.captured_at)
                drawing = Drawing(class_mask(judge(measure(frame, model), recipe), model.spec.classes))
                drawing.recolour((60, 50), kind=2)
                drawing.brush([(62, 61), (118, 61)], radius=2, kind=2)
                journal.add_mask(entry.id, drawing.pixels, ("background", "spot", "comet"), "anna", "it has a tail")
            journal.add_review(entry.id, entry.verdict, "anna", "")
            following = journal.following(entry, EntryFilter(reviewed=False))
            entry = journal.entry(following) if following else None


def test_a_reject_becomes_a_better_model(line: str, tmp_path: Path):
    with closing(Journal.open(line)) as journal:
        rejects = journal.ids(EntryFilter(verdicts=(Verdict.REJECT,)))
    assert rejects == [10, 8, 6, 4, 2]
    review(line, tmp_path / "first")
    folder, bundle = tmp_path / "reviewed", tmp_path / "better"

    told = run(inspector, "log", "export", "--dataset", "--out", str(folder), "--journal", line)
    assert told == f"10 frames (6 train, 2 val, 2 test), 5 with defects, in {folder}\n"
    dataset = read_dataset(folder)
    assert dataset.classes == ("background", "spot", "comet")
    masks = {s.name: dataset.read(s)[1] for samples in dataset.splits.values() for s in samples}
    drawn = [np.unique(masks[f"inspection-{number:06d}"][50:62, 60:118]).tolist() for number in range(1, PARTS + 1)]
    assert drawn == [[0], [0, 2]] * 5

    (tmp_path / "short.toml").write_text(SHORT_TRAINING, encoding="utf-8")
    settings = ["--config", str(tmp_path / "short.toml"), "--threads", "1"]
    assert "mean IoU" in run(inspector_train, str(folder), "--out", str(bundle), *settings)
    assert load_model(bundle, threads=1).spec.classes == dataset.classes

    (tmp_path / "new").mkdir()
    cv2.imwrite(str(tmp_path / "new" / "part.png"), part(99))
    recipe = str(bundle / "recipe.toml")
    run(inspector, "inspect", str(tmp_path / "new"), "--recipe", recipe, "--out", str(tmp_path / "results"))
    (record,) = map(json.loads, (tmp_path / "results" / "results.jsonl").read_text("utf-8").splitlines())
    assert record["verdict"] in set(Verdict)

    flips = run(inspector, "log", "rejudge", "--recipe", recipe, "--journal", line, "--json").splitlines()
    assert json.loads(flips[-1])["inspections"] == PARTS
