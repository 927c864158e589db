import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from pycocotools import mask as coco_mask
from skimage import draw

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from training.datasets import open_dataset
from training.datasets.runs import Runs

SHAPE = (40, 60)
SQUARE = [10, 5, 20, 5, 20, 15, 10, 15]
"""Columns 10 to 19, rows 5 to 14."""


def packed(mask: np.ndarray) -> dict[str, Any]:
    """A mask in COCO's packed runs, by pycocotools."""
    runs = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": list(mask.shape), "counts": runs["counts"].decode()}


def marked(image: int, category: int, segmentation: Any, **more: Any) -> dict[str, Any]:
    return {"id": 1, "image_id": image, "category_id": category, "segmentation": segmentation, "iscrowd": 0, **more}


def content(annotations: list[dict[str, Any]], names: tuple[str, ...] = ("a.png",), **changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": n, "file_name": name, "height": 40, "width": 60} for n, name in enumerate(names)],
        "annotations": annotations,
        "categories": [{"id": 7, "name": "scratch"}, {"id": 3, "name": "pit"}],
        **changes,
    }


def write_images(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.fromarray(np.full(SHAPE, 90, np.uint8)).save(folder / name)


def write(path: Path, written: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(written, ensure_ascii=False), "utf-8")
    return path.parent


def mask_of(folder: Path, *annotations: dict[str, Any]) -> np.ndarray:
    write_images(folder, "a.png")
    dataset = open_dataset(write(folder / "train.json", content(list(annotations))))
    return dataset.read(dataset.split("train")[0])[1]


def square() -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    mask[5:15, 10:20] = True
    return mask


def test_polygons_are_filled_and_united(tmp_path: Path) -> None:
    ring = [30.0, 20.0, 55.5, 22.5, 50.0, 37.5, 33.0, 30.0]
    mask = mask_of(tmp_path, marked(0, 7, [SQUARE, ring]))
    xs, ys = np.array(ring).reshape(-1, 2).T
    inside = draw.polygon2mask(SHAPE, np.column_stack([ys, xs]) - 0.5)  # its pixel centres are whole numbers
    assert set(np.unique(mask)) == {0, 2}
    assert np.array_equal(mask[:, :30] > 0, square()[:, :30])
    assert np.count_nonzero((mask > 0) ^ (inside | square())) <= 0.05 * np.count_nonzero(inside)


def test_runs_are_read_packed_and_plain(tmp_path: Path) -> None:
    runs = [10 * 40 + 5, *[10, 30] * 9, 10, 40 * 40 + 25]
    for segmentation in (packed(square()), {"size": [40, 60], "counts": runs}):
        assert np.array_equal(mask_of(tmp_path, marked(0, 3, segmentation)), square().astype(np.uint8))


@given(arrays(np.bool_, st.tuples(st.integers(1, 20), st.integers(1, 20))))
def test_packed_runs_are_what_pycocotools_packed(mask: np.ndarray) -> None:
    assert np.array_equal(Runs(**packed(mask)).pixels(), mask)


def test_runs_longer_than_a_character_are_what_pycocotools_packed() -> None:
    mask = np.zeros((300, 400), bool)
    mask[100:220, 30:33] = mask[:, 200:350] = mask[299, 399] = True
    assert np.array_equal(Runs(**packed(mask)).pixels(), mask)


@given(st.text(st.characters(min_codepoint=40, max_codepoint=120), max_size=12))
def test_broken_runs_are_refused_or_fill_the_size(counts: str) -> None:
    runs = Runs(size=(5, 6), counts=counts)
    try:
        pixels = runs.pixels()
    except ValueError:
        return
    assert pixels.shape == (5, 6)


def test_crowds_are_ignored_and_lie_under_the_others(tmp_path: Path) -> None:
    right = np.zeros(SHAPE, bool)
    right[:, 15:] = True
    mask = mask_of(tmp_path, marked(0, 3, [SQUARE]), marked(0, 7, packed(right), iscrowd=1))
    expected = np.where(square(), 1, np.where(right, IGNORE, 0))
    assert np.array_equal(mask, expected)


def test_later_annotations_lie_over_earlier_ones(tmp_path: Path) -> None:
    right = np.zeros(SHAPE, bool)
    right[:, 15:] = True
    mask = mask_of(tmp_path, marked(0, 7, [SQUARE]), marked(0, 3, packed(right)))
    assert np.array_equal(mask, np.where(right, 1, np.where(square(), 2, 0)))


def test_files_are_splits_and_kinds_go_by_name(tmp_path: Path) -> None:
    write_images(tmp_path / "images" / "train2017", "Größe.PNG", "b.png")
    write_images(tmp_path / "val2017", "b.png")
    write_images(tmp_path / "images" / "sub", "c.jpg")
    other = [{"id": 3, "name": "scratch"}, {"id": 0, "name": "background"}, {"id": 1, "name": "Ähre"}]
    write(
        tmp_path / "annotations" / "instances_train2017.json",
        content([marked(1, 7, [SQUARE])], ("b.png", "Größe.PNG")),
    )
    write(
        tmp_path / "annotations" / "instances_val2017.json",
        content([marked(0, 3, [SQUARE]), marked(0, 0, [SQUARE[:6]])], ("b.png",), categories=other),
    )
    write(tmp_path / "annotations" / "instances_test.json", content([], ("sub\\c.jpg",)))
    write(tmp_path / "annotations" / "captions_train2017.json", {"captions": []})
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("background", "pit", "scratch", "Ähre")
    assert {split: [s.name for s in samples] for split, samples in dataset.splits.items()} == {
        "test": ["sub-c"],
        "train": ["Größe", "b"],
        "val": ["b"],
    }
    marks = [dataset.read(sample)[1] for sample in dataset.split("train")]
    assert np.array_equal(marks[0], 2 * square())
    assert not marks[1].any()
    half = dataset.read(dataset.split("val")[0])[1]
    assert set(np.unique(half)) == {0, 2}
    assert 0 < np.count_nonzero(half) < 60


def test_a_single_file_is_train_whatever_its_name(tmp_path: Path) -> None:
    write_images(tmp_path / "images", "a.png")
    write(tmp_path / "annotations" / "instances_default.json", content([marked(0, 7, [SQUARE])]))
    assert [sample.name for sample in open_dataset(tmp_path).split("train")] == ["a"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": [{"id": 0}]}, "images.0.file_name: Field required"),
        ({"categories": []}, "is of an image or a category that is not listed"),
        ({"categories": [], "annotations": []}, "list no category of defects"),
        ({"annotations": None}, "annotations: Input should be"),
        ({"annotations": [marked(9, 7, [SQUARE])]}, "annotations.0 is of an image or a category"),
        ({"annotations": [marked(0, 9, [SQUARE])]}, "annotations.0 is of an image or a category"),
        ({"annotations": [marked(0, 7, SQUARE)]}, "annotations.0.segmentation"),
        ({"annotations": [marked(0, 7, [[1, 2, float("inf")]])]}, "annotations.0.segmentation"),
        ({"annotations": [marked(0, 7, {"size": [40, 60], "counts": [-1]})]}, "annotations.0.segmentation"),
        ({"categories": [{"id": 7, "name": "a"}, {"id": 7, "name": "b"}]}, "two categories have the same id"),
        ({"images": [{"id": 0, "file_name": "z.png"}]}, "names the image 'z.png', but neither"),
        ({"images": [{"id": 0, "file_name": ""}]}, "names the image '', but neither"),
        ({"images": [{"id": 0, "file_name": "../a.png"}]}, "no place inside its dataset"),
        ({"images": [{"id": 0, "file_name": "x/..\\..\\a.png"}]}, "no place inside its dataset"),
        ({"images": [{"id": 0, "file_name": "/a.png"}]}, "no place inside its dataset"),
        ({"images": [{"id": n, "file_name": "a.png"} for n in (0, 1)]}, "lists the image 'a.png' twice"),
    ],
)
def test_an_unfit_file_is_told(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    write_images(tmp_path / "images", "a.png")
    write(tmp_path / "annotations" / "train.json", content([marked(0, 7, [SQUARE])]) | changes)
    with pytest.raises(InspectorError) as told:
        open_dataset(tmp_path)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("segmentation", "said"),
    [
        ([], "only a box"),
        (None, "only a box"),
        ([[10, 5, 20, 15]], "polygon of 4 numbers"),
        ([[]], "polygon of 0 numbers"),
        ([SQUARE, [*SQUARE, 3]], "polygon of 9 numbers"),
        ([[10, 5, 20, 5, 1e9, 1e9]], "reaches far outside"),
        ({"size": [60, 40], "counts": [2400]}, r"\(60, 40\) rows and columns, but its image has \(40, 60\)"),
        ({"size": [40, 60], "counts": [2399]}, "do not fill 40 x 60"),
        ({"size": [40, 60], "counts": [2**40, 3]}, "do not fill 40 x 60"),
        ({"size": [40, 60], "counts": []}, "do not fill 40 x 60"),
        ({"size": [40, 60], "counts": "1"}, "do not fill 40 x 60"),
        ({"size": [40, 60], "counts": "oo"}, "cut off"),
        ({"size": [40, 60], "counts": "é0"}, "hold the character"),
    ],
)
def test_an_unfit_outline_is_told(tmp_path: Path, segmentation: Any, said: str) -> None:
    with pytest.raises(InspectorError, match=said) as told:
        mask_of(tmp_path, marked(0, 7, segmentation))
    assert "image 'a.png'" in str(told.value)


def test_an_image_of_another_size_is_told(tmp_path: Path) -> None:
    write_images(tmp_path, "a.png")
    written = content([marked(0, 7, [SQUARE])])
    written["images"][0]["width"] = 61
    dataset = open_dataset(write(tmp_path / "train.json", written))
    with pytest.raises(InspectorError, match=r"\(40, 61\) rows and columns, but its image has \(40, 60\)"):
        dataset.read(dataset.split("train")[0])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("train.json", "train2.json"), "are both of the split train"),
        (("train.json", "more.json"), r"more\.json does not say its split"),
        (("train.json", "val.json"), "frame 'a' lies in two splits"),
    ],
)
def test_splits_that_are_not_clear_are_told(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    write_images(tmp_path, "a.png")
    for name in names:
        write(tmp_path / name, content([marked(0, 7, [SQUARE])]))
    with pytest.raises(InspectorError, match=said):
        open_dataset(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"images": []}', "[" * 100_000])
def test_a_malformed_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.json").write_text(text, "utf-8")
    with pytest.raises(InspectorError, match=r"train\.json is malformed") as told:
        open_dataset(tmp_path)
    assert "\n" not in str(told.value)
