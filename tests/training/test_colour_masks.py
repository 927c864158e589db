import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from training.datasets import open_dataset

COLOURS = {
    "#000000": "background",
    "#FF0000": "scratch",
    "#00ff00": "pit",
    "#00fe00": "pit",
    "#808080": "ignore",
}


def write(folder: Path, **changes: Any) -> Path:
    """Frame a with all colours in its mask, frame b without a mask."""
    for name in ("images", "masks"):
        (folder / name).mkdir()
    for name in ("a.JPG", "b.png"):
        Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(folder / "images" / name)
    mask = np.zeros((20, 30, 3), np.uint8)
    mask[2:4, 5:9] = 255, 0, 0
    mask[6:8, 5:9] = 0, 255, 0
    mask[8:9, 5:9] = 0, 254, 0
    mask[10:12, 5:9] = 128
    Image.fromarray(mask).save(folder / "masks" / "a.png")
    index = {"colours": COLOURS, **changes}
    (folder / "classes.json").write_text(json.dumps(index), "utf-8")
    return folder


def expected() -> np.ndarray:
    ids = np.zeros((20, 30), np.uint8)
    ids[2:4, 5:9], ids[6:9, 5:9], ids[10:12, 5:9] = 2, 1, IGNORE
    return ids


@pytest.mark.parametrize("palette", [False, True])
def test_colours_become_class_ids(tmp_path: Path, palette: bool) -> None:
    path = write(tmp_path) / "masks" / "a.png"
    if palette:
        with Image.open(path) as mask:
            mask.convert("P", palette=Image.Palette.ADAPTIVE, colors=8).save(path)
        with Image.open(path) as mask:
            assert mask.mode == "P"
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("background", "pit", "scratch")
    a, b = dataset.split("train")
    assert (a.name, b.name) == ("a", "b")
    assert np.array_equal(dataset.read(a)[1], expected())
    assert not dataset.read(b)[1].any()


def test_a_grey_mask_is_one_of_grey_colours(tmp_path: Path) -> None:
    write(tmp_path, colours={"#000000": "background", "#ffffff": "pit"})
    Image.fromarray(np.where(expected() == 2, 255, 0).astype(np.uint8)).save(tmp_path / "masks" / "a.png")
    dataset = open_dataset(tmp_path)
    assert np.array_equal(dataset.read(dataset.split("train")[0])[1], (expected() == 2).astype(np.uint8))


def test_splits_and_groups_are_those_of_the_index(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, splits={"train": ["b"], "test": ["a"]}, groups={"a": "part-1"}))
    assert {split: [s.name for s in samples] for split, samples in dataset.splits.items()} == {
        "train": ["b"],
        "test": ["a"],
    }
    assert dataset.groups == {"a": "part-1"}


def test_an_unknown_colour_is_told_with_its_place(tmp_path: Path) -> None:
    path = write(tmp_path) / "masks" / "a.png"
    with Image.open(path) as file:
        mask = np.array(file)
    mask[13, 17:19] = 18, 171, 0
    mask[14, 2] = 1, 2, 3
    Image.fromarray(mask).save(path)
    dataset = open_dataset(tmp_path)
    with pytest.raises(InspectorError, match=r"a\.png has the colour #12ab00 at row 13, column 17.*3 such pixels"):
        dataset.read(dataset.split("train")[0])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colours": {"#000000": "background", "red": "pit"}}, "classes.json is malformed: colours"),
        ({"colours": {"#000000": "background", "#ff00001": "pit"}}, "classes.json is malformed: colours"),
        ({"colours": {"#000000": "background", "#808080": "ignore"}}, "names no kind of defect"),
        ({"colours": {"#ff0000": "pit", "#FF0000": "scratch"}}, "gives the colour #FF0000 two classes"),
        ({"colours": {f"#{n:06x}": str(n) for n in range(255)}}, "has 256 classes"),
        ({"colors": COLOURS}, "malformed: colors: Extra inputs"),
        ({"splits": {"train": ["a", "z"]}}, "names 'z', but images/ has no such file"),
        ({"splits": {"train": ["a"], "val": ["a"]}}, "frame 'a' lies in two splits"),
        ({"splits": {"train": ["a"], "val": ["b"]}, "groups": {"a": "p", "b": "p"}}, "group 'p' lies in two splits"),
    ],
)
def test_an_unfit_index_is_told(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InspectorError) as told:
        open_dataset(write(tmp_path, **changes))
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_an_index_that_is_no_json_is_told(tmp_path: Path) -> None:
    (write(tmp_path) / "classes.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(InspectorError, match=r"classes\.json can't be read"):
        open_dataset(tmp_path)


def test_a_mask_without_an_image_is_told(tmp_path: Path) -> None:
    path = write(tmp_path) / "masks" / "a.png"
    path.rename(path.with_name("a_mask.png"))
    with pytest.raises(InspectorError, match=r"a_mask\.png belongs to no image"):
        open_dataset(tmp_path)


def test_a_mask_of_another_size_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (31, 20)).save(write(tmp_path) / "masks" / "a.png")
    dataset = open_dataset(tmp_path)
    with pytest.raises(InspectorError, match="rows and columns"):
        dataset.read(dataset.split("train")[0])
