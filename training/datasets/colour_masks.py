"""Folders of colour-coded masks, as the paper has them: images/, masks/ and classes.json."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from inspector.dataset import IGNORE, Dataset, images_in, samples_of
from inspector.errors import InspectorError
from inspector.images import read_image
from inspector.types import BACKGROUND, Pixels
from training.datasets.annotation_files import read_json

INDEX = "classes.json"
IGNORED = "ignore"
"""Class name of the colours that count neither as defect nor as sound."""


class _Classes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    colours: dict[Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")], Annotated[str, Field(min_length=1)]]
    splits: dict[str, list[str]] | None = None
    groups: dict[str, str] = {}


@dataclass(frozen=True, eq=False)
class ColourMask:
    """A mask whose colours stand for classes.

    Attributes
    ----------
    path : Path
        RGB, palette or grey image.
    ids : int16 (2**24,)
        Class id of each colour 0xRRGGBB, -1 where it has none; one table for all masks of a folder.
    """

    path: Path
    ids: npt.NDArray[np.int16]

    def read(self, shape: tuple[int, int]) -> Pixels:
        """Class ids of the file's own size.

        Raises
        ------
        InspectorError
            If the file can't be read or has a colour that stands for no class.
        """
        pixels = read_image(self.path)
        red, green, blue = (pixels,) * 3 if pixels.ndim == 2 else np.moveaxis(pixels, 2, 0)
        colours = red.astype(np.int32) << 16 | green.astype(np.int32) << 8 | blue
        ids: npt.NDArray[np.int16] = self.ids[colours]
        unknown = ids < 0
        if unknown.any():
            row, column = np.unravel_index(int(unknown.argmax()), unknown.shape)
            raise InspectorError(
                f"mask {self.path} has the colour #{colours[row, column]:06x} at row {row}, column {column}, which "
                f"{INDEX} doesn't name; name it there or correct the mask ({np.count_nonzero(unknown)} such pixels)"
            )
        return ids.astype(np.uint8)


def is_colour_masks(folder: Path) -> bool:
    """Whether a folder says which colours stand for which classes."""
    return (folder / INDEX).is_file()


def read_colour_masks(folder: Path) -> Dataset:
    """Open a folder of colour-coded masks.

    ``classes.json`` holds ``{"colours": {"#000000": "background", "#ff0000": "scratch", ...}}`` and, as the native
    form does, may hold ``splits`` and ``groups``; without splits every image is train. Several colours may have one
    class; ``ignore`` marks pixels that count as nothing. ``masks/NAME`` belongs to ``images/NAME``, whatever their
    suffixes; an image without a mask is defect-free. Kinds are sorted by name.

    Raises
    ------
    InspectorError
        If classes.json is malformed or names no kind, an image that it lists is missing, or a mask has no image.
    """
    index = folder / INDEX
    meta = read_json(index, _Classes)
    classes = (BACKGROUND, *sorted(set(meta.colours.values()) - {BACKGROUND, IGNORED}))
    if len(classes) == 1:
        raise InspectorError(f"{index} names no kind of defect; give each colour of the masks its class")
    id_of = {name: number for number, name in enumerate(classes)} | {IGNORED: IGNORE}
    ids = np.full(1 << 24, -1, np.int16)
    for colour, name in meta.colours.items():
        value = int(colour[1:], 16)
        if ids[value] not in (-1, id_of[name]):
            raise InspectorError(f"{index} gives the colour {colour} two classes; keep one of them")
        ids[value] = id_of[name]
    images, files = images_in(folder / "images"), images_in(folder / "masks")
    if stray := sorted(set(files) - set(images)):
        raise InspectorError(f"{files[stray[0]]} belongs to no image; images/ has to hold one named {stray[0]}")
    masks = {name: ColourMask(path, ids) for name, path in files.items()}
    names = {"train": list(images)} if meta.splits is None else meta.splits
    return Dataset(folder.name, classes, samples_of(index, names, images, masks), meta.groups)
