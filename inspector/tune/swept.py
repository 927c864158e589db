"""A set of frames at every T, in one piece: what each trial of a recipe looks up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inspector.tune.tables import FrameSweep, join
from inspector.tune.thresholds import Curve, at_or_above
from inspector.tune.truth import Truth
from inspector.types import LEVEL_MAX, Mask

Ints = npt.NDArray[np.integer]

KEYS = LEVEL_MAX + 1
"""A frame and a T are told by one number: that of the frame times this, and the level of T."""


class Regions(NamedTuple):
    """Regions of all frames at every T, (n,) each; those of one key are together. See `REGION`."""

    key: Ints
    peak: Ints
    kind: Ints
    area: Ints


class Blobs(NamedTuple):
    """Blobs of all frames at every T, (n,) each. See `BLOB`."""

    key: Ints
    kind: Ints
    px: Ints
    hit: Ints
    over: Ints
    upto: Ints


class Pairs(NamedTuple):
    """Blobs and objects that share pixels, (n,) each; by key, object, and the blobs' first pixels.

    `blob` and `object` count those of all frames; `iou` is that of both.
    """

    key: Ints
    object: Ints
    blob: Ints
    iou: npt.NDArray[np.float64]


class Objects(NamedTuple):
    """Annotated defects of all frames, (n,) each: number of the frame, and class id."""

    frame: Ints
    kind: Ints


@dataclass(frozen=True, eq=False)
class SweptSet:
    """Frames at every T, under one model and one cluster distance.

    Attributes
    ----------
    truth : Truth
    model : str
        Digest.
    kinds : tuple of str
        Of regions, by number; 0 is a false alarm.
    classes : tuple of str
        By class id: the truth's, then those that only the model names.
    distance : float
        Cluster distance in px.
    masked : bool
        Whether the truth has masks; without them pixels and objects can't be compared.
    defective : bool (frames,)
    sweeps : sequence of FrameSweep
    """

    truth: Truth
    model: str
    kinds: tuple[str, ...]
    classes: tuple[str, ...]
    distance: float
    masked: bool
    defective: Mask
    sweeps: Sequence[FrameSweep]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Kinds of the truth that the model does not tell apart: it finds them as other kinds."""
        return tuple(name for name in self.truth.classes[1:] if name not in self.kinds)

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.sweeps)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Ids of the parts, in the order of their first frames."""
        return tuple(dict.fromkeys(frame.part for frame in self.truth.frames))

    @cached_property
    def part_of(self) -> Ints:
        """Number of each frame's part, int (frames,)."""
        number = {part: i for i, part in enumerate(self.parts)}
        return np.array([number[frame.part] for frame in self.truth.frames], np.intp)

    @cached_property
    def defective_parts(self) -> Mask:
        """Whether any frame of a part is defective, bool (parts,)."""
        defective = np.zeros(len(self.parts), np.bool_)
        np.logical_or.at(defective, self.part_of, self.defective)
        return defective

    @cached_property
    def histogram(self) -> npt.NDArray[np.int64]:
        """Pixels of each frame and class by their level, int64 (frames, classes, 256)."""
        return np.stack([sweep.histogram for sweep in self.sweeps])

    @cached_property
    def defect_px(self) -> Ints:
        """Annotated defect pixels of each frame, int (frames,)."""
        px: Ints = self.histogram[:, 1:].sum((1, 2))
        return px

    @cached_property
    def map_counts(self) -> tuple[Curve, Curve]:
        """Defect pixels at or above each T on the map alone, and pixels of all kinds; (frames, 255) each."""
        hits, px = at_or_above(self.histogram[:, 1:].sum(1)), at_or_above(self.histogram.sum(1))
        return hits[:, 1:], px[:, 1:]

    @cached_property
    def regions(self) -> Regions:
        """All regions."""
        table = np.concatenate([sweep.regions for sweep in self.sweeps])
        frame = np.repeat(np.arange(self.frames), [len(sweep.regions) for sweep in self.sweeps])
        key = frame * KEYS + table["level"]
        return Regions(key, *(np.ascontiguousarray(table[field]) for field in Regions._fields[1:]))

    @cached_property
    def objects(self) -> Objects:
        """All annotated defects."""
        table = np.concatenate([sweep.objects for sweep in self.sweeps])
        frame = np.repeat(np.arange(self.frames), [len(sweep.objects) for sweep in self.sweeps])
        return Objects(frame, np.ascontiguousarray(table["kind"]))

    @cached_property
    def blobs(self) -> Blobs:
        """All blobs."""
        return self._found[0]

    @cached_property
    def pairs(self) -> Pairs:
        """All blobs and objects that share pixels."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[Blobs, Pairs]:
        blobs, shared = join([sweep.found for sweep in self.sweeps])
        frame = np.repeat(np.arange(self.frames), [len(sweep.found.blobs) for sweep in self.sweeps])
        key = frame * KEYS + blobs["level"]
        starts = np.cumsum([0, *(len(sweep.objects) for sweep in self.sweeps)])
        number = shared["object"] + starts[frame[shared["blob"]]]
        sizes = np.concatenate([sweep.objects["px"] for sweep in self.sweeps])
        common, blob = shared["px"], shared["blob"]
        iou = common / (sizes[number] + blobs["px"][blob] - common)
        order = np.lexsort((blobs["first"][blob], number, key[blob]))
        pairs = Pairs(key[blob][order], number[order], blob[order].astype(np.intp), iou[order])
        return Blobs(key, *(np.ascontiguousarray(blobs[field]) for field in Blobs._fields[1:])), pairs
