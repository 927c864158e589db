import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import draw

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from training.datasets import open_dataset
from training.datasets.labelme import LINE_WIDTH

SHAPE = (80, 100)


def shape(kind: str, points: list[list[float]], label: str = "scratch") -> dict[str, Any]:
    return {"label": label, "points": points, "shape_type": kind, "group_id": None, "flags": {}}


def write(folder: Path, shapes: list[dict[str, Any]], name: str = "a", **changes: Any) -> Path:
    folder.mkdir(exist_ok=True)
    Image.fromarray(np.full(SHAPE, 90, np.uint8)).save(folder / f"{name}.png")
    content = {
        "version": "5.4.1",
        "flags": {},
        "shapes": shapes,
        "imagePath": f"{name}.png",
        "imageData": None,
        "imageHeight": SHAPE[0],
        "imageWidth": SHAPE[1],
        **changes,
    }
    (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    return folder


def mask_of(folder: Path) -> np.ndarray:
    dataset = open_dataset(folder)
    return dataset.read(dataset.split("train")[0])[1]


POLYGON = [[10.2, 12.7], [60.9, 8.1], [75.5, 40.3], [40.0, 33.3], [15.5, 70.8]]


def distance(points: list[list[float]]) -> np.ndarray:
    """Px from the centre of each pixel to a line through points, by the textbook."""
    ys, xs = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    nearest = np.full(SHAPE, np.inf)
    for (x, y), (to_x, to_y) in pairwise(points):
        dx, dy = to_x - x, to_y - y
        along = np.clip(((xs - x) * dx + (ys - y) * dy) / (dx * dx + dy * dy), 0, 1)
        nearest = np.minimum(nearest, np.hypot(xs - x - along * dx, ys - y - along * dy))
    return nearest


def test_a_polygon_holds_what_lies_inside_and_under_its_outline(tmp_path: Path) -> None:
    mask = mask_of(write(tmp_path, [shape("polygon", POLYGON)])) == 1
    xs, ys = np.array(POLYGON).T
    inside = draw.polygon2mask(SHAPE, np.column_stack([ys, xs]) - 0.5)  # its pixel centres are whole numbers
    from_outline = distance([*POLYGON, POLYGON[0]])
    assert mask[inside & (from_outline > 0.5)].all()
    assert not mask[~inside & (from_outline > 1.1)].any()
    assert 1 < np.count_nonzero(mask) / np.count_nonzero(inside) < 1.06


def test_a_polygon_thinner_than_a_pixel_does_not_break(tmp_path: Path) -> None:
    mask = mask_of(write(tmp_path, [shape("polygon", [[10.6, 20.6], [90.4, 20.7], [90.4, 20.9]])]))
    assert mask[20, 10:91].all()
    assert np.count_nonzero(mask) == 81


@pytest.mark.parametrize(
    "corners", [[[10, 20], [30, 25]], [[30, 25], [10, 20]], [[10, 20], [30, 20], [30, 25], [10, 25]]]
)
def test_a_rectangle_holds_its_corners(tmp_path: Path, corners: list[list[float]]) -> None:
    truth = np.zeros(SHAPE, bool)
    truth[20:26, 10:31] = True
    assert np.array_equal(mask_of(write(tmp_path, [shape("rectangle", corners)])) > 0, truth)


def test_a_circle_is_a_centre_and_a_point_of_its_rim(tmp_path: Path) -> None:
    mask = mask_of(write(tmp_path, [shape("circle", [[40.5, 30.5], [52.5, 35.5]])])) == 1  # radius 13
    sure, possible = (np.zeros(SHAPE, bool) for _ in range(2))
    sure[draw.disk((30, 40), 12.5)] = True
    possible[draw.disk((30, 40), 14)] = True
    assert mask[sure].all()
    assert not mask[~possible].any()


@pytest.mark.parametrize("kind", ["line", "linestrip"])
def test_a_line_has_its_width_and_no_gaps(tmp_path: Path, kind: str) -> None:
    points = [[10.3, 10.8], [70.6, 50.2], [80.1, 12.5]][: 2 if kind == "line" else 3]
    mask = mask_of(write(tmp_path, [shape(kind, points)])) == 1
    away = distance(points)
    assert mask[away < 1].all()
    assert not mask[away > LINE_WIDTH / 2 + 1].any()
    assert np.count_nonzero(mask) / np.count_nonzero(away <= LINE_WIDTH / 2) == pytest.approx(1, abs=0.1)


def test_a_point_is_a_small_disk(tmp_path: Path) -> None:
    mask = mask_of(write(tmp_path, [shape("point", [[40.3, 30.4]])])) == 1
    truth = np.zeros(SHAPE, bool)
    truth[draw.disk((30, 40), LINE_WIDTH / 2)] = True
    assert np.array_equal(mask, truth)


def test_later_shapes_lie_over_earlier_ones(tmp_path: Path) -> None:
    shapes = [
        shape("rectangle", [[10, 10], [50, 50]], "scratch"),
        shape("rectangle", [[20, 20], [24, 24]], "_background_"),
        shape("rectangle", [[30, 30], [34, 34]], "Riß"),
        shape("rectangle", [[40, 40], [44, 44]], "__ignore__"),
        shape("rectangle", [[0, 0], [4, 4]], "background"),
    ]
    mask = mask_of(write(tmp_path, shapes))
    assert open_dataset(tmp_path).classes == ("background", "Riß", "scratch")
    assert (mask[22, 22], mask[32, 32], mask[42, 42], mask[15, 15], mask[2, 2]) == (0, 1, IGNORE, 2, 0)
    assert np.count_nonzero(mask) == 41 * 41 - 25


def test_what_lies_beyond_the_frame_is_cut_off(tmp_path: Path) -> None:
    mask = mask_of(write(tmp_path, [shape("rectangle", [[-5, -5], [4, 3]])]))
    assert mask[:4, :5].all()
    assert np.count_nonzero(mask) == 20


def test_images_without_a_file_are_sound_and_folders_are_splits(tmp_path: Path) -> None:
    crack = shape("line", [[1, 1], [30, 30]], "crack")
    write(write(tmp_path, []) / "train", [crack], "Käse", imageData="aGVsbG8=")
    Image.fromarray(np.full(SHAPE, 90, np.uint8)).save(tmp_path / "train" / "sound.PNG")
    write(tmp_path / "test", [crack], "b", imageHeight=None, imageWidth=None)
    dataset = open_dataset(tmp_path)
    assert {split: [s.name for s in samples] for split, samples in dataset.splits.items()} == {
        "train": ["Käse", "sound"],
        "test": ["b"],
    }
    marked, sound = (dataset.read(sample)[1].any() for sample in dataset.split("train"))
    assert (marked, sound) == (True, False)


@pytest.mark.parametrize(
    ("shapes", "changes", "said"),
    [
        ([shape("polygon", [[1, 1], [2, 2]])], {}, "a polygon has at least 3 points"),
        ([shape("point", [])], {}, "a point has at least 1 points"),
        ([shape("mask", [[1, 1], [2, 2]])], {}, "shapes.0.shape_type: Input should be 'polygon'"),
        ([shape("line", [[1, 1], [2, float("nan")]])], {}, "shapes.0.points.1.1"),
        ([shape("line", [[1, 1], [2, 3, 4]])], {}, "shapes.0.points.1"),
        ([{"points": []}], {}, "shapes.0.label: Field required"),
        ([], {}, "no shape has the label of a defect"),
        ([shape("point", [[5, 5]], "_background_")], {}, "no shape has the label of a defect"),
        ([shape("point", [[5, 5]])], {"imagePath": "../a.png"}, "no place inside its dataset"),
        ([shape("point", [[5, 5]])], {"imagePath": "..\\a.png"}, "no place inside its dataset"),
        ([shape("point", [[5, 5]])], {"imagePath": "/etc/a.png"}, "no place inside its dataset"),
        ([shape("point", [[5, 5]])], {"imagePath": "C:\\a.png"}, "no place inside its dataset"),
        ([shape("point", [[5, 5]])], {"imagePath": "b.png"}, "names the image 'b.png', but"),
        ([shape("point", [[5, 5]])], {"imagePath": ""}, "names the image '', but"),
        ([shape("point", [[5, 5]])], {"imagePath": "a" * 300 + ".png"}, "can't be read"),
        ([shape("point", [[5, 5]])], {"imagePath": None}, "imagePath: Input should be a valid string"),
    ],
)
def test_an_unfit_file_is_told(
    tmp_path: Path, shapes: list[dict[str, Any]], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InspectorError) as told:
        open_dataset(write(tmp_path, shapes, **changes))
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("points", "changes", "said"),
    [
        ([[5, 5], [9, 9]], {"imageHeight": 81}, r"\(81, 100\) rows and columns, but its image has \(80, 100\)"),
        ([[5, 5], [9, 1e12]], {}, r"shape 0 \('scratch'\) reaches far outside"),
        ([[5, 5], [-101, 9]], {}, "reaches far outside"),
    ],
)
def test_outlines_of_another_image_are_told(
    tmp_path: Path, points: list[list[float]], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InspectorError, match=said):
        mask_of(write(tmp_path, [shape("line", points)], **changes))


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"shapes": 3}', "[" * 100_000])
def test_a_malformed_file_is_told(tmp_path: Path, content: str) -> None:
    (write(tmp_path, []) / "a.json").write_text(content, "utf-8")
    with pytest.raises(InspectorError, match=r"a\.json is malformed") as told:
        open_dataset(tmp_path)
    assert "\n" not in str(told.value)


def test_two_files_of_one_image_are_told(tmp_path: Path) -> None:
    write(write(tmp_path, [shape("point", [[5, 5]])]), [], "b", imagePath="a.png")
    with pytest.raises(InspectorError, match=r"b\.json and a\.json both name 'a\.png'"):
        open_dataset(tmp_path)
