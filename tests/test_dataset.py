import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inspector.dataset import IGNORE, MaskFile, read_dataset
from inspector.errors import InspectorError

SPLITS = {"train": ["a", "b"], "val": ["c"], "test": []}


def write(folder: Path, **changes: Any) -> Path:
    """Three frames; the mask of a has classes 1 and 255, b has none, c has class 2."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for name, ids in (("a", (1, IGNORE)), ("b", ()), ("c", (2,))):
        Image.fromarray(np.full((20, 30), 90, np.uint8)).save(folder / "images" / f"{name}.png")
        mask = np.zeros((20, 30), np.uint8)
        for k, value in enumerate(ids):
            mask[4 * k : 4 * k + 2, 5:9] = value
        if ids:
            Image.fromarray(mask).save(folder / "masks" / f"{name}.png")
    meta = {"name": "tiles", "classes": ["background", "crack", "pit"], "splits": SPLITS, **changes}
    (folder / "dataset.json").write_text(json.dumps({k: v for k, v in meta.items() if v is not None}), "utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(InspectorError) as told:
        read_dataset(folder)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_folder_in_the_native_form(tmp_path: Path) -> None:
    dataset = read_dataset(write(tmp_path, groups={"a": "part-1", "b": "part-1"}))
    assert (dataset.name, dataset.classes) == ("tiles", ("background", "crack", "pit"))
    assert {split: [s.name for s in samples] for split, samples in dataset.splits.items()} == SPLITS
    a, b = dataset.split("train")
    pixels, mask = dataset.read(a)
    assert pixels.shape == mask.shape == (20, 30)
    assert set(np.unique(mask)) == {0, 1, IGNORE}
    assert b.mask is None
    assert not dataset.read(b)[1].any()


def test_an_empty_or_unknown_split_is_told(tmp_path: Path) -> None:
    dataset = read_dataset(write(tmp_path))
    for split in ("test", "night"):
        with pytest.raises(InspectorError, match=f"no frames in split '{split}'"):
            dataset.split(split)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"groups": {"b": "part-1", "c": "part-1"}}, "group 'part-1' lies in two splits, train and val"),
        ({"splits": {"train": ["a", "b"], "test": ["b"]}}, "frame 'b' lies in two splits, train and test"),
        ({"splits": {"train": ["a", "z"]}}, "names 'z', but images/ has no such file"),
        ({"classes": ["background", "crack", "crack"]}, "give each a name of its own"),
        ({"classes": ["background", *map(str, range(255))]}, "has 256 classes"),
        ({"classes": ["crack"]}, "first class must be 'background'"),
        ({"classes": []}, "first class must be 'background'"),
        ({"classes": None}, "needs name, classes and splits"),
        ({"splits": ["a", "b"]}, "needs name, classes and splits"),
        ({"groups": ["a"]}, "needs name, classes and splits"),
    ],
)
def test_a_malformed_index_is_told(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    assert said in refused(write(tmp_path, **changes))


def test_a_mask_is_found_whatever_the_capitals_of_its_suffix(tmp_path: Path) -> None:
    mask = write(tmp_path) / "masks" / "a.png"
    mask.rename(mask.with_suffix(".PNG"))
    dataset = read_dataset(tmp_path)
    assert dataset.read(dataset.split("train")[0])[1].any()


def test_a_one_bit_mask_holds_class_one(tmp_path: Path) -> None:
    marked = np.zeros((20, 30), bool)
    marked[3:5, 6:9] = True
    Image.fromarray(marked).save(write(tmp_path) / "masks" / "a.png")
    dataset = read_dataset(tmp_path)
    assert np.array_equal(dataset.read(dataset.split("train")[0])[1], marked.astype(np.uint8))


def test_two_images_of_one_name_are_told_and_hidden_files_passed_over(tmp_path: Path) -> None:
    (write(tmp_path) / "images" / "._a.png").write_bytes(b"resource fork")
    assert len(read_dataset(tmp_path).split("train")) == 2
    Image.fromarray(np.full((20, 30), 90, np.uint8)).save(tmp_path / "images" / "a.jpg")
    assert "images holds both a.jpg and a.png" in refused(tmp_path)


@pytest.mark.parametrize("palette", [False, True])
def test_every_marked_pixel_of_a_binary_file_is_its_kind(tmp_path: Path, palette: bool) -> None:
    marked = np.zeros((20, 30), bool)
    marked[3:5, 6:9] = True
    mask = Image.fromarray(np.where(marked, 255, 0).astype(np.uint8))
    if palette:  # white is colour 0, black is colour 1
        mask = Image.fromarray((~marked).astype(np.uint8), "L")
        mask.putpalette([255, 255, 255, 0, 0, 0])
    mask.save(tmp_path / "mask.png")
    assert np.array_equal(MaskFile(tmp_path / "mask.png", 3).read((20, 30)), 3 * marked.astype(np.uint8))


def test_a_folder_without_an_index_is_told(tmp_path: Path) -> None:
    assert "is no dataset folder" in refused(tmp_path)
    (tmp_path / "dataset.json").write_text("{", "utf-8")
    assert "is malformed" in refused(tmp_path)


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (np.zeros((20, 31), np.uint8), "rows and columns"),
        (np.zeros((20, 30, 4), np.uint8), "rows and columns"),
        (np.full((20, 30), 3, np.uint8), "holds class 3"),
        (np.full((20, 30), 1000, np.uint16), "holds class 1000"),
    ],
)
def test_an_unfit_mask_is_told(tmp_path: Path, mask: np.ndarray, said: str) -> None:
    dataset = read_dataset(write(tmp_path))
    Image.fromarray(mask).save(tmp_path / "masks" / "a.png")
    with pytest.raises(InspectorError, match=said):
        dataset.read(dataset.split("train")[0])


def test_an_unreadable_mask_is_told(tmp_path: Path) -> None:
    dataset = read_dataset(write(tmp_path))
    (tmp_path / "masks" / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(InspectorError, match=r"a\.png can't be read"):
        dataset.read(dataset.split("train")[0])


def test_a_mask_that_is_damaged_anywhere_is_told(tmp_path: Path) -> None:
    """Decoding alone does not look at the checksums."""
    dataset = read_dataset(write(tmp_path))
    path = tmp_path / "masks" / "a.png"
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises(InspectorError, match=r"a\.png can't be read"):
            dataset.read(dataset.split("train")[0])


@pytest.mark.parametrize("value", [np.nan, np.inf, 1.5])
def test_a_mask_of_numbers_that_are_no_class_is_told(tmp_path: Path, value: float) -> None:
    dataset = read_dataset(write(tmp_path))
    (tmp_path / "masks" / "a.png").unlink()
    Image.fromarray(np.full((20, 30), value, np.float32)).save(tmp_path / "masks" / "a.tif")
    dataset = read_dataset(tmp_path)
    with pytest.raises(InspectorError, match=f"holds class {value}"):
        dataset.read(dataset.split("train")[0])


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are those of Unix")
def test_a_pipe_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    dataset = read_dataset(write(tmp_path))
    for name in ("masks/a.png", "dataset.json"):
        (tmp_path / name).unlink()
        os.mkfifo(tmp_path / name)
    with pytest.raises(InspectorError, match=r"a\.png is no file"):
        dataset.read(dataset.split("train")[0])
    assert "it is no file" in refused(tmp_path)
