"""A camera that never comes, and a person who has waited long enough."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sources.scripted import Device, shots
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.sources.base import Item
from inspector.sources.driver import Ended
from inspector.sources.live import LiveSource
from inspector.sources.patience import with_patience
from inspector.sources.trial import try_source
from inspector.types import Frame

WAIT = 60.0
ABSENT = "camera 99 is not there, or another program uses it; check its cable and number"


def test_a_source_that_falls_silent_is_given_up_with_its_last_word() -> None:
    device = Device(*shots(1, 2))
    given: list[Item] = []
    began = time.monotonic()
    with pytest.raises(InspectorError, match=r"no frame came from cam within 0\.5 s: it is live; check what it waits"):
        given.extend(with_patience(LiveSource("cam", device.connect), 0.5))
    assert 0.5 <= time.monotonic() - began < WAIT / 2
    assert device.connections == 1


def test_news_of_a_source_is_no_frame() -> None:
    device = Device()
    device.refusals = [InspectorError(f"attempt {k}") for k in range(1000)]
    with pytest.raises(InspectorError, match=r"no frame came from cam within 1 s: attempt \d"):
        list(with_patience(LiveSource("cam", device.connect), 1))


def test_the_patience_is_for_each_frame_and_not_for_what_is_done_with_it() -> None:
    slow = [lambda _, step=step: (time.sleep(0.2), step(0))[1] for step in shots(*range(4))]
    source = LiveSource("cam", Device(*slow, Ended()).connect)
    frames = 0
    for item in with_patience(source, 0.7):
        if isinstance(item, Frame):
            frames += 1
            time.sleep(0.4)
    assert frames == 4


def test_a_trial_says_why_no_picture_came() -> None:
    trial = try_source("camera:99", patience=0.5)
    assert trial.frame is None
    assert trial.text == f"no frame came from camera:99 within 0.5 s: {ABSENT}"


class Program:
    """``inspector`` in a process of its own, with a recipe of three frames a part."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        bundle = write_tiny_bundle(folder / "tiny")
        recipe = folder / "tile.toml"
        Recipe(name="tile", model=str(bundle), threshold=4.0, views=3).save(recipe)
        own = {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME", "LOCALAPPDATA")}
        environment = os.environ | own | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inspector", *arguments, "--recipe", str(recipe)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT
        while not condition():
            assert time.monotonic() < deadline
            assert self.process.poll() is None
            time.sleep(0.02)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self, within: float = WAIT) -> tuple[int, list[str], list[str]]:
        """The exit code, and the lines of stdout and stderr."""
        printed, said = self.process.communicate(timeout=within)
        return self.process.returncode, printed.splitlines(), said.splitlines()


def test_inspecting_a_camera_that_never_comes_says_so_and_ends_with_2(tmp_path: Path) -> None:
    code, _, said = Program(tmp_path, "inspect", "camera:99", "--wait", "1", "--out", str(tmp_path / "out")).end()
    assert code == 2
    assert said[-2:] == [f"source lost: {ABSENT}", f"error: no frame came from camera:99 within 1 s: {ABSENT}"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_ctrl_c_ends_an_inspection_with_what_it_has(tmp_path: Path) -> None:
    out = tmp_path / "out"
    results = out / "results.jsonl"
    program = Program(tmp_path, "inspect", "demo?rate=5", "--frames", "500", "--out", str(out))
    program.until(lambda: results.exists() and results.stat().st_size > 0)
    program.interrupt()
    code, _, said = program.end(within=20)
    assert code == 3
    counted = sum(int(word) for word in said[0].replace(",", "").split() if word.isdigit())
    assert len(results.read_text("utf-8").splitlines()) in (counted, counted + 1)
    assert said[0].endswith(f"0 unreadable; results in {out}")
    assert said[1:] == ["stopped"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_ctrl_c_ends_a_station_with_the_part_in_hand(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    source = ("--source", "demo?rate=0.02")  # the second part would take 50 s
    program = Program(tmp_path, "station", "--headless", *source, "--journal", url)
    pictures = tmp_path / "journal"
    program.until(lambda: any(pictures.rglob("*.png")))
    program.interrupt()
    code, printed, said = program.end(within=20)
    assert code == 3
    assert len(printed) == 1
    assert "incomplete: 1 of 3 frames came" in said[0]
    assert said[1:] == ["stopped"]
    with closing(Journal.open(url)) as journal:
        assert [part.frames for part in journal.parts()] == [1]
