"""COCO's layout: images, and a JSON with outlines for each split."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

import numpy as np
from pycocotools import mask as coco_mask
from pydantic import BaseModel, Field, model_validator

from inspector.dataset import IGNORE, Dataset, Sample
from inspector.errors import InspectorError
from inspector.types import BACKGROUND, Mask, Pixels
from training.datasets.annotation_files import (
    Coordinate,
    check_near,
    check_size,
    json_files,
    path_inside,
    read_json,
)
from training.datasets.runs import Runs

_SPLITS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
"""Words in the names of annotation files."""


class _Image(BaseModel):
    id: int | str
    file_name: str
    height: int | None = None
    width: int | None = None


class _Category(BaseModel):
    id: int | str
    name: str = Field(min_length=1)


class _Annotation(BaseModel):
    image_id: int | str
    category_id: int | str
    segmentation: Runs | list[list[Coordinate]] | None = None
    iscrowd: bool = False


class _File(BaseModel):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]

    @model_validator(mode="after")
    def _consistent(self) -> "_File":
        images, categories = {image.id for image in self.images}, {category.id for category in self.categories}
        if len(images) < len(self.images) or len(categories) < len(self.categories):
            raise ValueError("two images or two categories have the same id")
        for number, annotation in enumerate(self.annotations):
            if annotation.image_id not in images or annotation.category_id not in categories:
                raise ValueError(f"annotations.{number} is of an image or a category that is not listed")
        return self


@dataclass(frozen=True, eq=False)
class Instances:
    """The annotations of one image.

    Attributes
    ----------
    what : str
        File and image, for messages.
    stated : (rows, columns)
        The image's size according to the file, None where it says nothing.
    marked : tuple of (class id, annotation)
    """

    what: str
    stated: tuple[int | None, int | None]
    marked: tuple[tuple[int, _Annotation], ...]

    def read(self, shape: tuple[int, int]) -> Pixels:
        """Class ids: crowds first, which are ignored, then the others in the file's order, each over those before.

        Raises
        ------
        InspectorError
            If an annotation is only a box or broken, or fits another size.
        """
        check_size(self.stated, shape, self.what)
        mask = np.zeros(shape, np.uint8)
        for kind, annotation in sorted(self.marked, key=lambda marked: not marked[1].iscrowd):
            mask[_pixels(annotation, shape, self.what)] = IGNORE if annotation.iscrowd else kind
        return mask


def _pixels(annotation: _Annotation, shape: tuple[int, int], what: str) -> Mask:
    outline = annotation.segmentation
    if not outline:
        raise InspectorError(f"{what} has an annotation that is only a box; outline the defect")
    if isinstance(outline, Runs):
        check_size(outline.size, shape, what)
        try:
            return outline.pixels()
        except ValueError as error:
            raise InspectorError(f"{what} has an annotation that can't be used: {error}; export it anew") from error
    for polygon in outline:
        if len(polygon) < 6 or len(polygon) % 2:
            raise InspectorError(
                f"{what} has a polygon of {len(polygon)} numbers; it needs x and y of 3 points or more"
            )
        check_near(polygon[::2], polygon[1::2], shape, what)
    united = coco_mask.merge(coco_mask.frPyObjects(outline, *shape))
    return Runs(size=shape, counts=united["counts"].decode("ascii")).pixels()


def is_coco(folder: Path) -> bool:
    """Whether a folder holds JSON files that may be COCO's."""
    return bool(_annotation_files(folder))


def read_coco(folder: Path) -> Dataset:
    """Open a folder in COCO's layout.

    The annotations are ``annotations/*.json`` or else ``*.json``; where some are called ``instances_...``, only these.
    Their names say the split (``instances_train2017.json``, ``train.json``, ``val.json``, ``test.json``); a single file
    that names none is train. Images lie in ``images/``, ``images/PART/``, ``PART/`` or the folder itself, where PART
    is the file's name without ``instances_``. Kinds are the categories of all files, sorted by name; one called
    ``background`` marks sound surface. Outlines are filled as pycocotools does, a crowd is ignored, and an image
    without an annotation is defect-free.

    Raises
    ------
    InspectorError
        If a file is malformed, two files are of one split or one is of none, no category is listed, or an image is
        missing, outside of the folder or listed twice.
    """
    files = {split: (path, read_json(path, _File)) for split, path in _files_of_splits(folder).items()}
    kinds = {category.name for _, content in files.values() for category in content.categories} - {BACKGROUND}
    if not kinds:
        raise InspectorError(f"{folder} looks like COCO, but its annotations list no category of defects")
    classes = (BACKGROUND, *sorted(kinds))
    ids = {name: number for number, name in enumerate(classes)}
    splits = {split: _samples(folder, path, content, ids) for split, (path, content) in files.items()}
    return Dataset(folder.name, classes, splits)


def _samples(folder: Path, source: Path, content: _File, ids: Mapping[str, int]) -> tuple[Sample, ...]:
    kind_of = {category.id: ids[category.name] for category in content.categories}
    marked = defaultdict(list)
    for annotation in content.annotations:
        marked[annotation.image_id].append((kind_of[annotation.category_id], annotation))
    samples: dict[Path, Sample] = {}
    for image in content.images:
        path = _find(folder, image.file_name, source)
        if path in samples:
            raise InspectorError(f"{source} lists the image {image.file_name!r} twice; put its annotations together")
        name = "-".join(PureWindowsPath(image.file_name).with_suffix("").parts)
        of_image = tuple(marked[image.id])
        what = f"{source}: image {image.file_name!r}"
        samples[path] = Sample(name, path, Instances(what, (image.height, image.width), of_image) if of_image else None)
    return tuple(samples[path] for path in sorted(samples))


def _find(folder: Path, name: str, source: Path) -> Path:
    part = source.stem.removeprefix("instances_")
    for place in (folder / "images" / part, folder / part, folder / "images", folder):
        path = path_inside(place, name, source)
        if path.is_file():
            return path
    raise InspectorError(
        f"{source} names the image {name!r}, but neither {folder} nor its images/, images/{part}/ or {part}/ holds it"
    )


def _annotation_files(folder: Path) -> list[Path]:
    found = json_files(folder / "annotations") or json_files(folder)
    return [path for path in found if path.name.startswith("instances_")] or found


def _files_of_splits(folder: Path) -> dict[str, Path]:
    paths = _annotation_files(folder)
    found: dict[str, Path] = {}
    for path in paths:
        named = {_SPLITS[word] for word in re.findall("[a-z]+", path.stem.lower()) if word in _SPLITS}
        if len(named) != 1 and len(paths) > 1:
            raise InspectorError(f"{path} does not say its split; call it train.json, val.json or test.json")
        split = named.pop() if len(named) == 1 else "train"
        if split in found:
            raise InspectorError(f"{path} and {found[split].name} are both of the split {split}; put them together")
        found[split] = path
    return found
