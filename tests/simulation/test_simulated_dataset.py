import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.errors import InspectorError
from inspector.simulation.dataset import write_dataset
from inspector.simulation.defects import KINDS
from inspector.simulation.part import simulate_part
from inspector.types import Pixels

PARTS, SEED = 10, 4


def read_png(path: Path) -> Pixels:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("line") / "deep" / "set"
    write_dataset(out, PARTS, SEED)
    return out


def test_the_folder_holds_the_parts(folder: Path) -> None:
    for index in range(PARTS):
        part, file = simulate_part(SEED, index), f"part-{index:06d}.png"
        assert np.array_equal(read_png(folder / "images" / file), part.pixels)
        mask = folder / "masks" / file
        assert mask.exists() == bool(part.defects)
        if part.defects:
            assert np.array_equal(read_png(mask), part.mask)


def test_dataset_json_names_classes_and_splits(folder: Path) -> None:
    meta = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert meta["classes"] == ["background", *KINDS]
    names = [name for split in meta["splits"].values() for name in split]
    assert sorted(names) == [f"part-{index:06d}" for index in range(PARTS)]
    assert {split: len(names) for split, names in meta["splits"].items()} == {"train": 6, "val": 2, "test": 2}


def test_truth_json_tells_every_defect(folder: Path) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert len(truth) == PARTS
    for index in range(PARTS):
        part, record = simulate_part(SEED, index), truth[f"part-{index:06d}"]
        assert record["texture"] == part.texture
        assert record["defects"] == [
            {"kind": d.kind, "box": list(d.box), "area": d.area, "contrast": d.contrast} for d in part.defects
        ]


def test_progress_counts_the_parts(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_dataset(tmp_path, 3, 0, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InspectorError, match="not an empty folder"):
        write_dataset(tmp_path, 2, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InspectorError, match="can't be written"):
        write_dataset(tmp_path / "file" / "set", 2, 0)


@pytest.mark.parametrize(("parts", "seed"), [(0, 1), (-2, 1), (3, -1)])
def test_numbers_out_of_range_are_refused(tmp_path: Path, parts: int, seed: int) -> None:
    with pytest.raises(InspectorError, match="at least 1 part"):
        write_dataset(tmp_path / "set", parts, seed)
