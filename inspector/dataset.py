"""A dataset folder: images with annotated masks, in splits (design, section 5)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from inspector.errors import InspectorError
from inspector.images import SUFFIXES, read_image
from inspector.types import BACKGROUND, Mask, Pixels

IGNORE = 255
"""Mask value of pixels that count neither as defect nor as sound."""


def defect_pixels(mask: Pixels) -> Mask:
    """Where an annotation says defect, of whatever kind: bool of the shape of `mask`."""
    marked: Mask = (mask > 0) & (mask != IGNORE)
    return marked


@dataclass(frozen=True)
class Sample:
    """One annotated frame.

    Attributes
    ----------
    name : str
    image : Path
    mask : Path or None
        None for a defect-free frame.
    kind : int or None
        Class id that every non-zero pixel of the mask stands for; None when the mask holds class ids itself.
    """

    name: str
    image: Path
    mask: Path | None
    kind: int | None = None


@dataclass(frozen=True)
class Dataset:
    """Annotated frames in splits.

    Attributes
    ----------
    name : str
    classes : tuple of str
        The first is ``background``.
    splits : mapping of split name to samples
    groups : mapping of sample name to group
        Frames of one group (exposures of one part) stay on one side of a split.
    """

    name: str
    classes: tuple[str, ...]
    splits: Mapping[str, tuple[Sample, ...]]
    groups: Mapping[str, str] = field(default_factory=dict)

    def split(self, name: str) -> tuple[Sample, ...]:
        """The samples of a split.

        Raises
        ------
        InspectorError
            If there is no such split or it is empty.
        """
        samples = self.splits.get(name, ())
        if not samples:
            raise InspectorError(
                f"dataset {self.name} has no frames in split {name!r}; it has {', '.join(self.splits)}"
            )
        return samples

    def read(self, sample: Sample) -> tuple[Pixels, Pixels]:
        """Pixels of a sample, and its mask: uint8 (H, W) of class ids, 255 = ignore.

        Raises
        ------
        InspectorError
            If a file can't be read, the sizes differ or the mask holds a class that the dataset doesn't name.
        """
        pixels = read_image(sample.image)
        if sample.mask is None:
            return pixels, np.zeros(pixels.shape[:2], np.uint8)
        try:
            with Image.open(sample.mask) as file:
                mask = np.array(file.convert("L") if file.mode in ("1", "RGB") else file)
        except (OSError, ValueError, SyntaxError) as error:
            raise InspectorError(f"mask {sample.mask.name} can't be read: {error}") from error
        if mask.shape != pixels.shape[:2]:
            raise InspectorError(
                f"mask {sample.mask.name} has {mask.shape}, its image {pixels.shape[:2]} rows and columns"
            )
        if sample.kind is not None:
            return pixels, np.where(mask > 0, sample.kind, 0).astype(np.uint8)
        unknown = set(np.unique(mask)) - set(range(len(self.classes))) - {IGNORE}
        if unknown:
            raise InspectorError(
                f"mask {sample.mask.name} holds class {unknown.pop()}, but {self.name} names {self.classes}"
            )
        return pixels, mask.astype(np.uint8)


def read_dataset(folder: Path) -> Dataset:
    """Open a dataset folder in the native form.

    Raises
    ------
    InspectorError
        If dataset.json is missing or malformed, an image that it names is missing, or a frame or a group lies in
        two splits.
    """
    index = folder / "dataset.json"
    try:
        meta = json.loads(index.read_text(encoding="utf-8"))
        classes = tuple(str(name) for name in meta["classes"])
        names = {str(split): [str(n) for n in listed] for split, listed in meta["splits"].items()}
        groups = {str(k): str(v) for k, v in meta.get("groups", {}).items()}
    except OSError as error:
        raise InspectorError(f"{folder} is no dataset folder: dataset.json can't be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InspectorError(f"{index} is malformed: {error!r}; it needs name, classes and splits") from error
    if not classes or classes[0] != BACKGROUND:
        raise InspectorError(f"{index}: the first class must be {BACKGROUND!r}, not {classes[:1]}")
    images = {p.stem: p for p in sorted((folder / "images").glob("*")) if p.suffix.lower() in SUFFIXES}
    masks = {p.stem: p for p in (folder / "masks").glob("*.png")}
    missing = [n for listed in names.values() for n in listed if n not in images]
    if missing:
        raise InspectorError(f"{index} names {missing[0]!r}, but images/ has no such file ({len(missing)} missing)")
    splits = {s: tuple(Sample(n, images[n], masks.get(n)) for n in listed) for s, listed in names.items()}
    _check_groups(index, names, groups)
    return Dataset(str(meta.get("name", folder.name)), classes, splits, groups)


def _check_groups(index: Path, names: Mapping[str, list[str]], groups: Mapping[str, str]) -> None:
    side: dict[str, str] = {}
    for split, listed in names.items():
        for name in listed:
            for what in (f"frame {name!r}", *([f"group {groups[name]!r}"] if name in groups else [])):
                if side.setdefault(what, split) != split:
                    raise InspectorError(f"{index}: {what} lies in two splits, {side[what]} and {split}")
