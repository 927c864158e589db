"""How long the window ever keeps a person waiting: gaps between turns of its event loop.

Usage: python tests/benchmarks/window_response.py [--source S] [--recipe R] [--seconds N]

A timer asks for a turn every 5 ms while a model loads, while the line runs as fast as it can, and while T is moved
as well. Needs a display, or QT_QPA_PLATFORM=offscreen.
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from inspector.gui import worker
from inspector.gui.models import Models
from inspector.gui.window import MainWindow
from inspector.settings import Settings

TURN_MS = 5
HAND_MS = 8


class Gaps:
    """Collects the time between turns of the event loop."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._turn)
        self._timer.start(TURN_MS)

    def _turn(self) -> None:
        now = time.perf_counter()
        self.values.append(1000 * (now - self._last))
        self._last = now

    def report(self, phase: str) -> None:
        """Print what was collected since the last report."""
        values = np.array(self.values)
        self.values.clear()
        p50, p99 = np.percentile(values, (50, 99))
        print(f"| {phase} | {len(values)} | {p50:.0f} | {p99:.0f} | {values.max():.0f} |")


def live(milliseconds: int) -> None:
    """Let the window live; QTest's own wait would keep Python's lock, and all other threads from working."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window live until something has happened."""
    while not condition():
        live(TURN_MS)


def hand(window: MainWindow) -> None:
    """Move T a little further and let the window live for as long as a mouse takes to its next report."""
    window.station.viewer.bar.setValue(round((3 + 4 * (time.perf_counter() % 1)) * 100))
    live(HAND_MS)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", default="demo")
    parser.add_argument("--recipe", default="demo")
    parser.add_argument("--seconds", type=float, default=10)
    arguments = parser.parse_args()
    worker.DEMO_PACE = 1000.0
    application = QApplication([])
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    print("\n| phase | turns | median ms | p99 ms | longest ms |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(recipe=arguments.recipe, source=arguments.source)
        window = MainWindow(settings, f"sqlite:///{Path(folder).as_posix()}/journal.db", Models())
        window.show()
        application.processEvents()
        gaps, station = Gaps(), window.station
        wait_until(lambda: station.state.judged >= 1)
        gaps.report("a model loads")
        started, judged = time.perf_counter(), station.state.judged
        wait_until(lambda: time.perf_counter() - started > arguments.seconds)
        pace = (station.state.judged - judged) / arguments.seconds
        gaps.report(f"the line runs, {pace:.1f} parts/s")
        started, judged = time.perf_counter(), station.state.judged
        while time.perf_counter() - started < arguments.seconds:
            hand(window)
        pace = (station.state.judged - judged) / arguments.seconds
        gaps.report(f"the line runs and T moves, {pace:.1f} parts/s")
        window.close()


if __name__ == "__main__":
    main()
