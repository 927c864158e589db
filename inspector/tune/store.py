"""What was measured, kept on disk from one session to the next.

The files are a cache: each is whole or absent, a damaged one counts as absent, and the folder may be deleted. Those not
used for longest go when it grows over its limit.
"""

import os
import threading
import time
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inspector.errors import InspectorError

LIMIT = 4_000_000_000
"""Bytes."""

_ABANDONED = 86_400
"""Seconds after which nobody writes a draft any more."""

Arrays = Mapping[str, npt.NDArray[Any]]


class Store:
    """Named groups of arrays in a folder; safe to use from several threads and processes.

    Parameters
    ----------
    folder : Path
        Made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, name: str) -> Arrays | None:
        """The arrays of a name, such as ``a/b``; None where there are none, or they can't be read."""
        path = self._path(name)
        try:
            with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
            os.utime(path)  # it was of use
        except (OSError, ValueError, EOFError, zlib.error, zipfile.BadZipFile):
            return None
        return arrays

    def save(self, name: str, arrays: Arrays) -> None:
        """Keep arrays under a name, in place of what has it.

        Raises
        ------
        InspectorError
            If they can't be written.
        """
        path = self._path(name)
        draft = path.with_name(f"{path.stem}-{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **arrays)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise InspectorError(
                f"what was measured can't be kept in {self._folder}: {error.strerror}; make room there and go on"
            ) from error

    def trim(self, limit: int = LIMIT) -> None:
        """Remove what was not used for longest, and what a killed process left, until the rest is under the limit."""
        kept = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):  # another process may have removed it
                found = path.stat()
                if path.suffix == ".tmp" and found.st_mtime < time.time() - _ABANDONED:
                    path.unlink()
                elif path.suffix == ".npz":
                    kept.append((found.st_mtime, found.st_size, path))
        size = sum(each[1] for each in kept)
        for _, bytes_, path in sorted(kept):
            if size <= limit:
                break
            with suppress(OSError):
                path.unlink()
            size -= bytes_

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npz"
