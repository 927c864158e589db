"""The station's real command, each time in a process of its own that may be killed."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WAIT = 120.0
"""Seconds after which what should have happened has not."""


def scale(what: str, short: int) -> int:
    """How much is tried: little, unless INSPECTOR_TORTURE_<WHAT> asks for more."""
    return int(os.environ.get(f"INSPECTOR_TORTURE_{what.upper()}", str(short)))


def url_of(database: Path) -> str:
    return f"sqlite:///{database.as_posix()}"


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "inspector", *map(str, arguments)]


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This checkout, and the settings of nobody."""
    own = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(home))
    return {**os.environ, **own, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **(more or {})}


def wait_for(happened: Callable[[], bool], what: str, pause: float = 0.01) -> None:
    deadline = time.monotonic() + WAIT
    while not happened():
        assert time.monotonic() < deadline, f"not within {WAIT:.0f} s: {what}"
        time.sleep(pause)


def until_writing(pictures: Path) -> None:
    """Wait until a file is made, renamed or removed in the folder of a day."""

    def last_change() -> int:
        return max(day.stat().st_mtime_ns for day in pictures.iterdir())

    before = last_change()
    wait_for(lambda: last_change() != before, "another picture", pause=0)


class Station:
    """``inspector station --headless`` on the demo line; it runs inside the ``with`` block.

    Parameters
    ----------
    database : Path
        The journal's file.
    recipe : str
        A name or a file.
    frames : int
        0 goes on to the end.
    rate : float or None
        Parts per second; None is as fast as they can be judged.
    within : sequence of str
        A command that runs this one, as ``nsenter`` does, in the same process.
    more : mapping of str
        Variables for its environment.

    Attributes
    ----------
    lines : list of dict
        What it has printed on stdout in whole lines, as of the last look.
    said : str
        What it has printed on stderr.
    """

    def __init__(
        self,
        database: Path,
        recipe: str = "demo",
        *,
        frames: int = 0,
        rate: float | None = None,
        within: Sequence[str] = (),
        more: Mapping[str, str] | None = None,
    ) -> None:
        source = "demo" if rate is None else f"demo?rate={rate}"
        arguments = ("--source", source, "--recipe", recipe, "--frames", frames, "--journal", url_of(database))
        self._command = [*within, *command("station", "--headless", *arguments)]
        self._more = more
        self._read = 0
        self.lines: list[dict[str, Any]] = []
        self.said = ""

    def __enter__(self) -> "Station":
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self._out, self._err = home / "out", home / "err"
            with self._out.open("wb") as out, self._err.open("wb") as err:
                own = environment(home, self._more)
                self._process = subprocess.Popen(self._command, stdout=out, stderr=err, env=own, start_new_session=True)
            stack.callback(self.kill)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def until_next(self) -> None:
        """Wait until it has printed one line more, or has ended."""
        before = len(self.lines)
        wait_for(lambda: self.look() > before or not self.runs(), f"a line after {before}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL, if it still runs; then read what it had printed."""
        self._process.kill()
        self._process.wait(WAIT)
        self.look()

    def finish(self) -> int:
        """Let it come to its end; returns its exit code."""
        code = self._process.wait(WAIT)
        self.look()
        return code

    def look(self) -> int:
        """Read what it has printed since the last look; returns the number of lines so far."""
        with self._out.open("rb") as out:
            out.seek(self._read)
            whole = out.read().rpartition(b"\n")[0]
        if whole:
            self._read += len(whole) + 1
            self.lines += [json.loads(line) for line in whole.split(b"\n")]
        self.said = self._err.read_text("utf-8")
        return len(self.lines)

    def runs(self) -> bool:
        return self._process.poll() is None

    def until(self, count: int) -> None:
        """Wait until it has printed so many lines."""
        wait_for(lambda: self.look() >= count or not self.runs(), f"{count} lines of {len(self.lines)}")
        assert len(self.lines) >= count, f"the station ended before its line {count}: {self.said}"

    def sentence(self) -> str:
        """The one line on stderr that it ended with; before it there may be notices."""
        *notices, last = self.said.splitlines()
        assert last.startswith("error: "), self.said
        assert all(line.startswith("the journal's ") for line in notices), self.said
        return last
