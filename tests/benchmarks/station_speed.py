"""The station: parts a second and milliseconds from frame to verdict on disk and on screen; and its start."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from frame_speed import peak_mb
from PySide6.QtWidgets import QApplication
from window_response import Gaps, hand, wait_until

from inspector.events import Event, Judged
from inspector.gui import theme
from inspector.gui.models import Models
from inspector.gui.shown import Shown
from inspector.gui.state import Phase
from inspector.gui.window import MainWindow
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.settings import Settings
from inspector.simulation.part import simulate_part
from inspector.sources.folder import FolderSource
from inspector.station import Station
from inspector.types import Frame

if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

RECIPE = "demo"

DIFFERENT = 100
"""Parts of the demo line that are simulated; the line shows them again and again."""

WARM_UP = 10

Row = dict[str, Any]


def measure_station(model: Model, recipe: Recipe, frames: int) -> Iterator[Row]:
    """Rows of the bare network, of the bare pipeline, and of the station without and with its window.

    All read the same files. ``ms`` are from the frame, read from its file, to the map, to the verdict on disk, and to
    the verdict on the screen.
    """
    with tempfile.TemporaryDirectory() as folder:
        line = Path(folder) / "line"
        _write_line(line, frames + WARM_UP)
        yield _row("network alone", _each(line, lambda frame: measure(frame, model)))
        yield _row("network and judge", _each(line, lambda frame: judge(measure(frame, model), recipe)))
        yield _row("station: on disk", _headless(model, recipe, line, Path(folder) / "headless.db"))
        yield _in_window(RECIPE, line, Path(folder) / "window.db")


def measure_start(repeats: int) -> Row:
    """Seconds from a new process to its window and to the first verdict in it, and its memory in MB then: medians."""
    runs = []
    for _ in range(1 + repeats):
        asked = [sys.executable, __file__, repr(time.time())]
        run = subprocess.run(asked, check=True, capture_output=True, text=True)
        runs.append(json.loads(run.stdout))
    return {name: float(np.median([run[name] for run in runs[1:]])) for name in runs[0]}  # the first warms the disk


def _start(began: float) -> Row:
    """Open the window on the demo line, as `inspector` does, and close it after the first verdict."""
    application = QApplication([])
    theme.apply(application, theme.Theme.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Settings(), _url(Path(folder) / "journal.db"), Models())
        window.show()
        application.processEvents()
        shown = time.time() - began
        wait_until(lambda: window.station.state.judged >= 1)
        verdict = time.time() - began
        window.close()
    return {"window_s": shown, "first_verdict_s": verdict, "mb": peak_mb(), "torch": float("torch" in sys.modules)}


def _write_line(folder: Path, count: int) -> None:
    folder.mkdir()
    parts = [cv2.imencode(".png", simulate_part(2020, index).pixels)[1].tobytes() for index in range(DIFFERENT)]
    for number in range(count):
        (folder / f"part-{number:05}.png").write_bytes(parts[number % DIFFERENT])


class _Clock:
    """Notes when each part came and when it was done."""

    def __init__(self) -> None:
        self.came: list[datetime] = []
        self.done: list[datetime] = []

    def note(self, frame: Frame) -> None:
        self.came.append(frame.captured_at)
        self.done.append(datetime.now(UTC))


def _each(line: Path, do: Callable[[Frame], object]) -> _Clock:
    clock = _Clock()
    for frame in FolderSource(line):
        assert isinstance(frame, Frame)
        do(frame)
        clock.note(frame)
    return clock


def _headless(model: Model, recipe: Recipe, line: Path, journal: Path) -> _Clock:
    clock = _Clock()

    def publish(event: Event) -> None:
        if isinstance(event, Judged):
            clock.note(event.inspection.frame)

    with closing(Journal.open(_url(journal))) as log:
        Station(model, recipe, FolderSource(line), log, publish).run()
    return clock


def _in_window(recipe: str, line: Path, journal: Path) -> Row:
    """While a person moves T. Parts that come faster than the window paints count where they are painted."""
    application = QApplication.instance() or QApplication([])
    on_screen, seen = _Clock(), set[int]()
    window = MainWindow(Settings(recipe=recipe, source=str(line)), _url(journal), Models())

    def note(shown: Shown | None) -> None:
        newest = window.line.state.parts[:1]
        if shown and newest and newest[0].inspection and newest[0].entry_id == shown.entry_id not in seen:
            seen.add(shown.entry_id)
            on_screen.note(newest[0].inspection.frame)

    window.station.viewer.painted.connect(note)
    window.resize(1280, 800)
    window.show()
    wait_until(lambda: window.station.state.judged >= WARM_UP)
    gaps = Gaps()
    while window.line.state.phase is Phase.RUNNING:
        hand(window)
    longest = max(gaps.values)
    window.close()
    application.processEvents()
    return _row("station, window, T moved: on screen", on_screen) | {"longest_turn_ms": longest}


def _url(journal: Path) -> str:
    return f"sqlite:///{journal.as_posix()}"


def _row(what: str, clock: _Clock) -> Row:
    came, done = (np.array([at.timestamp() for at in times])[WARM_UP:] for times in (clock.came, clock.done))
    p50, p95, p99 = np.percentile(1000 * (done - came), (50, 95, 99))
    return {
        "what": what,
        "parts": len(done),
        "parts_per_second": (len(done) - 1) / (done[-1] - done[0]),
        "ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "longest_turn_ms": None,
    }


if __name__ == "__main__":
    print(json.dumps(_start(float(sys.argv[1]))))
