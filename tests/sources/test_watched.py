"""A watched folder, on real files; only what no share does at will is played: that it hangs."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inspector.errors import InspectorError
from inspector.images import read_image
from inspector.sources import arrivals, open_source
from inspector.sources.arrivals import Arrivals
from inspector.sources.base import Item, Source, SourceState, Status
from inspector.sources.part_names import PartNames
from inspector.sources.watched import WatchedFolder
from inspector.types import Frame, Pixels, Unreadable

WAIT = 30.0
SOON = 2.0
"""Seconds; a fraction of one where the machine has nothing else to do."""

SHORT = 0.6
"""A patience that a test can wait for: three looks."""

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


def picture(seed: int = 0, side: int = 16) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (side, side), np.uint8)


def write(path: Path, seed: int = 0, side: int = 16) -> Path:
    """A complete image, written in place."""
    Image.fromarray(picture(seed, side)).save(path)
    return path


class Watch:
    """A source that runs in a thread of its own, and what it has given."""

    def __init__(self, folder: Path, **options) -> None:
        self.folder = folder
        self.source = WatchedFolder(folder, **options)
        self.states: list[Status] = []
        self.given: list[Frame | Unreadable] = []
        self._change, self._marks = threading.Condition(), 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        for item in self.source:
            with self._change:
                if isinstance(item, Status):
                    self.states.append(item)
                else:
                    self.given.append(item)
                self._change.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._change:
            assert self._change.wait_for(condition, WAIT), (self.states, self.names)

    def wait_for(self, *names: str) -> None:
        """Until these have come, and nothing else, in this order."""
        self.wait(lambda: len(self.given) >= len(names))
        assert self.names == list(names)

    def wait_state(self, state: SourceState) -> Status:
        self.wait(lambda: bool(self.states) and self.states[-1].state is state)
        return self.states[-1]

    def settle(self) -> None:
        """Until all that lies in the folder now has come, if it was to come: a mark comes last."""
        self._marks += 1
        mark = write(self.folder / f"~{self._marks}.png", 1000 + self._marks)
        self.wait(lambda: mark.name in self.names)
        self.given.pop()

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.given]

    def end(self) -> None:
        self.source.close()
        self.thread.join(WAIT)
        assert not self.thread.is_alive()


@contextmanager
def slowly(source: WatchedFolder) -> Iterator[Iterator[Frame | Unreadable]]:
    """What a source gives, for a station that takes its time; it ends when too long nothing comes."""
    end = threading.Timer(WAIT, source.close)
    end.start()
    try:
        yield (item for item in source if not isinstance(item, Status))
    finally:
        end.cancel()
        source.close()


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    begun: list[Watch] = []

    def begin(folder: Path, **options) -> Watch:
        begun.append(Watch(folder, **options))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


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
    assert given[2] == Unreadable(3, "c.png", "c.png is not there any more: it was removed before its turn came")


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


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path, watch: Callable[..., Watch]) -> None:
    line = watch(tmp_path / "later")
    line.wait_state(SourceState.LOST)
    (tmp_path / "later").mkdir()
    line.wait_state(SourceState.LIVE)
    write(tmp_path / "later" / "a.png")
    line.wait_for("a.png")


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
