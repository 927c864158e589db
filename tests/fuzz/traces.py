"""What a case leaves behind: files, and memory that was taken."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OUTPUT = "output"


def files_below(folder: Path, but: Path | None = None) -> set[tuple[str, int, int, int]]:
    """Path, mode, size and time of change of all that lies below a folder, without following links."""
    found = set()
    for entry in os.scandir(folder):
        if (but is not None and Path(entry.path) == but) or entry.name == OUTPUT:
            continue
        told = entry.stat(follow_symlinks=False)
        is_folder = entry.is_dir(follow_symlinks=False)
        found.add((entry.path, told.st_mode, 0 if is_folder else told.st_size, 0 if is_folder else told.st_mtime_ns))
        if is_folder:
            found |= files_below(Path(entry.path))
    return found


@contextmanager
def untouched(folder: Path) -> Iterator[None]:
    """What reads from a folder changes nothing in it."""
    before = files_below(folder)
    yield
    assert files_below(folder) == before, f"reading changed {sorted(files_below(folder) ^ before)[:4]}"


def restart_peak() -> int:
    """Bytes that this process holds; `peak_memory` counts from now on."""
    if sys.platform != "linux":
        return 0
    Path("/proc/self/clear_refs").write_text("5")
    return peak_memory()


def peak_memory() -> int:
    """The most bytes that this process has held; 0 where that is not told."""
    if sys.platform != "linux":
        return 0
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
