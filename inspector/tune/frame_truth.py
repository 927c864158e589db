"""The truth of one frame, prepared to be compared with what is found at each T."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from inspector.dataset import IGNORE, defect_pixels
from inspector.metrics.objects import MIN_OBJECT_PX
from inspector.tune.tables import OBJECT, Table
from inspector.types import Levels, Mask, Pixels

_TOUCHING = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class FrameTruth:
    """What was annotated on a frame.

    Attributes
    ----------
    known : bool (H, W)
        What counts: not ignored.
    labels : int32 (H, W)
        Number of the annotated defect, 0 outside; first those of `objects`, then those too small to be objects.
    objects : table of OBJECT
        The defects that count as objects, in the order of their first pixels.
    """

    known: Mask
    labels: npt.NDArray[np.int32]
    objects: Table


def read_truth(mask: Pixels) -> FrameTruth:
    """Prepare an annotation: class ids uint8 (H, W), 255 = ignore.

    Objects are 8-connected, as in `inspector.metrics.objects.match_objects`.
    """
    defect = defect_pixels(mask)
    numbers, count = ndimage.label(defect, _TOUCHING)
    px = np.bincount(numbers.ravel(), minlength=count + 1)
    kinds = np.zeros((count + 1, IGNORE), np.int64)
    np.add.at(kinds, (numbers[defect], mask[defect]), 1)
    large = np.flatnonzero(px[1:] >= MIN_OBJECT_PX) + 1
    small = np.flatnonzero(px[1:] < MIN_OBJECT_PX) + 1
    order = np.zeros(count + 1, np.int32)
    order[np.concatenate([large, small])] = np.arange(1, count + 1)
    objects = np.zeros(len(large), OBJECT)
    objects["kind"], objects["px"] = kinds[large].argmax(1), px[large]
    return FrameTruth(mask != IGNORE, order[numbers], objects)


def histogram(fine: Levels, mask: Pixels, classes: int) -> npt.NDArray[np.int64]:
    """How many pixels of each class have each level, int64 (classes, 256); ignored pixels are left out.

    Parameters
    ----------
    fine : uint8 (H, W)
        The severity map interpolated to pixels.
    mask : uint8 (H, W)
        Class ids, 0 background, 255 = ignore.
    classes : int
    """
    known = mask != IGNORE
    code = mask[known].astype(np.int32) * 256 + fine[known]
    return np.bincount(code, minlength=classes * 256).reshape(classes, 256)
