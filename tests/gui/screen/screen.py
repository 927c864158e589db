"""A real X server with a window manager, and a person before it: hands by xdotool, eyes by AT-SPI."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import ImageGrab

_PYTHON = "/usr/bin/python3"
_PROGRAMS = ("Xvfb", "openbox", "xdotool", "dbus-daemon", _PYTHON)
_SPEAKS = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
_READS = [_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"]
_READER = Path(__file__).with_name("reader.py")
_PATIENCE = 30.0


class Seen(NamedTuple):
    """A widget on the screen; `box` is left, top, width and height in px."""

    role: str
    name: str
    description: str
    text: str
    box: tuple[int, int, int, int]
    states: list[str]


class Screen:
    """An X server of its own, with a bus of its own; it runs inside the ``with`` block.

    Parameters
    ----------
    size : tuple of int
        Width and height, px.
    """

    def __init__(self, size: tuple[int, int] = (1280, 800)) -> None:
        missing = [program for program in _PROGRAMS if shutil.which(program) is None]
        if not missing and not _SPEAKS.exists():
            missing = ["at-spi2-core"]
        if not missing and subprocess.run(_READS, capture_output=True).returncode:
            missing = ["python3-gi or gir1.2-atspi-2.0"]
        if missing:
            pytest.skip(f"no person can be put before a real window: {', '.join(missing)} is not installed")
        self.width, self.height = size
        self._running = ExitStack()

    def __enter__(self) -> "Screen":
        try:
            self._start()
        except BaseException:
            self._running.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _start(self) -> None:
        self.folder = Path(self._running.enter_context(tempfile.TemporaryDirectory(prefix="screen-")))
        self._log = self.folder / "errors.txt"
        self.env = {
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "XDG_RUNTIME_DIR": str(self.folder),
            "HOME": str(self.folder),
        }
        says = {"stdout": subprocess.PIPE}
        picture = f"{self.width}x{self.height}x24"
        server = self.run("Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", picture, **says)
        self.env["DISPLAY"] = f":{_line(server)}"
        bus = self.run("dbus-daemon", "--session", "--nofork", "--print-address", **says)
        self.env["DBUS_SESSION_BUS_ADDRESS"] = _line(bus)
        self.run("openbox")
        self._reader = self.run(_PYTHON, str(_READER), stdin=subprocess.PIPE, **says)
        assert json.loads(_line(self._reader)) == "ready"

    def run(self, *command: str, **options: Any) -> subprocess.Popen:
        """Start a program here; it ends with the block, by its own handle."""
        env = {**self.env, **options.pop("env", {})}
        with self._log.open("a") as log:
            usual = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": log}
            process = subprocess.Popen(command, env=env, text=True, **{**usual, **options})
        self._running.callback(_end, process)
        return process

    def look(self) -> list[Seen]:
        """All that is to be seen now."""
        self._reader.stdin.write("\n")
        self._reader.stdin.flush()
        return [Seen(**widget) for widget in json.loads(_line(self._reader))]

    def see(self, condition: Callable[[list[Seen]], Any], what: str = "it") -> Any:
        """Wait until something is to be seen; returns what the condition found."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := condition(seen := self.look())):
            there = [(one.role, one.name) for one in seen if one.name]
            assert time.monotonic() < deadline, f"{what} is not to be seen; there are {there}; {self._log.read_text()}"
        return found

    def find(self, role: str, name: str) -> Seen:
        """The one widget of that role whose name begins so, once it is there and can be used."""

        def found(seen: list[Seen]) -> Seen | None:
            fitting = [one for one in seen if one.role == role and one.name.startswith(name)]
            return fitting[0] if len(fitting) == 1 and "ENABLED" in fitting[0].states else None

        return self.see(found, f"the {role} {name!r}")

    def click(self, role: str, name: str) -> None:
        """Move the mouse into the middle of a widget and press its left button."""
        left, top, width, height = self.find(role, name).box
        self.click_at(left + width // 2, top + height // 2)

    def click_at(self, x: int, y: int) -> None:
        """Press the left button somewhere."""
        self.hands("mousemove", str(x), str(y), "click", "1")

    def keys(self, *names: str) -> None:
        """Press keys one after the other, each as in ``ctrl+s``."""
        self.hands("key", "--delay", "40", *names)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.hands("type", "--delay", "12", "--", text)

    def write(self, name: str, text: str) -> None:
        """Click a field and write into it, instead of what it holds."""
        self.click("text", name)
        self.keys("ctrl+a")
        self.type(text)
        self.see(lambda seen: any(one.role == "text" and one.text == text for one in seen), f"{text!r} in {name!r}")

    def hands(self, *words: str) -> None:
        """What xdotool is told."""
        subprocess.run(["xdotool", *words], env=self.env, check=True, timeout=_PATIENCE)

    def photograph(self, path: Path) -> None:
        """Keep the screen as a PNG."""
        ImageGrab.grab(xdisplay=self.env["DISPLAY"]).save(path)


def _line(process: subprocess.Popen) -> str:
    """The next line that a program says."""
    line = process.stdout.readline()
    assert line, f"{process.args} has ended"
    return line.strip()


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
