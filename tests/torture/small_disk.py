"""A disk of a few kilobytes that only the processes of one mount namespace see."""

import shutil
import subprocess
from pathlib import Path

import pytest
from torture.stations import WAIT

_WAYS = (["--user", "--map-root-user"], [])
"""A namespace for anybody, where the kernel allows it, or one for root."""


class SmallDisk:
    """A tmpfs that is mounted inside the ``with`` block.

    Parameters
    ----------
    folder : Path
        Where its processes see it; it is there and empty.
    options : str
        Those of its mount: ``size=`` bytes, ``nr_inodes=`` files and folders.

    Attributes
    ----------
    within : list of str
        What runs a command in its namespace, in the same process.
    """

    def __init__(self, folder: Path, options: str) -> None:
        self._folder, self._options = folder, options

    def __enter__(self) -> "SmallDisk":
        if not (shutil.which("unshare") and shutil.which("nsenter")):
            pytest.skip("a small disk needs unshare and nsenter of util-linux")
        script = 'mount -t tmpfs -o "$1" tmpfs "$0" && echo mounted && exec cat'
        for way in _WAYS:
            self._holder = subprocess.Popen(
                ["unshare", *way, "--mount", "sh", "-c", script, str(self._folder), self._options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            assert self._holder.stdout is not None
            if self._holder.stdout.readline() == "mounted\n":
                names = ["-U", "-m", "--preserve-credentials"] if way else ["-m"]
                self.within = ["nsenter", "-t", str(self._holder.pid), *names, "--"]
                return self
            told = self._holder.communicate(timeout=WAIT)[1].strip()
        pytest.skip(f"a small disk can't be mounted here: {told}")

    def __exit__(self, *_: object) -> None:
        self._holder.communicate(timeout=WAIT)

    @property
    def content(self) -> Path:
        """The disk as it is seen from outside, to be copied; SQLite can't work under such a path."""
        return Path(f"/proc/{self._holder.pid}/root{self._folder}")

    def make_space(self) -> None:
        """Give it space for a few hundred frames."""
        remount = ["mount", "-o", "remount,size=64m,nr_inodes=1000", str(self._folder)]
        subprocess.run([*self.within, *remount], check=True, timeout=WAIT)
