"""A dataset folder of grey frames with bright spots, which the tiny bundle sees: some weak, some to be ignored."""

import json
from pathlib import Path

import cv2
import numpy as np

from inspector.types import Pixels

CLASSES = ("background", "spot", "smear")
DEFECTIVE_PARTS, PARTS = 4, 7


def write_png(path: Path, pixels: Pixels) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def write_spot_dataset(folder: Path, seed: int = 0) -> Path:
    """Write 7 parts of two frames each into the split ``test``, the last 3 without a defect; returns `folder`.

    The brightness of the spots goes from hardly seen to glaring; each good part has a spot that nobody annotated in
    one of its frames, and part 0 a spot that is to be ignored.
    """
    rng = np.random.default_rng(seed)
    names, groups = [], {}
    for part in range(PARTS):
        for view in range(2):
            name = f"part-{part}-view-{view}"
            names.append(name)
            groups[name] = f"part-{part}"
            pixels = rng.normal(90, 4, (70, 90)).clip(0, 255).astype(np.uint8)
            mask = np.zeros_like(pixels)
            for number in range(2 if part < DEFECTIVE_PARTS else view):
                top, left = 8 + 36 * number + rng.integers(0, 6), rng.integers(0, 60)
                where = slice(top, top + rng.integers(6, 20)), slice(left, left + rng.integers(6, 25))
                pixels[where] = np.clip(pixels[where] + rng.integers(40, 165), 0, 255)
                if part < DEFECTIVE_PARTS:
                    mask[where] = 255 if (part, number) == (0, 1) else 1 + number
            write_png(folder / "images" / f"{name}.png", pixels)
            if mask.any():
                write_png(folder / "masks" / f"{name}.png", mask)
    meta = {"name": "spots", "classes": CLASSES, "splits": {"train": [], "test": names}, "groups": groups}
    (folder / "dataset.json").write_text(json.dumps(meta), "utf-8")
    return folder
