"""The detector's false alarms, from which the classifier learns what background is (paper, section III-D)."""

import time
from collections.abc import Sequence

import numpy as np

from inspector.networks.architectures import Regressor
from inspector.stages.components import Shape, find_shapes
from inspector.stages.filtering import defect_cells
from inspector.types import Box, Levels
from training.config import TrainingConfig
from training.maps import severity_maps
from training.patches import Annotated
from training.report import Report
from training.windows import Place, false_alarm_places


def found_shapes(levels: Levels, frame: Annotated, config: TrainingConfig, threshold: float) -> list[Shape]:
    """The regions of a frame's severity map at a threshold, as stages 2 and 3 make them."""
    return find_shapes(
        levels,
        defect_cells(levels, threshold),
        cell=config.severity.cell,
        threshold=threshold,
        distance=config.cluster_distance,
        shape=(frame.mask.shape[0], frame.mask.shape[1]),
    )


def mine_false_alarms(
    regressor: Regressor,
    frames: Sequence[Annotated],
    config: TrainingConfig,
    threshold: float,
    minutes: float | None,
    progress: Report,
) -> list[Place]:
    """The regions that a detector finds in training frames where the annotation has no defect.

    Parameters
    ----------
    regressor : Regressor
        In evaluation mode.
    frames : sequence of Annotated
    config : TrainingConfig
    threshold : float
    minutes : float or None
        Time limit; if it ends before the frames, which are taken in an order of chance, the others are left out.
    progress : callable
    """
    started = time.monotonic()
    order = np.random.default_rng(config.seed).permutation(len(frames))
    drawn = [frames[i] for i in order]
    maps = severity_maps(regressor, drawn, config.severity.cell, config.normalisation)
    found: list[list[Box]] = [[] for _ in frames]
    for count, (number, levels) in enumerate(zip(order, maps, strict=True)):
        found[number] = [shape.box for shape in found_shapes(levels, frames[number], config, threshold)]
        progress("mining false alarms", count / len(frames), "")
        if minutes is not None and time.monotonic() - started > 60 * minutes:
            break
    return false_alarm_places(frames, found)
