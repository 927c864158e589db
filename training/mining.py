"""The detector's false alarms, from which the classifier learns what background is (paper, section III-D)."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from inspector.dataset import defect_pixels
from inspector.networks.architectures import Regressor
from inspector.stages.components import Shape, find_shapes
from inspector.stages.filtering import areas_above
from inspector.types import Box, Levels, block_peaks
from training.config import TrainingConfig
from training.maps import severity_maps
from training.patches import Annotated
from training.report import Report
from training.windows import Place, false_alarm_places


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
        Time limit; if it ends before the sound frames do, the others are left out. Defective ones come first and are
        all measured, as the kinds are learned from them; each sort in an order of chance.
    progress : callable
    """
    started = time.monotonic()
    order = np.random.default_rng(config.seed).permutation(len(frames)).tolist()
    drawn = [frames[i] for i in sorted(order, key=lambda i: not defect_pixels(frames[i].mask).any())]
    defective = sum(bool(defect_pixels(frame.mask).any()) for frame in frames)
    maps: list[Levels] = []
    found: list[list[Box]] = []
    for frame, levels in zip(
        drawn, severity_maps(regressor, drawn, config.severity.cell, config.normalisation), strict=True
    ):
        progress("mining false alarms", len(maps) / len(frames), "")
        maps.append(levels)
        found.append([shape.box for shape in found_shapes(levels, frame, config, threshold)])
        late = minutes is not None and time.monotonic() - started > 60 * minutes
        if late and len(maps) >= defective:
            break
    measured = drawn[: len(maps)]
    return Mined(measured, maps, false_alarm_places(measured, found))
