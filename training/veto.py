"""How sure the classifier must be before it overrules the detector, chosen on val (paper, Table 7)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from inspector.dataset import IGNORE, defect_pixels
from inspector.stages.classification import region_windows
from inspector.stages.components import Shape
from inspector.types import Pixels, WindowKinds

NEVER = 1.01
"""A veto that no probability reaches."""

CHOICES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, NEVER)


class Suspect(NamedTuple):
    """A region of a val frame: mean background probability of its windows, its pixels, and those that are defect."""

    background: float
    outvoted: bool
    area_px: int
    hit_px: int


def suspects(shapes: Sequence[Shape], truth: Pixels, kinds: WindowKinds) -> list[Suspect]:
    """What the classifier says of the regions of a frame; `truth` holds class ids (H, W), 255 = ignore."""
    height, width = truth.shape
    found = []
    for shape in shapes:
        top, left, bottom, right = shape.box
        inside = truth[top:bottom, left:right][shape.mask]
        probabilities = kinds.probabilities(region_windows(shape, (height, width)))
        votes = np.bincount(probabilities.argmax(1), minlength=len(kinds.classes))
        hit = int(np.count_nonzero(defect_pixels(inside)))
        area = int(np.count_nonzero(inside != IGNORE))
        found.append(Suspect(float(probabilities[:, 0].mean()), bool(votes[0] == votes.max()), area, hit))
    return found


def choose_veto(regions: Iterable[Suspect], defect_px: int) -> float:
    """The veto with the best pixel F1 over all val frames; of equal ones the lowest, which trusts the vote most."""
    listed = list(regions)

    def f1(veto: float) -> float:
        kept = [region for region in listed if not (region.outvoted and region.background >= veto)]
        hit, area = sum(region.hit_px for region in kept), sum(region.area_px for region in kept)
        return 2 * hit / max(area + defect_px, 1)

    return max(CHOICES, key=lambda veto: (f1(veto), -veto))
