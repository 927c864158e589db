"""Folders of labelme files: a JSON with outlines beside each annotated image."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw
from pydantic import BaseModel, Field, model_validator

from inspector.dataset import IGNORE, Dataset, Sample, images_in
from inspector.errors import InspectorError
from inspector.types import BACKGROUND, Pixels
from training.datasets.annotation_files import Coordinate, check_near, check_size, json_files, path_inside, read_json

LINE_WIDTH = 5
"""Px that lines are wide and points across: drawn by hand, they lie a pixel or two beside what they follow."""

SPLITS = ("train", "val", "test")

_SOUND = {BACKGROUND, "_background_"}
_IGNORED = "__ignore__"
_POINTS = {"polygon": 3, "rectangle": 2, "circle": 2, "line": 2, "linestrip": 2, "point": 1}


class _Shape(BaseModel):
    label: str = Field(min_length=1)
    points: list[tuple[Coordinate, Coordinate]]
    shape_type: Literal["polygon", "rectangle", "circle", "line", "linestrip", "point"] = "polygon"

    @model_validator(mode="after")
    def _enough_points(self) -> "_Shape":
        if len(self.points) < _POINTS[self.shape_type]:
            raise ValueError(f"a {self.shape_type} has at least {_POINTS[self.shape_type]} points")
        return self


class _File(BaseModel):
    shapes: list[_Shape]
    image: str = Field(alias="imagePath")
    height: int | None = Field(None, alias="imageHeight")
    width: int | None = Field(None, alias="imageWidth")


@dataclass(frozen=True, eq=False)
class Outlines:
    """The shapes of one labelme file, and the class id of each label."""

    path: Path
    content: _File
    ids: Mapping[str, int]

    def read(self, shape: tuple[int, int]) -> Pixels:
        """Class ids of the shapes, each drawn over those before it.

        Raises
        ------
        InspectorError
            If they were drawn on an image of another size or reach far outside of it.
        """
        check_size((self.content.height, self.content.width), shape, str(self.path))
        canvas = Image.new("L", shape[::-1])
        draw = ImageDraw.Draw(canvas)
        for number, drawn in enumerate(self.content.shapes):
            xs, ys = zip(*drawn.points, strict=True)
            check_near(xs, ys, shape, f"{self.path}: shape {number} ({drawn.label!r})")
            _draw(draw, drawn, self.ids[drawn.label])
        return np.array(canvas)


def _draw(draw: ImageDraw.ImageDraw, shape: _Shape, value: int) -> None:
    """The pixels under an outline belong to its shape, as labelme itself has it: thin ones don't break."""
    points = shape.points
    match shape.shape_type:
        case "polygon":
            draw.polygon(points, fill=value, outline=value)
        case "rectangle":
            xs, ys = zip(*points, strict=True)
            draw.rectangle((min(xs), min(ys), max(xs), max(ys)), fill=value)
        case "circle":
            _disk(draw, points[0], float(np.hypot(*np.subtract(points[1], points[0]))), value)
        case _:
            draw.line(points, fill=value, width=LINE_WIDTH)
            for point in points:  # round ends and bends; a point is a line of one
                _disk(draw, point, LINE_WIDTH // 2, value)


def _disk(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, value: int) -> None:
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=value)


def is_labelme(folder: Path) -> bool:
    """Whether a folder, or its train, val or test, holds a JSON beside an image of the same name."""
    return any(images_in(root).keys() & {path.stem for path in json_files(root)} for root in _roots(folder).values())


def read_labelme(folder: Path) -> Dataset:
    """Open a folder of labelme files; the label of a shape is its kind, and kinds are sorted by name.

    Where the folder has folders train, val or test, these are the splits; else every image is train. An image that no
    file names is defect-free: labelme writes no file without a shape. Take images out that nobody has looked at.
    ``_background_`` and ``background`` mark sound surface, for a hole in a shape before them; ``__ignore__`` marks
    pixels that count as nothing. Lines and points are `LINE_WIDTH` px wide. Image data inside a file is passed
    over: its ``imagePath`` has to lie beside it or in a folder below.

    Raises
    ------
    InspectorError
        If a file is malformed, names an image that is missing, outside of the folder or named by another file, or
        nothing is labelled.
    """
    opened = {split: _annotated(root) for split, root in _roots(folder).items()}
    labels = {shape.label for files in opened.values() for _, file in files.values() for shape in file.shapes}
    classes = (BACKGROUND, *sorted(labels - _SOUND - {_IGNORED}))
    if len(classes) == 1:
        raise InspectorError(f"{folder} looks like labelme's, but no shape has the label of a defect")
    ids = dict.fromkeys(_SOUND, 0) | {name: number for number, name in enumerate(classes)} | {_IGNORED: IGNORE}
    splits = {}
    for split, root in _roots(folder).items():
        images = sorted({*images_in(root).values(), *opened[split]})
        masks = {image: Outlines(path, content, ids) for image, (path, content) in opened[split].items()}
        splits[split] = tuple(Sample(image.stem, image, masks.get(image)) for image in images)
    return Dataset(folder.name, classes, splits)


def _annotated(root: Path) -> dict[Path, tuple[Path, _File]]:
    """The labelme files of a folder, by the image that they name."""
    found: dict[Path, tuple[Path, _File]] = {}
    for path in json_files(root):
        content = read_json(path, _File)
        image = path_inside(root, content.image, path)
        if not image.is_file():
            raise InspectorError(f"{path} names the image {content.image!r}, but {root} has no such file")
        if image in found:
            raise InspectorError(f"{path} and {found[image][0].name} both name {content.image!r}; keep one of them")
        found[image] = path, content
    return found


def _roots(folder: Path) -> dict[str, Path]:
    """The folder of each split."""
    return {split: folder / split for split in SPLITS if (folder / split).is_dir()} or {"train": folder}
