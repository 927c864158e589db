"""The detector's false alarms, from which the classifier learns what background is (paper, section III-D)."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from inspector.dataset import IGNORE
from inspector.networks.architectures import Regressor
from inspector.stages.components import Shape, find_shapes
from inspector.stages.filtering import areas_above
from inspector.types import Box, Levels, block_peaks
from training.config import TrainingConfig
from training.maps import severity_maps
from training.patches import Annotated
from training.report import Report
from training.windows import Place, false_alarm_places

ENOUGH = 10
"""Frames of each kind that are measured however long it takes."""

LONGEST = 3.0
"""Times the limit that the defective frames may take."""


def found_shapes(levels: Levels, frame: Annotated, config: TrainingConfig, threshold: float) -> list[Shape]:
    """The regions of a frame's severity map at a threshold, as stages 2 and 3 make them."""
    return find_shapes(
        levels,
        areas_above(block_peaks(levels), threshold),
        cell=config.severity.cell,
        threshold=threshold,
        distance=config.cluster_distance,
        shape=(frame.mask.shape[0], frame.mask.shape[1]),
    )


class Mined(NamedTuple):
    """The training frames that were measured, their maps, and where the detector was wrong in them."""

    frames: list[Annotated]
    maps: list[Levels]
    false_alarms: list[Place]


def mine_false_alarms(
    regressor: Regressor,
    frames: Sequence[Annotated],
    config: TrainingConfig,
    threshold: float,
    minutes: float | None,
    progress: Report,
) -> Mined:
    """Measure training frames, and find the regions where the annotation has no defect.

    Parameters
    ----------
    regressor : Regressor
        In evaluation mode.
    frames : sequence of Annotated
    config : TrainingConfig
    threshold : float
    minutes : float or None
        Time limit; what is left when it ends is left out. Defective frames come first, as the kinds are learned from
        them, and may take `LONGEST` times as long; `ENOUGH` of each kind are measured in any case.
    progress : callable
    """
    started = time.monotonic()
    first, further, sound = _in_order(frames, config.seed)
    drawn = [frames[i] for i in (*first, *further, *sound)]
    maps: list[Levels] = []
    found: list[list[Box]] = []
    for frame, levels in zip(
        drawn, severity_maps(regressor, drawn, config.severity.cell, config.normalisation), strict=True
    ):
        progress("mining false alarms", len(maps) / len(frames), "")
        maps.append(levels)
        found.append([shape.box for shape in found_shapes(levels, frame, config, threshold)])
        if minutes is not None and len(maps) >= len(first):
            allowed = minutes if len(maps) >= len(first) + len(further) else LONGEST * minutes
            if time.monotonic() - started > 60 * allowed:
                break
    measured = drawn[: len(maps)]
    return Mined(measured, maps, false_alarm_places(measured, found))


def _in_order(frames: Sequence[Annotated], seed: int) -> tuple[list[int], list[int], list[int]]:
    """Numbers of the frames that show `ENOUGH` of each kind, of further defective ones and of sound ones, by chance."""
    first, further, sound = list[int](), list[int](), list[int]()
    seen = Counter[int]()
    for number in np.random.default_rng(seed).permutation(len(frames)).tolist():
        kinds = set(np.unique(frames[number].mask).tolist()) - {0, IGNORE}
        if not kinds:
            sound.append(number)
        elif min(seen[kind] for kind in kinds) < ENOUGH:
            first.append(number)
            seen.update(kinds)
        else:
            further.append(number)
    return first, further, sound
