"""A watched folder that is away, locked or hanging; only that a share hangs is played."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sources.watching import SHORT, WAIT, Watch, slowly, watches, write

from inspector.images import read_image
from inspector.sources import arrivals
from inspector.sources.base import SourceState, Status
from inspector.sources.watched import WatchedFolder
from inspector.types import Frame, Pixels

SOON = 2.0
"""Seconds; a fraction of one where the machine has nothing else to do."""


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    with watches() as begin:
        yield begin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def test_a_folder_that_is_away_is_lost_until_it_is_back(folder: Path, watch: Callable[..., Watch]) -> None:
    for name in "ab":
        write(folder / f"{name}.png")
    line = watch(folder, patience=SHORT)
    line.wait_for("a.png", "b.png")
    folder.rename(folder.with_name("away"))
    said = f"{folder} can't be read (No such file or directory); check the share, its rights and the camera PC"
    line.wait(lambda: line.states[-1] == Status(SourceState.LOST, said))
    time.sleep(2 * SHORT)
    write(folder.with_name("away") / "c.png")
    folder.with_name("away").rename(folder)
    line.wait_state(SourceState.LIVE)
    line.wait_for("a.png", "b.png", "c.png")
    line.settle()
    assert line.names == ["a.png", "b.png", "c.png"]


def test_a_share_that_leaves_an_empty_folder_makes_no_file_new(folder: Path) -> None:
    """Neither those that were judged, nor, as missed, those that wait."""
    for name in "abcde":
        write(folder / f"{name}.png")
    with slowly(WatchedFolder(folder, patience=SHORT)) as items:
        assert next(items).name == "a.png"
        folder.rename(folder.with_name("share"))
        folder.mkdir()
        back = threading.Timer(3 * SHORT, lambda: (folder.rmdir(), folder.with_name("share").rename(folder)))
        back.start()
        given = [next(items) for _ in range(4)]
        back.join()
        write(folder / "f.png")
        given.append(next(items))
    assert [item.name for item in given] == ["b.png", "c.png", "d.png", "e.png", "f.png"]
    assert [item.index for item in given] == [1, 2, 3, 4, 5]


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path, watch: Callable[..., Watch]) -> None:
    line = watch(tmp_path / "later")
    line.wait_state(SourceState.LOST)
    (tmp_path / "later").mkdir()
    line.wait_state(SourceState.LIVE)
    write(tmp_path / "later" / "a.png")
    line.wait_for("a.png")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
@pytest.mark.parametrize("mode", [0o000, 0o300, 0o400])
def test_a_folder_without_rights_is_lost_until_there_are_some(
    folder: Path, watch: Callable[..., Watch], mode: int
) -> None:
    write(folder / "a.png")
    folder.chmod(mode)
    try:
        line = watch(folder)
        assert "(Permission denied)" in line.wait_state(SourceState.LOST).text
    finally:
        folder.chmod(0o700)
    line.wait_for("a.png")
    assert line.states[-1].state is SourceState.LIVE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_rights_is_waited_for(folder: Path, watch: Callable[..., Watch]) -> None:
    write(folder / "a.png").chmod(0)
    write(folder / "b.png")
    line = watch(folder)
    line.wait_for("b.png")
    (folder / "a.png").chmod(0o600)
    line.wait_for("b.png", "a.png")
    assert isinstance(line.given[1], Frame)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A share that does not come back from reading a file before the test lets it."""
    release = threading.Event()

    def read(path: Path) -> Pixels:
        release.wait(WAIT)
        return read_image(path)

    monkeypatch.setattr(arrivals, "read_image", read)
    yield release
    release.set()


def test_a_share_that_hangs_is_lost_until_it_answers(
    folder: Path, watch: Callable[..., Watch], hanging: threading.Event
) -> None:
    write(folder / "a.png")
    line = watch(folder, patience=SHORT)
    assert "does not answer" in line.wait_state(SourceState.LOST).text
    hanging.set()
    line.wait_for("a.png")
    line.wait_state(SourceState.LIVE)


@pytest.mark.parametrize("state", ["not begun", "connecting", "live", "lost", "busy", "waiting", "hanging"])
def test_close_ends_it_soon_in_every_state(
    folder: Path, watch: Callable[..., Watch], request: pytest.FixtureRequest, state: str
) -> None:
    if state == "hanging":
        request.getfixturevalue("hanging")
    if state in ("busy", "hanging"):
        for k in range(500):
            write(folder / f"{k}.png")
    if state == "waiting":
        (folder / "a.png").write_bytes(b"half")
    line = watch(folder.with_name("nowhere") if state == "lost" else folder)
    if state not in ("not begun", "connecting"):
        line.wait_state(SourceState.LOST if state == "lost" else SourceState.LIVE)
    if state == "busy":
        line.wait(lambda: len(line.given) > 3)
    began = time.monotonic()
    line.source.close()
    line.source.close()
    line.thread.join(WAIT)
    assert time.monotonic() - began < SOON
    assert list(line.source) == []


def test_a_fault_of_the_program_is_not_swallowed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "read_image", lambda _: 1 / 0)
    write(folder / "a.png")
    with pytest.raises(ZeroDivisionError):
        list(WatchedFolder(folder))
