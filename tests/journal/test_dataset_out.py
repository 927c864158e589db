"""Reviewed parts become a dataset folder: what was drawn, confirmed or overridden, and why the rest was left out."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from builders import CAPTURED
from tiny_bundle import write_tiny_bundle

from inspector.dataset import IGNORE, Dataset, read_dataset
from inspector.errors import InspectorError
from inspector.journal.dataset_out import Written, reviewed_ids, write_reviewed
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.pipeline import judge, measure
from inspector.recipe import Area, Recipe
from inspector.results import class_mask
from inspector.types import Frame, Inspection, Verdict

ACCEPT, REVIEW, REJECT = Verdict
RECIPE = Recipe(name="spots", model="tiny", threshold=4.0, min_area=Area(value=40))
SHAPE = (96, 128)
SPOT = (slice(20, 33), slice(40, 60))
SPECK = (slice(64, 68), slice(80, 84))
"""One cell: too small for the recipe."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)


@pytest.fixture
def load(model: Model) -> Callable[[str], Model]:
    return lambda name: model


def add(journal: Journal, model: Model, *spots: tuple[slice, slice], part: str = "") -> Inspection:
    pixels = np.full(SHAPE, 100, np.uint8)
    for spot in spots:
        pixels[spot] = 250
    number = len(journal.ids())
    frame = Frame(pixels, number, f"{number}.png", part or f"part {number}", CAPTURED)
    inspection = judge(measure(frame, model), RECIPE)
    journal.add(inspection, RECIPE, "folder")
    return inspection


def write(journal: Journal, out: Path, load: Callable[[str], Model]) -> tuple[Written, Dataset]:
    return write_reviewed(journal, reviewed_ids(journal), out, load), read_dataset(out)


def masks_of(dataset: Dataset) -> dict[str, np.ndarray]:
    return {sample.name: dataset.read(sample)[1] for samples in dataset.splits.values() for sample in samples}


def test_each_way_of_reviewing_gives_its_mask(journal: Journal, model: Model, load, tmp_path: Path):
    confirmed, overridden, _sound, _drawn, _unreviewed = (
        add(journal, model, *spots) for spots in ((SPOT, SPECK), (SPOT,), (), (SPOT,), (SPOT,))
    )
    assert [entry.verdict for entry in journal.entries()] == [REJECT, REJECT, ACCEPT, REJECT, REJECT]
    journal.add_review(1, REJECT, "anna", "")
    journal.add_review(2, ACCEPT, "anna", "a reflection")
    journal.add_review(3, ACCEPT, "anna", "")
    hand = np.zeros(SHAPE, np.uint8)
    hand[10:14, 10:30] = 2
    journal.add_mask(4, np.full(SHAPE, 1, np.uint8), ("background", "dent"), "anna", "")
    journal.add_mask(4, hand, ("background", "dent", "spot"), "bert", "the dent is no spot")
    written, dataset = write(journal, tmp_path / "out", load)
    assert dataset.classes == ("background", "spot", "dent")
    assert (written.frames, written.defective, written.left_out) == (4, 2, {})
    masks = masks_of(dataset)
    assert sorted(masks) == [f"inspection-00000{number}" for number in (1, 2, 3, 4)]
    expected = class_mask(confirmed, model.spec.classes)
    (speck,) = confirmed.too_small
    top, left, bottom, right = speck.box
    expected[top:bottom, left:right][speck.mask] = IGNORE
    assert np.array_equal(masks["inspection-000001"], expected)
    assert (expected[24:30, 44:56] == 1).all()
    assert not masks["inspection-000002"].any()
    assert not masks["inspection-000003"].any()
    assert np.array_equal(masks["inspection-000004"] == 1, hand == 2)  # "spot" is the dataset's class 1
    pixels = {s.name: dataset.read(s)[0] for samples in dataset.splits.values() for s in samples}
    assert np.array_equal(pixels["inspection-000002"], overridden.frame.pixels)


def test_what_can_not_be_learned_from_is_left_out_with_the_reason(journal: Journal, model: Model, load, tmp_path: Path):
    for spots in ((), (SPOT,), (SPOT,), (SPOT,), (SPOT,)):
        add(journal, model, *spots)
    journal.add_review(1, REJECT, "anna", "a crack that was not seen")
    journal.add_review(2, REJECT, "anna", "", blind=True)
    journal.add_review(3, REJECT, "anna", "")
    (journal.folder / journal.entry(3).frame_path).unlink()
    journal.add_review(4, REJECT, "anna", "")
    journal.add_mask(5, np.zeros((9, 9), np.uint8), ("background",), "anna", "")
    written, _ = write(journal, tmp_path / "out", load)
    assert (written.frames, sorted(written.left_out)) == (1, [1, 2, 3, 5])
    assert "nobody drew the defect that inspection 1" in written.left_out[1]
    assert "inspection 2 was not reviewed" in written.left_out[2]
    assert "000003-frame.png can't be read" in written.left_out[3]
    assert "draw it anew" in written.left_out[5]


def test_where_the_model_is_gone_what_was_drawn_or_is_sound_remains(journal: Journal, model: Model, tmp_path: Path):
    for _ in range(3):
        add(journal, model, SPOT)
    journal.add_review(1, REJECT, "anna", "")
    journal.add_review(2, ACCEPT, "anna", "a reflection")
    journal.add_mask(3, np.ones(SHAPE, np.uint8), ("background", "spot"), "anna", "")
    asked: list[str] = []

    def gone(name: str) -> Model:
        asked.append(name)
        raise InspectorError(f"no model {name}")

    written, _ = write(journal, tmp_path / "out", gone)
    assert (written.frames, written.left_out) == (2, {1: "no model tiny"})
    assert asked == ["tiny"]


def test_parts_are_dealt_to_the_splits_with_all_their_frames(journal: Journal, model: Model, load, tmp_path: Path):
    for number in range(6):
        for _view in range(2):
            add(journal, model, *((SPOT,) if number % 2 else ()), part=f"tile {number}")
    for entry in journal.entries():
        journal.add_review(entry.id, entry.verdict, "anna", "")
    written, dataset = write(journal, tmp_path / "out", load)
    assert {split: len(names) for split, names in written.splits.items()} == {"train": 8, "val": 4, "test": 0}
    for split in ("train", "val"):
        masks = [dataset.read(sample)[1] for sample in dataset.split(split)]
        assert any(mask.any() for mask in masks)
        assert not all(mask.any() for mask in masks)
    assert set(dataset.groups.values()) == {f"tile {number}" for number in range(6)}
    assert written.defective == 6
    again, _ = write(journal, tmp_path / "again", load)
    assert again == written


def test_only_what_matches_is_taken_oldest_first(journal: Journal, model: Model):
    for _ in range(3):
        add(journal, model, SPOT)
    journal.add_review(3, ACCEPT, "anna", "")
    journal.add_mask(1, np.ones(SHAPE, np.uint8), ("background", "spot"), "anna", "")
    assert reviewed_ids(journal) == [1, 3]
    assert reviewed_ids(journal, EntryFilter(final_verdicts=(ACCEPT,))) == [3]


def test_a_folder_that_holds_something_is_refused(journal: Journal, load, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InspectorError, match="is not an empty folder"):
        write_reviewed(journal, [], tmp_path, load)


def test_where_there_is_nothing_to_write_a_sentence_says_so(journal: Journal, model: Model, load, tmp_path: Path):
    add(journal, model, SPOT)
    add(journal, model)
    with pytest.raises(InspectorError, match="no inspection here was reviewed or drawn on"):
        write(journal, tmp_path / "out", load)
    assert not (tmp_path / "out").exists()
    journal.add_review(2, REJECT, "anna", "a scratch")
    with pytest.raises(InspectorError, match=r"all of the 1 reviewed .*: nobody drew the defect that inspection 2"):
        write(journal, tmp_path / "out", load)
    journal.add_review(1, REJECT, "anna", "")
    assert write(journal, tmp_path / "out", load)[0].frames == 1


def test_an_unfinished_folder_is_no_dataset(journal: Journal, model: Model, load, tmp_path: Path):
    for _ in range(2):
        add(journal, model, SPOT)
        journal.add_review(len(journal.ids()), REJECT, "anna", "")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_reviewed(journal, [1, 2], tmp_path / "out", load, stop)
    with pytest.raises(InspectorError, match="no dataset folder"):
        read_dataset(tmp_path / "out")
    seen: list[tuple[int, int]] = []
    write_reviewed(journal, [1, 2], tmp_path / "whole", load, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert json.loads((tmp_path / "whole" / "dataset.json").read_text("utf-8"))["name"] == "whole"
