"""How large a region must be to count, chosen on val: specks of a few pixels are rarely what a part is rejected for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

CHOICES = (0, 4, 9, 16, 25, 36, 49, 64, 81, 100, 144, 196, 256, 324, 400)
"""Minimum areas in px2 that are tried."""

TOLERATED = 0.01
"""Share of the best mean IoU and pixel F1 that the size filter may cost."""


class Found(NamedTuple):
    """A region that counts so far: its area in px, without ignored pixels, and how many of them are defect."""

    area_px: int
    hit_px: int


class FoundInFrame(NamedTuple):
    """The regions of a val frame, and its annotated defect pixels."""

    regions: Sequence[Found]
    defect_px: int


def choose_min_area(frames: Sequence[FoundInFrame]) -> int:
    """The largest filter that misses no defective frame which is found without it and costs next to nothing.

    Parameters
    ----------
    frames : sequence of FoundInFrame
        All val frames, sound ones too.

    Returns
    -------
    int
        Px2, one of `CHOICES`.
    """
    scores = [_score(frames, least) for least in CHOICES]
    found, f1, iou = (max(values) for values in zip(*scores, strict=True))
    fit = [
        least
        for least, score in zip(CHOICES, scores, strict=True)
        if score[0] == found and score[1] >= (1 - TOLERATED) * f1 and score[2] >= (1 - TOLERATED) * iou
    ]
    return max(fit, default=0)


def _score(frames: Sequence[FoundInFrame], least: int) -> tuple[int, float, float]:
    """Defective frames that are hit, pixel F1 of all frames, mean IoU of the defective ones."""
    hits, areas, defects = [], [], []
    for frame in frames:
        kept = [region for region in frame.regions if region.area_px >= least]
        hits.append(sum(region.hit_px for region in kept))
        areas.append(sum(region.area_px for region in kept))
        defects.append(frame.defect_px)
    hit, area, defect = (np.array(values, float) for values in (hits, areas, defects))
    defective = defect > 0
    iou = hit[defective] / (area + defect - hit)[defective]
    f1 = 2 * hit.sum() / max(area.sum() + defect.sum(), 1)
    return int((hit[defective] > 0).sum()), float(f1), float(iou.mean()) if len(iou) else 0.0
