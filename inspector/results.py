"""The output folder of `inspector inspect`, in its fixed form (design, section 5)."""

import itertools
import json
from pathlib import Path, PurePath
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from inspector.errors import InspectorError
from inspector.picture import draw_inspection
from inspector.record import inspection_record, unreadable_record
from inspector.types import Inspection, Pixels, Unreadable

RESULTS = "results.jsonl"
FOLDERS = ("masks", "severity", "overlays")


class ResultsFolder:
    """Writes results.jsonl, masks, severity maps and overlays; a context manager.

    Parameters
    ----------
    folder : Path
        Made if missing. Results of an earlier run in it are replaced; a folder that holds anything else is refused,
        as masks/ in it may be somebody's annotation.
    classes : tuple of str
        Of the model: the class ids of the masks.

    Raises
    ------
    InspectorError
        If the folder holds something else or can't be written to; the methods raise it too.
    """

    def __init__(self, folder: Path, classes: tuple[str, ...]) -> None:
        self._folder, self._classes, self._taken = folder, classes, set[str]()
        try:
            _clear(folder)
            for name in FOLDERS:
                (folder / name).mkdir(parents=True, exist_ok=True)
            self._lines = (folder / RESULTS).open("w", encoding="utf-8")
        except OSError as error:
            raise InspectorError(
                f"results can't be written to {folder}: {error.strerror}; choose another --out"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._lines.close()

    def add(self, inspection: Inspection) -> None:
        """Write one inspection: its pictures first, so that a line never names files that are not there."""
        name = self._file_name(inspection.frame.name)
        pictures = (class_mask(inspection, self._classes), inspection.measurement.levels, draw_inspection(inspection))
        for folder, image in zip(FOLDERS, pictures, strict=True):
            self._write_png(self._folder / folder / f"{name}.png", image)
        self._write_line(inspection_record(inspection))

    def add_unreadable(self, unreadable: Unreadable) -> None:
        """Write the line of a frame that could not be read."""
        self._write_line(unreadable_record(unreadable))

    def _file_name(self, name: str) -> str:
        """The frame's name without its suffix; whole where another frame differs by the suffix alone, else counted."""
        counted = (f"{name}-{number}" for number in itertools.count(2))
        chosen = next(one for one in itertools.chain((PurePath(name).stem, name), counted) if one not in self._taken)
        self._taken.add(chosen)
        return chosen

    def _write_png(self, path: Path, image: Pixels) -> None:
        stored = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
        try:
            path.write_bytes(cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
        except OSError as error:
            raise InspectorError(
                f"{path} can't be written: {error.strerror}; free some space or choose another --out"
            ) from error

    def _write_line(self, record: dict[str, object]) -> None:
        try:
            self._lines.write(json.dumps(record) + "\n")
            self._lines.flush()
        except OSError as error:
            raise InspectorError(f"results.jsonl can't be written: {error.strerror}; free some space") from error


def _clear(folder: Path) -> None:
    """Remove an earlier run's results."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / RESULTS).is_file():
        raise InspectorError(f"{folder} holds other files than results; choose a new or empty folder for --out")
    for picture in (path for name in FOLDERS for path in (folder / name).glob("*.png")):
        picture.unlink()


def class_mask(inspection: Inspection, classes: tuple[str, ...]) -> Pixels:
    """Class ids of a frame's defects, uint8 (H, W), 0 background; the worst region on top where two overlap.

    A kind that the model does not name (it has no classifier) gets id 1.
    """
    mask = np.zeros(inspection.frame.shape, np.uint8)
    for region in reversed(inspection.regions):
        top, left, bottom, right = region.box
        kind = classes.index(region.kind) if region.kind in classes else 1
        mask[top:bottom, left:right][region.mask] = kind
    return mask
