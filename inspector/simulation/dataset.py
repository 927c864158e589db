"""Simulated parts written as a dataset folder (design, section 5)."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2

from inspector.errors import InspectorError
from inspector.simulation.defects import KINDS
from inspector.simulation.part import simulate_part
from inspector.types import BACKGROUND, Pixels

_SPLIT_OF = ("train", "val", "train", "test", "train")
"""Parts are dealt in turn, so that every split sees the whole line."""


def part_name(index: int) -> str:
    """Name of the part at `index`, of its frame and of its files."""
    return f"part-{index:06d}"


def _write_png(path: Path, pixels: Pixels) -> None:
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def write_dataset(out: Path, parts: int, seed: int, progress: Callable[[int, int], None] | None = None) -> None:
    """Write the first parts of a simulated line as a dataset folder with train, val and test splits (60/20/20).

    Beside the fixed form it holds ``truth.json``: for every frame its texture and kind, box, area and contrast of its
    defects.

    Parameters
    ----------
    out : Path
        A folder that is empty or does not exist.
    parts : int
        Number of parts, at least 1.
    seed : int
        Seed of the line, 0 or more.
    progress : callable, optional
        Told (parts written, parts in all) after each part.

    Raises
    ------
    InspectorError
        If the folder holds something, can't be written, or a number is out of its range.
    """
    if parts < 1 or seed < 0:
        raise InspectorError(f"a simulated line needs at least 1 part and a seed of 0 or more, not {parts} and {seed}")
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InspectorError(f"{out} is not an empty folder; name a new one for the dataset")
        _write(out, parts, seed, progress)
    except OSError as error:
        raise InspectorError(f"the dataset can't be written to {out}: {error.strerror or error}") from error


def _write(out: Path, parts: int, seed: int, progress: Callable[[int, int], None] | None) -> None:
    for folder in ("images", "masks"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    splits: dict[str, list[str]] = {"train": [], "val": [], "test": []}
    truth: dict[str, Any] = {}
    for index in range(parts):
        part, name = simulate_part(seed, index), part_name(index)
        _write_png(out / "images" / f"{name}.png", part.pixels)
        if part.defects:
            _write_png(out / "masks" / f"{name}.png", part.mask)
        splits[_SPLIT_OF[index % len(_SPLIT_OF)]].append(name)
        truth[name] = {"texture": part.texture, "defects": [asdict(defect) for defect in part.defects]}
        if progress is not None:
            progress(index + 1, parts)
    meta = {"name": f"simulated line, seed {seed}", "classes": [BACKGROUND, *KINDS], "splits": splits}
    (out / "truth.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")
    # Last, so that a folder with a dataset.json is a complete one.
    (out / "dataset.json").write_text(json.dumps(meta, indent=1), encoding="utf-8")
