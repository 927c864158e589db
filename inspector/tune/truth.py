"""Where truth comes from: frames with what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from inspector.dataset import Dataset, Sample, defect_pixels
from inspector.errors import InspectorError
from inspector.types import Pixels

ALL = "all"
"""Stands for all splits of a dataset, where none has this name."""


class Known(NamedTuple):
    """What is known of a frame.

    Attributes
    ----------
    pixels : uint8 (H, W) or (H, W, 3)
    mask : uint8 (H, W) or None
        Class ids, 0 background, 255 = ignore; None where only the verdict is known.
    defective : bool
    """

    pixels: Pixels
    mask: Pixels | None
    defective: bool


class TrueFrame(Protocol):
    """A frame whose truth is known; `part` says which frames show the same part."""

    @property
    def name(self) -> str: ...
    @property
    def part(self) -> str: ...

    def read(self) -> Known:
        """Read it, from several threads at once.

        Raises
        ------
        InspectorError
            If it or its truth can't be read, or they do not fit each other.
        """
        ...


@dataclass(frozen=True, eq=False)
class Truth:
    """Frames to try T on.

    Attributes
    ----------
    name : str
        What people call them.
    classes : tuple of str
        Names of the class ids in the masks; the first is ``background``.
    frames : sequence of TrueFrame
    """

    name: str
    classes: tuple[str, ...]
    frames: Sequence[TrueFrame]


@dataclass(frozen=True)
class Annotated:
    """An annotated frame of a dataset (a `TrueFrame`)."""

    dataset: Dataset
    sample: Sample

    @property
    def name(self) -> str:
        """The sample's."""
        return self.sample.name

    @property
    def part(self) -> str:
        """The group, else the frame itself."""
        return self.dataset.groups.get(self.sample.name, self.sample.name)

    def read(self) -> Known:
        """See `TrueFrame`."""
        pixels, mask = self.dataset.read(self.sample)
        return Known(pixels, mask, bool(defect_pixels(mask).any()))


def annotated(dataset: Dataset, split: str) -> Truth:
    """The frames of a split; `ALL` takes every split.

    Raises
    ------
    InspectorError
        If there is no such split, it is empty, or none of its frames has an annotation.
    """
    if split == ALL and ALL not in dataset.splits:
        samples = [sample for name in dataset.splits for sample in dataset.splits[name]]
    else:
        samples = list(dataset.split(split))
    if all(sample.mask is None for sample in samples):
        raise without_defect(f"split {split!r} of dataset {dataset.name}")
    return Truth(f"{dataset.name}, {split}", dataset.classes, [Annotated(dataset, sample) for sample in samples])


def without_defect(what: str) -> InspectorError:
    """T can't be chosen on sound frames alone."""
    return InspectorError(f"{what} has no defect, so that no T is better than another; annotate some or choose another")
