"""Names and writing of files that are whole or absent."""

import os
import re
from contextlib import suppress
from pathlib import Path

_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""Names that Windows keeps for devices."""


def file_stem(name: str) -> str:
    """A name as part of a file's, on any system."""
    stem = re.sub(r"[^\w]+", "-", name.casefold()).strip("-")[:60] or "unnamed"
    return f"{stem}-" if _RESERVED.fullmatch(stem) else stem


def free_path(folder: Path, stem: str, suffix: str = "") -> Path:
    """A path that nothing has yet, numbered if need be."""
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def draft_of(path: Path) -> Path:
    """Where a file is written before it takes its name."""
    return path.with_name(f"{path.name}.tmp")


def write_synced(path: Path, data: bytes) -> None:
    """Write a file; it is on disk when this returns."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def publish(draft: Path, path: Path) -> None:
    """Give a draft its name, in place of what has it; the name is on disk when this returns."""
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows does so by itself and has no call for it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def discard(draft: Path) -> None:
    """Remove a draft that came to nothing, if it is there and can be removed."""
    with suppress(OSError):
        draft.unlink(missing_ok=True)
