"""What is kept of a frame at every T, as tables: rows of one frame, sorted by T or by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.void]

REGION = np.dtype(
    [
        ("level", np.uint8),
        ("peak", np.uint8),
        ("kind", np.uint8),
        ("area", np.int32),
        ("box", np.int32, 4),
    ]
)
"""A region at one T: T and its peak severity as levels, its kind by number among the model's (0 is a false alarm), its
px2, and (top, left, bottom, right)."""

OBJECT = np.dtype([("kind", np.uint8), ("px", np.int32)])
"""An annotated defect: the class id of most of its pixels, and their number."""

BLOB = np.dtype(
    [
        ("level", np.uint8),
        ("kind", np.uint8),
        ("px", np.int32),
        ("hit", np.int32),
        ("over", np.int32),
        ("upto", np.int32),
        ("first", np.int32),
    ]
)
"""A connected part of the mask at one T: T as a level, class id, known pixels, those of them on a defect; the minimum
areas in px2, more than `over` and at most `upto`, for which it is there; and its first pixel, counted by rows."""

SHARED = np.dtype([("blob", np.int32), ("object", np.int32), ("px", np.int32)])
"""Pixels that a blob has in common with an annotated defect: both by number, from 0."""


class Found(NamedTuple):
    """Blobs, and what they share with annotated defects: tables of BLOB and SHARED."""

    blobs: Table
    shared: Table


@dataclass(frozen=True, eq=False)
class FrameSweep:
    """A frame at every T.

    Attributes
    ----------
    regions : table of REGION
    found : Found
        None without an annotation.
    objects : table of OBJECT
        Of the annotation.
    histogram : int64 (classes, 256)
        Pixels of each class of the annotation by their level.
    """

    regions: Table
    found: Found
    objects: Table
    histogram: npt.NDArray[np.int64]


def join(found: Sequence[Found]) -> Found:
    """Several findings as one."""
    starts = np.cumsum([0, *(len(each.blobs) for each in found)])
    blobs = np.concatenate([np.empty(0, BLOB), *(each.blobs for each in found)])
    shared = np.concatenate([np.empty(0, SHARED), *(each.shared for each in found)])
    shared["blob"] += np.repeat(starts[:-1], [len(each.shared) for each in found]).astype(np.int32)
    return Found(blobs, shared)
