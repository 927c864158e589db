import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from builders import make_frame, make_inspection

from inspector.errors import InspectorError
from inspector.results import ResultsFolder, class_mask

CLASSES = ("background", "crack", "pit")


def test_a_later_run_replaces_all_of_an_earlier_one(tmp_path: Path) -> None:
    for name in ("first.png", "second.png"):
        with ResultsFolder(tmp_path / "out", CLASSES) as results:
            results.add(make_inspection(make_frame(name=name)))
    assert [json.loads(line)["name"] for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()] == [
        "second.png"
    ]
    assert {path.stem for path in (tmp_path / "out").rglob("*.png")} == {"second"}


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    mask = tmp_path / "dataset" / "masks" / "part.png"
    mask.parent.mkdir(parents=True)
    mask.write_bytes(b"hours of somebody's work")
    with pytest.raises(InspectorError, match="holds other files than results"):
        ResultsFolder(tmp_path / "dataset", CLASSES)
    assert mask.read_bytes() == b"hours of somebody's work"
    assert list(tmp_path.rglob("*.*")) == [mask]


def test_frames_that_differ_by_their_suffix_alone_keep_their_own_pictures(tmp_path: Path) -> None:
    with ResultsFolder(tmp_path / "out", CLASSES) as results:
        for name in ("part.png", "part.jpg", "part.jpg", "part.jpg"):
            results.add(make_inspection(make_frame(name=name)))
    names = {path.name for path in (tmp_path / "out" / "masks").iterdir()}
    assert names == {"part.png", "part.jpg.png", "part.jpg-2.png", "part.jpg-3.png"}


def test_the_mask_holds_the_class_of_each_region(tmp_path: Path) -> None:
    inspection = make_inspection(kinds=("pit",))
    with ResultsFolder(tmp_path / "out", CLASSES) as results:
        results.add(inspection)
    mask = cv2.imread(str(tmp_path / "out" / "masks" / "tile.png"), cv2.IMREAD_UNCHANGED)
    expected = np.zeros(inspection.frame.shape, np.uint8)
    expected[4:8, 4:8] = 2
    assert (mask == expected).all()
    assert (class_mask(inspection, CLASSES) == expected).all()
