"""The simulated GigE Vision camera of aravis-tools, in a process of its own."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from inspector.sources.gige_network import ask

PROGRAM = shutil.which("arv-fake-gv-camera-0.8")
ADDRESS = "127.0.0.1"
_PATIENCE = 20.0


class FakeCamera:
    """A camera that a test may start, kill, freeze and thaw; it runs inside the ``with`` block.

    The port of the protocol is fixed and the program takes no loopback address but 127.0.0.1, so one camera runs at a
    time: a file lock has the others of this machine wait, in whatever process their tests run.

    Parameters
    ----------
    serial : str
    options : str
        More of the program's own.
    """

    def __init__(self, *options: str, serial: str = "GV01") -> None:
        if PROGRAM is None:
            pytest.skip("the simulated camera arv-fake-gv-camera-0.8 is not installed; it is in aravis-tools")
        self.serial = serial
        self._command = [PROGRAM, "-i", ADDRESS, "-s", serial, *options]

    def __enter__(self) -> "FakeCamera":
        import fcntl  # not on Windows, where the program is not either

        self._lock = (Path(tempfile.gettempdir()) / "inspector-fake-camera.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._lock.close()

    def start(self) -> None:
        """Come back when it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _PATIENCE
        while self.serial.encode() not in ask(ADDRESS, None):
            assert self._process.poll() is None, "the simulated camera ended"
            assert time.monotonic() < deadline, "the simulated camera does not answer; another one may have its port"
            time.sleep(0.01)

    def describe(self, xml: Path) -> None:
        """Have its next start describe its features with another file."""
        self._command += ["-g", str(xml)]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(_PATIENCE)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)
