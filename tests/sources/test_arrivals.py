"""Look by look: when a file is read."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources.watching import SHORT, picture, write

from inspector.sources.arrivals import Arrivals
from inspector.sources.base import Item, SourceState, Status
from inspector.sources.part_names import PartNames
from inspector.types import Frame


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def looks(folder: Path) -> Iterator[Item | None]:
    """One look after the other, and what is read between them: None is a look without news."""
    over = threading.Event()
    yield Arrivals(folder, PartNames(), SHORT).items(over)
    over.set()


def test_a_file_is_read_when_it_is_the_same_at_two_looks(folder: Path, looks: Iterator[Item | None]) -> None:
    write(folder / "a.bmp", 1)
    assert next(looks) == Status(SourceState.LIVE)
    write(folder / "a.bmp", 2)
    assert [next(looks), next(looks)] == [None, None]
    frame = next(looks)
    assert isinstance(frame, Frame)
    assert (frame.pixels == picture(2)).all()


def test_a_file_that_changed_since_the_last_look_is_not_read(folder: Path, looks: Iterator[Item | None]) -> None:
    write(folder / "a.bmp", 1)
    assert [next(looks), next(looks)] == [Status(SourceState.LIVE), None]
    write(folder / "a.bmp", 2)
    assert next(looks) is None
    frame = next(looks)
    assert isinstance(frame, Frame)
    assert (frame.pixels == picture(2)).all()


def test_a_file_is_waited_for_anew_when_the_folder_is_back(folder: Path, looks: Iterator[Item | None]) -> None:
    """Whoever wrote it could not go on meanwhile."""
    (folder / "a.png").write_bytes(b"half")
    assert [next(looks), next(looks), next(looks)] == [Status(SourceState.LIVE), None, None]
    folder.rename(folder.with_name("away"))
    assert isinstance(next(looks), Status)
    time.sleep(2 * SHORT)
    folder.with_name("away").rename(folder)
    assert [next(looks), next(looks)] == [Status(SourceState.LIVE), None]
    write(folder / "a.png")
    assert isinstance(next(item for item in looks if item), Frame)
