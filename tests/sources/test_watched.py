"""A watched folder: which files of it are frames, when, and how often."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from sources.watching import SHORT, Watch, picture, slowly, watches, write

from inspector.errors import InspectorError
from inspector.images import read_image
from inspector.sources import open_source
from inspector.sources.base import Source, SourceState, Status
from inspector.sources.watched import WatchedFolder
from inspector.types import Frame, Unreadable

COPIER = """
import sys, time
from pathlib import Path
source, target, *names = sys.argv[1:]
whole = {name: Path(source, name).read_bytes() for name in names}
for quarter in range(4):
    for name, data in whole.items():
        with Path(target, name).open("ab") as copy:
            copy.write(data[len(data) * quarter // 4 : len(data) * (quarter + 1) // 4])
    time.sleep(0.7)
"""


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    with watches() as begin:
        yield begin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def test_what_lies_there_comes_first_and_then_each_new_image(folder: Path, watch: Callable[..., Watch]) -> None:
    for name in ("part-10.png", "part-2.png", "part-1.bmp"):
        write(folder / name)
    (folder / "notes.txt").write_text("no image", "utf-8")
    line = watch(folder)
    line.wait_for("part-1.bmp", "part-2.png", "part-10.png")
    write(folder / "part-3.png", 7)
    line.wait_for("part-1.bmp", "part-2.png", "part-10.png", "part-3.png")
    assert [item.index for item in line.given] == [0, 1, 2, 3]
    assert [item.part for item in line.given if isinstance(item, Frame)] == ["part-1", "part-2", "part-10", "part-3"]
    assert (line.given[-1].pixels == picture(7)).all()
    assert line.states == [Status(SourceState.CONNECTING), Status(SourceState.LIVE)]


def test_it_is_a_source_like_others(folder: Path) -> None:
    for k in range(4):
        write(folder / f"{k}.png")
    source: Source = open_source(f"watch:{folder}", frames=3)
    assert (source.name, len(source), source.discard(0)) == (str(folder), 3, False)
    for _ in range(2):  # each iteration starts anew
        assert [item.name for item in source if isinstance(item, Frame)] == ["0.png", "1.png", "2.png"]
    with pytest.raises(InspectorError, match="is a file; give the folder"):
        open_source(f"watch:{folder / '1.png'}")


def test_what_is_no_part_is_left_alone(folder: Path, watch: Callable[..., Watch]) -> None:
    (folder / "done").mkdir()
    write(folder / "done" / "a.png")
    (folder / "b.png").mkdir()
    write(folder / ".c.png")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "d.png")
    with suppress(OSError):  # Windows lets few people make links
        (folder / "e.png").symlink_to("nowhere.png")
    line = watch(folder)
    line.settle()
    assert line.names == []


def test_frames_of_a_part_come_one_after_the_other(folder: Path, watch: Callable[..., Watch]) -> None:
    for name in ("cam1_p7.png", "cam1_p3.png", "cam2_p3.png", "cam10_p7.png", "cam2_p7.png"):
        write(folder / name)
    line = watch(folder, part=r"_(p\d+)")
    line.wait_for("cam1_p3.png", "cam2_p3.png", "cam1_p7.png", "cam2_p7.png", "cam10_p7.png")
    assert [item.part for item in line.given if isinstance(item, Frame)] == ["p3", "p3", "p7", "p7", "p7"]


def test_a_file_that_can_not_be_read_comes_late_and_is_of_its_own_part(
    folder: Path, watch: Callable[..., Watch]
) -> None:
    (folder / "p1_cam1.png").write_bytes(b"half")
    line = watch(folder, part="(p.)_", patience=SHORT)
    write(folder / "p1_cam2.png")
    write(folder / "p2_cam1.png")
    line.wait_for("p1_cam2.png", "p2_cam1.png", "p1_cam1.png")
    assert [item.part for item in line.given] == ["p1", "p2", "p1"]
    assert isinstance(line.given[2], Unreadable)


def test_ten_thousand_at_once_are_all_given_in_order(folder: Path, watch: Callable[..., Watch]) -> None:
    line = watch(folder)
    line.wait_state(SourceState.LIVE)
    away = folder.with_name("away")
    away.mkdir()
    first = write(away / "part-0.pgm").read_bytes()
    for k in range(10_000):
        (away / f"part-{k}.pgm").write_bytes(first[:-2] + k.to_bytes(2, "big"))
    folder.rename(folder.with_name("old"))
    away.rename(folder)
    line.wait(lambda: len(line.given) == 10_000)
    assert line.names == [f"part-{k}.pgm" for k in range(10_000)]
    assert [item.index for item in line.given] == list(range(10_000))


def test_slow_copies_are_one_frame_each_and_hold_up_no_other(folder: Path, watch: Callable[..., Watch]) -> None:
    """Their pauses are longer than the time between two looks, and no format lets half of a file pass."""
    names = [f"slow{suffix}" for suffix in (".bmp", ".jpg", ".pgm", ".png", ".tif", ".webp")]
    for name in names:
        write(folder.with_name(name), side=128)
    line = watch(folder)
    with subprocess.Popen([sys.executable, "-c", COPIER, str(folder.parent), str(folder), *names]) as copier:
        while len(list(folder.iterdir())) < len(names):
            assert copier.poll() is None
            time.sleep(0.01)
        write(folder / "quick.png")
        line.wait_for("quick.png")
        assert copier.poll() is None
    line.wait(lambda: len(line.given) == 1 + len(names))
    line.settle()
    assert sorted(line.names[1:]) == names
    for item in line.given[1:]:
        assert isinstance(item, Frame), item
        assert (item.pixels == read_image(folder.with_name(item.name))).all()


def test_a_copy_that_is_never_completed_is_unreadable_once(folder: Path, watch: Callable[..., Watch]) -> None:
    whole = write(folder.with_name("whole.png"), side=64).read_bytes()
    (folder / "a.png").write_bytes(whole[:900])
    write(folder / "b.png")
    line = watch(folder, patience=SHORT)
    line.wait_for("b.png", "a.png")
    broken = line.given[1]
    assert isinstance(broken, Unreadable)
    assert broken.index == 1
    assert "a.png is damaged or incomplete" in broken.error
    line.settle()
    assert line.names == ["b.png", "a.png"]
    with (folder / "a.png").open("ab") as file:  # somebody goes on with it after all
        file.write(whole[900:])
    line.wait_for("b.png", "a.png", "a.png")
    assert (line.given[2].pixels == picture(side=64)).all()


@pytest.mark.parametrize("temporary", ["a.png.part", ".a.png", "upload-17", "temporary.png"])
def test_a_temporary_name_that_becomes_an_image_s_is_one_part(
    folder: Path, watch: Callable[..., Watch], temporary: str
) -> None:
    whole = write(folder.with_name("whole.png"), side=64).read_bytes()
    line = watch(folder, patience=SHORT)
    (folder / temporary).write_bytes(whole[:900])
    line.settle()
    (folder / temporary).write_bytes(whole)
    (folder / temporary).rename(folder / "a.png")
    line.wait_for("a.png")
    time.sleep(2 * SHORT)  # as long as the temporary name might be missed
    line.settle()
    assert line.names == ["a.png"]


def test_a_file_that_was_judged_and_is_renamed_is_no_new_part(folder: Path, watch: Callable[..., Watch]) -> None:
    write(folder / "a.png")
    (folder / "b.png").write_bytes(b"no image")
    line = watch(folder, patience=SHORT)
    line.wait_for("a.png", "b.png")
    (folder / "a.png").rename(folder / "c.png")
    (folder / "b.png").rename(folder / "d.png")
    line.settle()
    time.sleep(2 * SHORT)
    (folder / "c.png").rename(folder / "a.png")
    line.settle()
    assert line.names == ["a.png", "b.png"]


def test_a_file_that_was_renamed_before_its_turn_is_one_part(folder: Path) -> None:
    for name in "abc":
        write(folder / f"{name}.png")
    with slowly(WatchedFolder(folder, patience=SHORT)) as items:
        assert next(items).name == "a.png"  # b.png may be read already, but no more than that
        (folder / "c.png").rename(folder / "d.png")
        assert [next(items).name for _ in range(2)] == ["b.png", "d.png"]
        time.sleep(2 * SHORT)
        write(folder / "e.png")
        assert next(items).name == "e.png"


def test_files_of_the_same_size_and_time_are_told_apart(folder: Path, watch: Callable[..., Watch]) -> None:
    """Where a share keeps times by the second, and the one is moved away when the other comes."""
    for name, seed in (("a.bmp", 1), ("b.bmp", 2), ("c.bmp", 1)):
        os.utime(write(folder.with_name(name), seed), (1e9, 1e9))
    folder.with_name("a.bmp").rename(folder / "a.bmp")
    line = watch(folder)
    line.wait_for("a.bmp")
    folder.with_name("b.bmp").rename(folder / "b.bmp")
    (folder / "a.bmp").rename(folder.with_name("a.bmp"))
    line.wait_for("a.bmp", "b.bmp")
    folder.with_name("a.bmp").rename(folder / "a.bmp")
    line.settle()
    assert line.names == ["a.bmp", "b.bmp"]  # it was back soon
    folder.with_name("c.bmp").rename(folder / "c.bmp")
    line.wait_for("a.bmp", "b.bmp", "c.bmp")  # equal pictures under two names that are both there: two parts


@pytest.mark.parametrize("replaced", [False, True])
def test_a_new_picture_under_an_old_name_is_a_new_frame(
    folder: Path, watch: Callable[..., Watch], replaced: bool
) -> None:
    line = watch(folder)
    for seed in range(3):
        if replaced:
            write(folder.with_name("next.png"), seed).replace(folder / "a.png")
        else:
            write(folder / "a.png", seed)
        line.wait_for(*["a.png"] * (seed + 1))
        assert (line.given[seed].pixels == picture(seed)).all()
    assert [item.index for item in line.given] == [0, 1, 2]


def test_the_same_picture_under_an_old_name_is_none(folder: Path, watch: Callable[..., Watch]) -> None:
    write(folder / "a.png")
    line = watch(folder)
    line.wait_for("a.png")
    os.utime(folder / "a.png", (1e9, 1e9))
    line.settle()
    line.settle()
    Image.fromarray(picture()).save(folder / "a.png", compress_level=1)
    line.settle()
    line.settle()  # that it was written again may be seen later than that a new one came
    assert line.names == ["a.png"]


def test_a_file_that_vanishes_before_its_turn_is_missed(folder: Path) -> None:
    for name in "abcd":
        write(folder / f"{name}.png")
    with slowly(WatchedFolder(folder, patience=SHORT)) as items:
        assert next(items).name == "a.png"
        (folder / "c.png").unlink()
        given = [next(items) for _ in range(3)]
    assert [(item.index, item.name) for item in given] == [(1, "b.png"), (2, "d.png"), (3, "c.png")]
    assert given[2] == Unreadable(3, "c.png", "c.png is not there any more: it was removed before its turn came", "c")


def test_what_is_gone_for_long_is_forgotten(folder: Path, watch: Callable[..., Watch]) -> None:
    write(folder / "a.png")
    line = watch(folder, patience=SHORT)
    line.wait_for("a.png")
    (folder / "a.png").rename(folder.with_name("a.png"))
    line.settle()
    time.sleep(2 * SHORT)
    line.settle()
    folder.with_name("a.png").rename(folder / "a.png")
    line.wait_for("a.png", "a.png")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are valid Unicode there")
def test_a_name_that_is_no_valid_unicode_can_be_logged(folder: Path, watch: Callable[..., Watch]) -> None:
    write(folder / "t\udcfcr.png")
    (folder / "w\udcfc.png").write_bytes(b"no image")
    line = watch(folder, patience=SHORT)
    line.wait_for("t?r.png", "w?.png")
    frame, unreadable = line.given
    assert isinstance(frame, Frame)
    assert isinstance(unreadable, Unreadable)
    assert f"{frame.part} {unreadable.error}".encode().startswith(b"t?r w?.png is no image")
