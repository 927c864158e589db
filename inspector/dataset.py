"""A dataset folder: images with annotated masks, in splits (design, section 5)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from inspector.errors import InspectorError
from inspector.images import SUFFIXES, open_whole, read_image
from inspector.reading import read_bytes, shown
from inspector.types import BACKGROUND, Mask, Pixels

IGNORE = 255
"""Mask value of pixels that count neither as defect nor as sound."""

_MOST = 64 << 20
"""Bytes of a dataset.json."""


def defect_pixels(mask: Pixels) -> Mask:
    """Where an annotation says defect, of whatever kind: bool of the shape of `mask`."""
    marked: Mask = (mask > 0) & (mask != IGNORE)
    return marked


class MaskSource(Protocol):
    """What was annotated on one frame: a file, outlines, runs of pixels."""

    def read(self, shape: tuple[int, int]) -> Pixels:
        """Class ids, uint8, 255 = ignore: of `shape` (rows, columns), or of the source's own size where it has one.

        Raises
        ------
        InspectorError
            If the annotation can't be read or does not fit the frame.
        """
        ...


@dataclass(frozen=True)
class MaskFile:
    """A mask as an image file.

    Attributes
    ----------
    path : Path
    kind : int or None
        Class id that every non-zero pixel stands for; None when the file holds class ids itself.
    """

    path: Path
    kind: int | None = None

    def read(self, shape: tuple[int, int]) -> Pixels:
        """Class ids of the file's own size."""
        try:
            with open_whole(self.path) as (image, _):
                grey = image.mode == "RGB" or (image.mode == "P" and self.kind is not None)
                values = np.array(image.convert("L") if grey else image)
        except InspectorError as error:
            raise InspectorError(f"mask {self.path} can't be read: {error}") from error
        if self.kind is not None:
            return np.where(values > 0, self.kind, 0).astype(np.uint8)
        with np.errstate(invalid="ignore"):  # of a number that is none
            ids = values.astype(np.uint8)
        if (wrong := values[ids != values]).size:
            raise InspectorError(f"mask {self.path} holds class {wrong[0]}; class ids lie between 0 and {IGNORE}")
        return ids


@dataclass(frozen=True)
class Sample:
    """One annotated frame.

    Attributes
    ----------
    name : str
    image : Path
    mask : MaskSource or None
        None for a defect-free frame.
    """

    name: str
    image: Path
    mask: MaskSource | None


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

    Raises
    ------
    InspectorError
        If two classes have one name, there are more of them than a mask can hold, or a frame or a group lies in two
        splits.
    """

    name: str
    classes: tuple[str, ...]
    splits: Mapping[str, tuple[Sample, ...]]
    groups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(set(self.classes)) < len(self.classes) or len(self.classes) > IGNORE:
            raise InspectorError(
                f"dataset {self.name} has {len(self.classes)} classes; give each a name of its own, {IGNORE} at most"
            )
        side: dict[Path | str, str] = {}
        for split, samples in self.splits.items():
            for sample in samples:
                told: dict[Path | str, str] = {sample.image: f"frame {sample.name!r}"}
                if group := self.groups.get(sample.name):
                    told[group] = f"group {group!r}"
                for key, what in told.items():
                    if side.setdefault(key, split) != split:
                        raise InspectorError(
                            f"dataset {self.name}: {what} lies in two splits, {side[key]} and {split}; keep it in one"
                        )

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
        shape = (pixels.shape[0], pixels.shape[1])
        if sample.mask is None:
            return pixels, np.zeros(shape, np.uint8)
        mask = sample.mask.read(shape)
        if mask.shape != shape:
            raise InspectorError(f"the mask of {sample.name} has {mask.shape}, its image {shape} rows and columns")
        unknown = set(np.unique(mask)) - set(range(len(self.classes))) - {IGNORE}
        if unknown:
            raise InspectorError(
                f"the mask of {sample.name} holds class {min(unknown)}, but {self.name} names {len(self.classes)} "
                f"classes: {shown(', '.join(self.classes))}"
            )
        return pixels, mask


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
        meta = json.loads(read_bytes(index, _MOST))
        classes = tuple(str(name) for name in meta["classes"])
        names = {str(split): [str(n) for n in listed] for split, listed in meta["splits"].items()}
        groups = {str(k): str(v) for k, v in meta.get("groups", {}).items()}
    except OSError as error:
        raise InspectorError(f"{folder} is no dataset folder: dataset.json can't be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InspectorError(
            f"{index} is malformed: {shown(repr(error))}; it needs name, classes and splits"
        ) from error
    if not classes or classes[0] != BACKGROUND:
        raise InspectorError(f"{index}: the first class must be {BACKGROUND!r}, not {shown(classes[:1])}")
    masks = {name: MaskFile(path) for name, path in images_in(folder / "masks").items()}
    splits = samples_of(index, names, images_in(folder / "images"), masks)
    return Dataset(shown(meta.get("name", folder.name)), classes, splits, groups)


def images_in(folder: Path) -> dict[str, Path]:
    """The image files of a folder by their names without suffix, sorted; hidden files are left out.

    Raises
    ------
    InspectorError
        If two files have one name and different suffixes.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
            if path.stem in found:
                raise InspectorError(f"{folder} holds both {found[path.stem].name} and {path.name}; keep one of them")
            found[path.stem] = path
    return found


def samples_of(
    index: Path, names: Mapping[str, list[str]], images: Mapping[str, Path], masks: Mapping[str, MaskSource]
) -> dict[str, tuple[Sample, ...]]:
    """The samples that an index file lists for each split; a frame without a mask is defect-free.

    Raises
    ------
    InspectorError
        If a listed image is missing.
    """
    missing = [n for listed in names.values() for n in listed if n not in images]
    if missing:
        raise InspectorError(
            f"{index} names {shown(missing[0])!r}, but images/ has no such file ({len(missing)} missing)"
        )
    return {split: tuple(Sample(n, images[n], masks.get(n)) for n in listed) for split, listed in names.items()}
