from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.errors import InspectorError
from inspector.sources import open_source
from inspector.sources.base import Source
from inspector.sources.folder import FolderSource, natural_key
from inspector.types import Frame, Unreadable


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for k, name in enumerate(names):
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
        Unreadable(1, "b.png", "b.png is not there any more"),
        Unreadable(2, "c.png", "c.png is not there any more"),
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
