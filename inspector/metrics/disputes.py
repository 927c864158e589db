"""Where inspection and annotation disagree, how strong is what only one of them has?

Nobody outlines defects twice alike. If what was found far from any annotation stands out as much as what was annotated
and missed, the model is not told consistently what a defect is, and no better model would agree with the annotation.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from inspector.metrics.pixels import TOLERANCES, grow
from inspector.metrics.severity import Values, cell_contrast
from inspector.types import Mask, Pixels

FAR = max(TOLERANCES)
"""Px: what only one side has begins farther than this from what the other has, where no outline is that far off."""


class Disputes(NamedTuple):
    """Contrasts of pixels with their surroundings in grey values, float64 (n,) each.

    Attributes
    ----------
    agreed
        Annotated and found.
    only_annotated, only_found
        Farther than `FAR` from any pixel of the other side.
    """

    agreed: Values
    only_annotated: Values
    only_found: Values


_NOTHING = Disputes(np.empty(0), np.empty(0), np.empty(0))


def find_disputes(pixels: Pixels, defect: Mask, found: Mask) -> Disputes:
    """The contrasts of a frame; the surroundings are what neither side holds for a defect.

    Parameters
    ----------
    pixels : uint8 (H, W) or (H, W, 3) RGB
    defect, found : bool (H, W)
        As annotated and as inspected; ignored pixels are in neither.
    """
    contrast = cell_contrast(pixels, defect | found, 1)
    chosen = (defect & found, defect & ~grow(found, FAR), found & ~grow(defect, FAR))
    return Disputes(*(contrast[where & ~np.isnan(contrast)] for where in chosen))


def pool_disputes(frames: Iterable[Disputes]) -> Disputes:
    """Those of several frames as if they were one."""
    return Disputes(*map(np.concatenate, zip(_NOTHING, *frames, strict=True)))
