"""The whole method in two steps: one that costs time and does not depend on T, one that is cheap and does."""

import itertools
import time
from collections.abc import Mapping

from inspector.networks.bundle import Model
from inspector.networks.input import input_scale
from inspector.policy import frame_verdict
from inspector.recipe import Recipe
from inspector.stages.classification import FrameWindows, KindVote, vote
from inspector.stages.components import find_shapes
from inspector.stages.filtering import areas_above
from inspector.stages.severity import severity_levels
from inspector.types import BACKGROUND, Frame, Inspection, Levels, Measurement, Region

UNCLASSIFIED = "defect"
"""The kind of every region where the model has no classifier."""

_NO_VOTE = KindVote(UNCLASSIFIED, 1.0, {})


def region_classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    """Class names of the regions that a model gives, the first ``background``; `classes` are the model's own."""
    return classes if len(classes) > 1 else (BACKGROUND, UNCLASSIFIED)


def measure(frame: Frame, model: Model) -> Measurement:
    """Run the network over a frame: stage 1, once per frame."""
    started = time.perf_counter()
    levels = severity_levels(model.engine.severity, frame.pixels, model.spec)
    return remember(frame, levels, model, milliseconds=1000 * (time.perf_counter() - started))


def remember(frame: Frame, levels: Levels, model: Model, milliseconds: float = 0.0) -> Measurement:
    """The measurement of a frame whose map is known, from the journal say, without running stage 1."""
    spec = model.spec
    kinds = None
    if len(spec.classes) > 1:
        scale = input_scale(frame.pixels, spec.channels, spec.normalisation)
        kinds = FrameWindows(
            model.engine.kinds, frame.pixels, levels, spec.cell, spec.classes, spec.channels, scale, spec.veto
        )
    return Measurement(frame, levels, spec.cell, kinds, model.digest, milliseconds)


def judge(measurement: Measurement, recipe: Recipe) -> Inspection:
    """Stages 2 to 4 and the verdict, as often as wanted: never runs the severity network."""
    clock = [time.perf_counter()]
    areas = areas_above(measurement.peaks, recipe.threshold)
    clock.append(time.perf_counter())
    frame = measurement.frame
    shapes = find_shapes(
        measurement.levels,
        areas,
        cell=measurement.cell,
        threshold=recipe.threshold,
        distance=recipe.cluster_distance,
        shape=frame.shape,
    )
    clock.append(time.perf_counter())
    smallest = recipe.min_area.in_px2(recipe.mm_per_px)
    large = [shape for shape in shapes if shape.area_px >= smallest]
    small = [shape for shape in shapes if shape.area_px < smallest]
    kinds = measurement.kinds
    votes = [_NO_VOTE] * len(large) if kinds is None else vote(large, frame.shape, kinds)
    classified = [Region._make(shape + decision) for shape, decision in zip(large, votes, strict=True)]
    regions = tuple(region for region in classified if region.kind != BACKGROUND)
    suppressed = tuple(region for region in classified if region.kind == BACKGROUND)
    too_small = tuple(Region._make(shape + _NO_VOTE) for shape in small)
    clock.append(time.perf_counter())
    verdict, reasons = frame_verdict(regions, suppressed, too_small, recipe)
    return Inspection(
        measurement=measurement,
        threshold=recipe.threshold,
        recipe=recipe.digest,
        verdict=verdict,
        reasons=reasons,
        regions=regions,
        suppressed=suppressed,
        too_small=too_small,
        milliseconds=_milliseconds(measurement, clock),
    )


def _milliseconds(measurement: Measurement, clock: list[float]) -> Mapping[str, float]:
    filtering, components, classification = (1000 * (b - a) for a, b in itertools.pairwise(clock))
    total = measurement.milliseconds + filtering + components + classification
    return {
        "severity": measurement.milliseconds,
        "filtering": filtering,
        "components": components,
        "classification": classification,
        "total": total,
    }
