"""Damaged datasets: each frame is read with a mask that fits it, or refused."""

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from fuzz.layouts import Files, layouts
from fuzz.mutation import damage, damage_text
from fuzz.refusals import refusal
from fuzz.traces import untouched
from fuzz.trees import damage_tree

from inspector.dataset import IGNORE, Dataset, Sample
from training.datasets import open_dataset


def case(folder: Path, number: int) -> str:
    """One damaged dataset, of which every frame is read."""
    chance = Random(f"datasets {number}")
    layout, files = chance.choice(list(layouts().items()))
    root, outside = folder / layout, folder.parent / "canary"
    write(root, files)
    texts = [name for name in files if name.endswith(".json")]
    kind = chance.choice(("tree", "text", "text", "bytes") if texts else ("tree", "bytes"))
    name = chance.choice(texts if kind == "text" else list(files))
    if kind == "tree":
        damage_tree(root, chance, outside)
    elif name in texts:
        (root / name).write_bytes(damage_text(files[name].decode(), chance, str(outside / "written")))
    else:
        (root / name).write_bytes(damage(files[name], chance))
    with untouched(folder):
        dataset, _ = refusal(lambda: open_dataset(root))
        found = [] if dataset is None else [refusal(lambda s=s: dataset.read(s)) for s in samples(dataset)]
    for place, (frame, _) in enumerate(found):
        if frame is not None:
            check(dataset, *frame)
            if kind == "bytes" and name.lower().endswith(".png"):  # which have checksums
                assert all(map(np.array_equal, frame, frames(layout)[place])), f"{name} was read as something else"
    if dataset is None or all(said for _, said in found):
        return f"{layout} refused"
    return f"{layout} read in part" if any(said for _, said in found) else f"{layout} read"


def write(root: Path, files: Files) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def samples(dataset: Dataset) -> list[Sample]:
    return [sample for split in dataset.splits.values() for sample in split]


@cache
def frames(layout: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """What is read of a dataset that is in order."""
    with TemporaryDirectory() as scratch:
        write(Path(scratch), layouts()[layout])
        dataset = open_dataset(Path(scratch))
        return [dataset.read(sample) for sample in samples(dataset)]


def check(dataset: Dataset, pixels: np.ndarray, mask: np.ndarray) -> None:
    assert (pixels.dtype, mask.dtype) == (np.uint8, np.uint8)
    assert mask.shape == pixels.shape[:2]
    assert set(np.unique(mask)) <= {*range(len(dataset.classes)), IGNORE}
