"""Evaluations whose scores are made up, for what is reckoned and said from them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inspector.dataset import Dataset, Sample
from inspector.metrics.disputes import Disputes
from inspector.metrics.objects import FrameObjects, ObjectMatch
from inspector.metrics.pixels import PixelCounts
from inspector.networks.bundle import Model
from inspector.recipe import Recipe
from inspector.tune.thresholds import sweep_thresholds
from inspector.types import Unreadable, Verdict
from training.evaluate import Evaluation, FrameScore, MaskScore

CLASSES = ("background", "spot", "smear")
UNDISPUTED = Disputes(np.empty(0), np.empty(0), np.empty(0))
NOTHING = PixelCounts(0, 0, (0, 0, 0), (0, 0, 0))


def scored_frame(
    name: str,
    *,
    defective: bool,
    part: str | None = None,
    verdict: Verdict = Verdict.ACCEPT,
    pixels: PixelCounts = NOTHING,
    matches: tuple[ObjectMatch, ...] = (),
    detections: int | None = None,
    severity: Sequence[float] = (),
    contrast: Sequence[float] = (),
    disputes: Disputes = UNDISPUTED,
) -> FrameScore:
    """A frame with these scores, the same with and without the classifier; without `part` a part of its own."""
    mask = MaskScore(pixels, FrameObjects(matches, len(matches) if detections is None else detections))
    return FrameScore(
        name=name,
        part=part or name,
        defective=defective,
        verdict=verdict,
        max_severity=8.0 if defective else 2.0,
        classified=mask,
        unclassified=mask,
        severity=np.array(severity, float),
        contrast=np.array(contrast, float),
        cells=np.zeros((len(severity), 2), int),
        disputes=disputes,
        suppressed=0,
        too_small=0,
        milliseconds=1.0,
    )


def evaluation_of(
    frames: Sequence[FrameScore], model: Model, *, split: str = "test", failed: Sequence[Unreadable] = ()
) -> Evaluation:
    """An evaluation of these frames at T 5."""
    samples = tuple(Sample(frame.name, Path(f"{frame.name}.png"), None) for frame in frames)
    levels, truth = np.full((4, 4), 100, np.uint8), np.ones((16, 16), np.uint8)
    return Evaluation(
        dataset=Dataset("spots", CLASSES, {split: samples}),
        split=split,
        model=model,
        recipe=Recipe(name="made up", model="tiny", threshold=5.0),
        classes=CLASSES,
        frames=tuple(frames),
        failed=tuple(failed),
        sweep=sweep_thresholds([(levels, 4, truth)]),
    )
