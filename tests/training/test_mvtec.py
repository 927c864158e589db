from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inspector.errors import InspectorError
from training.datasets import open_dataset


def write(path: Path, *, marked: tuple[slice, slice] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((20, 30), np.uint8)
    if marked:
        pixels[marked] = 255
    Image.fromarray(pixels).save(path)


@pytest.fixture
def tile(tmp_path: Path) -> Path:
    """7 + 4 good frames, 7 with a scratch, 3 with a pit, whose masks have no _mask in their names."""
    folder = tmp_path / "tile"
    for number in range(7):
        write(folder / "train" / "good" / f"{number:03}.png")
        write(folder / "test" / "scratch" / f"{number:03}.PNG")
        write(folder / "ground_truth" / "scratch" / f"{number:03}_mask.PNG", marked=np.s_[number : number + 2, 3:8])
    for number in range(4):
        write(folder / "test" / "good" / f"{number:03}.png")
    for number in range(3):
        write(folder / "test" / "Loch-größe" / f"{number:03}.png")
        write(folder / "ground_truth" / "Loch-größe" / f"{number:03}.png", marked=np.s_[4:5, 3:8])
    return folder


def test_frames_are_dealt_to_the_splits_kind_by_kind(tile: Path) -> None:
    dataset = open_dataset(tile)
    assert (dataset.name, dataset.classes) == ("tile", ("background", "Loch-größe", "scratch"))
    dealt = {
        split: [s.name for s in samples if "train-good" not in s.name] for split, samples in dataset.splits.items()
    }
    assert dealt == {
        "train": [f"test-Loch-größe-{n}" for n in ("000", "002")]
        + [f"test-scratch-{n}" for n in ("000", "002", "004", "005")],
        "val": ["test-good-000", "test-good-002", "test-Loch-größe-001", "test-scratch-001", "test-scratch-006"],
        "test": ["test-good-001", "test-good-003", "test-scratch-003"],
    }
    assert len(dataset.split("train")) == 7 + 6
    images = Counter(sample.image for samples in dataset.splits.values() for sample in samples)
    assert set(images.values()) == {1}
    assert set(images) == {path for path in tile.rglob("*") if path.is_file() and "ground_truth" not in path.parts}


def test_a_mask_stands_for_the_kind_of_its_folder(tile: Path) -> None:
    dataset = open_dataset(tile)
    for samples in dataset.splits.values():
        for sample in samples:
            expected = np.zeros((20, 30), np.uint8)
            if "scratch" in sample.name:
                first = int(sample.name[-3:])
                expected[first : first + 2, 3:8] = 2
            elif "Loch" in sample.name:
                expected[4, 3:8] = 1
            assert np.array_equal(dataset.read(sample)[1], expected)


def test_frames_added_behind_leave_the_others_in_their_splits(tile: Path) -> None:
    before = {s.image: split for split, samples in open_dataset(tile).splits.items() for s in samples}
    for number in range(7, 12):
        write(tile / "test" / "scratch" / f"{number:03}.png")
        write(tile / "ground_truth" / "scratch" / f"{number:03}_mask.png")
    after = {s.image: split for split, samples in open_dataset(tile).splits.items() for s in samples}
    assert before.items() <= after.items()
    assert len(after) == len(before) + 5


def test_a_defective_frame_without_a_mask_is_told(tile: Path) -> None:
    (tile / "ground_truth" / "scratch" / "003_mask.PNG").unlink()
    with pytest.raises(InspectorError, match=r"003\.PNG has no mask ground_truth/scratch/003_mask\.png"):
        open_dataset(tile)


def test_a_set_without_a_defect_is_told(tmp_path: Path) -> None:
    write(tmp_path / "train" / "good" / "000.png")
    write(tmp_path / "test" / "good" / "000.png")
    with pytest.raises(InspectorError, match="no folder with frames of a defect"):
        open_dataset(tmp_path)


def test_a_mask_of_another_size_is_told(tile: Path) -> None:
    Image.fromarray(np.zeros((21, 30), np.uint8)).save(tile / "ground_truth" / "scratch" / "003_mask.PNG")
    dataset = open_dataset(tile)
    (sample,) = (s for s in dataset.split("test") if s.name == "test-scratch-003")
    with pytest.raises(InspectorError, match="rows and columns"):
        dataset.read(sample)
