import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.errors import InspectorError
from inspector.sources import open_source
from inspector.sources.base import Source
from inspector.sources.folder import FolderSource
from inspector.sources.part_names import natural_key
from inspector.types import Frame, Unreadable


def fill(folder: Path, *names: str) -> Path:
    for k, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(cv2.imencode(Path(name).suffix, np.full((20, 30), k, np.uint8))[1].tobytes())
    return folder


def test_the_images_come_in_natural_order(tmp_path: Path) -> None:
    folder = fill(tmp_path, "part-10.png", "part-2.PNG", "part-1.bmp", "Part-3.png")
    (folder / "notes.txt").write_text("no image", "utf-8")
    source: Source = FolderSource(folder)
    frames = [frame for frame in source if isinstance(frame, Frame)]
    assert [frame.name for frame in frames] == ["part-1.bmp", "part-2.PNG", "Part-3.png", "part-10.png"]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.part for frame in frames] == ["part-1", "part-2", "Part-3", "part-10"]
    assert len(source) == 4
    assert source.name == str(folder)


def test_digits_of_other_scripts_do_not_stop_it() -> None:
    assert sorted(["7²٣.png", "7²1.png", "x.png", "7.png"], key=natural_key) == [
        "x.png",
        "7.png",
        "7²1.png",
        "7²٣.png",
    ]


def test_a_folder_that_vanishes_gives_unreadable_frames(tmp_path: Path) -> None:
    folder = fill(tmp_path / "parts", "a.png", "b.png", "c.png")
    items = iter(FolderSource(folder))
    assert isinstance(next(items), Frame)
    folder.rename(tmp_path / "moved")
    assert list(items) == [
        Unreadable(1, "b.png", "b.png is not there any more", "b"),
        Unreadable(2, "c.png", "c.png is not there any more", "c"),
    ]


def test_each_iteration_starts_anew_until_it_is_closed(tmp_path: Path) -> None:
    source = FolderSource(fill(tmp_path, "a.png", "b.png", "c.png"))
    assert len(list(source)) == len(list(source)) == 3
    items = iter(source)
    next(items)
    source.close()
    source.close()
    assert list(items) == list(source) == []


@pytest.mark.parametrize("text", ["{}", "folder:{}", "{}/a.png"])
def test_what_a_source_may_be_called(tmp_path: Path, text: str) -> None:
    source = open_source(text.format(fill(tmp_path, "a.png", "b.png")), frames=1)
    assert [frame.name for frame in source] == ["a.png"]


def test_a_source_that_is_not_there_or_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="no source"):
        open_source(str(tmp_path / "nowhere"))
    with pytest.raises(InspectorError, match="holds no images"):
        open_source(str(tmp_path))


def shown(folder: Path, part: str = "") -> list[tuple[str, str]]:
    """Part and name of each frame."""
    return [(frame.part, frame.name) for frame in FolderSource(folder, part=part) if isinstance(frame, Frame)]


def test_what_copiers_and_systems_hide_is_no_part(tmp_path: Path) -> None:
    assert shown(fill(tmp_path, "a.png", "._a.png", ".b.png")) == [("a", "a.png")]


def test_sub_folders_are_parts_and_their_images_frames(tmp_path: Path) -> None:
    fill(tmp_path, "tile-10/2.png", "tile-10/10.png", "tile-2/b.png", "tile-2/a.png", ".trash/c.png")
    fill(tmp_path, "tile-2/deeper/d.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no image", "utf-8")
    assert shown(tmp_path) == [
        ("tile-2", "tile-2-a.png"),
        ("tile-2", "tile-2-b.png"),
        ("tile-10", "tile-10-2.png"),
        ("tile-10", "tile-10-10.png"),
    ]


def test_sub_folders_beside_images_are_left_alone(tmp_path: Path) -> None:
    assert shown(fill(tmp_path, "a.png", "done/b.png")) == [("a", "a.png")]


def test_the_folder_of_a_dataset_is_told_from_one_of_parts(tmp_path: Path) -> None:
    fill(tmp_path, "images/a.png", "masks/a.png")
    (tmp_path / "dataset.json").write_text("{}", "utf-8")
    with pytest.raises(InspectorError, match=r"is a dataset; give .*images"):
        FolderSource(tmp_path)


@pytest.mark.parametrize("part", [r"(.+)_cam\d", r"cam(\d)|(?P<part>.+)_", r"(?P<part>\w+?)_(cam)"])
def test_an_expression_names_the_parts(tmp_path: Path, part: str) -> None:
    fill(tmp_path, "p10_cam1.png", "p2_cam10.png", "p2_cam2.png", "p10_cam2.png")
    assert shown(tmp_path, part) == [
        ("p2", "p2_cam2.png"),
        ("p2", "p2_cam10.png"),
        ("p10", "p10_cam1.png"),
        ("p10", "p10_cam2.png"),
    ]


def test_frames_of_a_part_come_one_after_the_other(tmp_path: Path) -> None:
    """In the order of the parts' first files, wherever the part's id stands in the name."""
    fill(tmp_path, "cam1_p7.png", "cam1_p3.png", "cam2_p3.png", "cam2_p7.png", "cam2_p1.png", "cam10_p7.png")
    assert [name for _, name in shown(tmp_path, r"_(p\d+)")] == [
        "cam1_p3.png",
        "cam2_p3.png",
        "cam1_p7.png",
        "cam2_p7.png",
        "cam10_p7.png",
        "cam2_p1.png",
    ]


def test_a_file_that_does_not_match_is_its_own_part(tmp_path: Path) -> None:
    fill(tmp_path, "p1_cam1.png", "p1_cam2.png", "spare.png", "_cam1.png")
    parts = dict.fromkeys(part for part, _ in shown(tmp_path, r"(.*)_cam\d"))
    assert sorted(parts) == ["_cam1", "p1", "spare"]


def test_an_expression_joins_what_sub_folders_part(tmp_path: Path) -> None:
    fill(tmp_path, "left/p1.png", "left/p2.png", "right/p1.png", "right/p2.png", "right/ruler.png")
    assert shown(tmp_path, r"-(p\d+)") == [
        ("p1", "left-p1.png"),
        ("p1", "right-p1.png"),
        ("p2", "left-p2.png"),
        ("p2", "right-p2.png"),
        ("right", "right-ruler.png"),
    ]


@pytest.mark.parametrize(
    ("part", "said"), [("(cam", "malformed"), ("cam", "has no group"), ("(a{99999999999})", "malformed")]
)
@pytest.mark.parametrize("scheme", ["folder", "watch"])
def test_an_expression_of_no_use_is_told(tmp_path: Path, scheme: str, part: str, said: str) -> None:
    fill(tmp_path, "a.png")
    with pytest.raises(InspectorError, match=said) as told:
        open_source(f"{scheme}:{tmp_path}", part=part)
    assert part in str(told.value)
    assert "\n" not in str(told.value)


def test_an_expression_is_for_files_only(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="source demo has no files"):
        open_source("demo", part="(.+)_")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are valid Unicode there")
def test_a_name_that_is_no_valid_unicode_can_be_logged(tmp_path: Path) -> None:
    folder = fill(tmp_path / "caf\udce9", "t\udcfcr.png")
    (folder / "w\udcfc.png").write_bytes(b"no image")
    source = FolderSource(folder)
    frame, unreadable = source
    assert isinstance(frame, Frame)
    assert isinstance(unreadable, Unreadable)
    assert (frame.name, frame.part, unreadable.name) == ("t?r.png", "t?r", "w?.png")
    assert "w?.png is no image" in unreadable.error
    assert "".join((source.name, frame.name, frame.part, unreadable.name, unreadable.error)).encode()
