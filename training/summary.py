"""The figures of an evaluation, by name, with their 95 % intervals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from inspector.metrics.disputes import pool_disputes
from inspector.metrics.frames import average_precision_as_listed, compare_within_groups, rank_frames
from inspector.metrics.objects import FrameObjects, count_objects, count_touched, mean_excess_iou
from inspector.metrics.pixels import TOLERANCES, mean_iou, pool
from inspector.metrics.score import Score, ratio
from inspector.metrics.severity import correlate
from inspector.types import Verdict
from training.bootstrap import Interval, bootstrap_intervals
from training.evaluate import Evaluation, FrameScore, MaskScore

OBJECT_IOU = 0.5
"""From here on a detection is said to outline a defect (paper, section IV)."""

_WRONG_VERDICTS = (
    ("escaped", "defective", Verdict.ACCEPT),
    ("falsely_rejected", "sound", Verdict.REJECT),
    ("falsely_reviewed", "sound", Verdict.REVIEW),
)

OBJECT_IOUS = np.arange(0, 0.951, 0.05).round(2)
"""The IoU thresholds of the curves."""

Part = tuple[FrameScore, ...]
"""The frames of one part; frames are compared as parts are, since those of one part resemble each other."""


@dataclass(frozen=True)
class Summary:
    """The figures of an evaluation.

    Attributes
    ----------
    values : mapping of name to float
        The name is a path, as in ``all_images.pixels.strict.f1``; nan where a figure is undefined.
    intervals : mapping of name to (low, high)
        95 %: exact binomial ones of the verdicts on parts, else from a bootstrap over parts.
    counts : mapping of name to int
    """

    values: Mapping[str, float]
    intervals: Mapping[str, Interval]
    counts: Mapping[str, int]


def parts_of(frames: Sequence[FrameScore]) -> list[Part]:
    """The frames by part, in the order in which the parts first appear."""
    parts: dict[str, list[FrameScore]] = {}
    for frame in frames:
        parts.setdefault(frame.part, []).append(frame)
    return [tuple(part) for part in parts.values()]


def summarise(evaluation: Evaluation) -> Summary:
    """All figures of an evaluation."""
    frames = evaluation.frames
    parts = parts_of(frames)
    threshold = evaluation.recipe.threshold
    values = dict(_named(parts, threshold))
    values["frames.average_precision_as_listed"] = average_precision_as_listed(
        [frame.max_severity for frame in frames], [frame.defective for frame in frames]
    )
    values |= _dispute_figures(frames)
    intervals = bootstrap_intervals(parts, lambda drawn: dict(_named(drawn, threshold)))
    counts = _counts(evaluation, parts)
    return Summary(values, intervals | _part_intervals(counts), counts)


def _part_intervals(counts: Mapping[str, int]) -> dict[str, Interval]:
    """Exact binomial intervals of the verdicts on parts: the bootstrap knows none for 0 of 8."""
    intervals = {}
    for figure, state, verdict in _WRONG_VERDICTS:
        if counts[f"parts_{state}"]:
            test = stats.binomtest(counts[f"parts_{state}_{verdict}"], counts[f"parts_{state}"])
            interval = test.proportion_ci(0.95)
            intervals[f"parts.{figure}"] = (float(interval.low), float(interval.high))
    return intervals


def _named(parts: Sequence[Part], threshold: float) -> Iterator[tuple[str, float]]:
    frames = [frame for part in parts for frame in part]
    defective = [frame for frame in frames if frame.defective]
    for where, chosen in (("all_images", frames), ("defective_images", defective)):
        yield from _mask_figures(where, [frame.classified for frame in chosen])
        yield from _kind_figures(where, [frame.classified.objects for frame in chosen])
        yield from _mask_figures(f"without_classifier.{where}", [frame.unclassified for frame in chosen])
    ranking = rank_frames([frame.max_severity for frame in frames], [frame.defective for frame in frames])
    yield "frames.auroc", ranking.auroc
    yield "frames.average_precision", ranking.average_precision
    yield from _verdict_figures("frames", [(frame,) for frame in frames])
    yield from _verdict_figures("parts", parts)
    agreement = compare_within_groups((i, f.verdict, f.defective) for i, part in enumerate(parts) for f in part)
    yield "parts.disagreeing", agreement.share_disagreeing
    yield from _severity_figures(defective, threshold)


def _mask_figures(where: str, masks: Sequence[MaskScore]) -> Iterator[tuple[str, float]]:
    counts = [mask.pixels for mask in masks]
    pooled = pool(counts)
    for tolerance in TOLERANCES:
        name = f"within_{tolerance}_px" if tolerance else "strict"
        yield from _score_figures(f"{where}.pixels.{name}", pooled.score(tolerance))
    yield f"{where}.pixels.pooled_iou", pooled.iou
    if where.endswith("defective_images"):
        yield f"{where}.pixels.mean_iou", mean_iou(counts)
    objects = [mask.objects for mask in masks]
    found = count_objects(objects, OBJECT_IOU)
    yield from _score_figures(f"{where}.objects.any_kind", found.score)
    yield f"{where}.objects.touched", ratio(count_touched(objects), found.objects)
    yield f"{where}.objects.ar", mean_excess_iou(objects)


def _kind_figures(where: str, objects: Sequence[FrameObjects]) -> Iterator[tuple[str, float]]:
    found = count_objects(objects, OBJECT_IOU)
    yield from _score_figures(f"{where}.objects.right_kind", found.score_with_kind)
    yield f"{where}.objects.kind_accuracy_of_found", found.kind_accuracy


def _score_figures(name: str, score: Score) -> Iterator[tuple[str, float]]:
    yield f"{name}.precision", score.precision
    yield f"{name}.recall", score.recall
    yield f"{name}.f1", score.f1


def _verdict_figures(name: str, parts: Sequence[Part]) -> Iterator[tuple[str, float]]:
    among = dict(zip(("defective", "sound"), by_truth(parts), strict=True))
    for figure, state, verdict in _WRONG_VERDICTS:
        yield f"{name}.{figure}", ratio(sum(worst_verdict(p) is verdict for p in among[state]), len(among[state]))


def by_truth(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """Parts with a defect on any frame, and those without."""
    bad = [part for part in parts if any(frame.defective for frame in part)]
    good = [part for part in parts if not any(frame.defective for frame in part)]
    return bad, good


def worst_verdict(part: Part) -> Verdict:
    """The verdict of a part: that of its worst frame."""
    return max((frame.verdict for frame in part), key=lambda verdict: verdict.rank)


def _severity_figures(frames: Sequence[FrameScore], threshold: float) -> Iterator[tuple[str, float]]:
    severity = np.concatenate([frame.severity for frame in frames]) if frames else np.empty(0)
    contrast = np.concatenate([frame.contrast for frame in frames]) if frames else np.empty(0)
    found = severity >= threshold
    for name, chosen in (("defect_cells", slice(None)), ("found_cells", found)):
        correlation = correlate(severity[chosen], contrast[chosen])
        yield f"severity.{name}.spearman", correlation.spearman
        yield f"severity.{name}.pearson", correlation.pearson


def _dispute_figures(frames: Sequence[FrameScore]) -> dict[str, float]:
    """Shares of what is annotated, or found, that the other side has nothing near of, and median contrasts."""
    disputes = pool_disputes([frame.disputes for frame in frames])
    pixels = pool([frame.classified.pixels for frame in frames])
    median = {name: float(np.median(c)) if len(c) else float("nan") for name, c in disputes._asdict().items()}
    return {
        "disputed.only_annotated.share": ratio(len(disputes.only_annotated), pixels.defect),
        "disputed.only_found.share": ratio(len(disputes.only_found), pixels.predicted),
        **{f"disputed.{name}.contrast": contrast for name, contrast in median.items()},
    }


def _counts(evaluation: Evaluation, parts: Sequence[Part]) -> dict[str, int]:
    frames = evaluation.frames
    matched = [frame.classified.objects for frame in frames]
    objects = count_objects(matched, OBJECT_IOU)
    return {
        "frames": len(frames),
        "frames_failed": len(evaluation.failed),
        "parts": len(parts),
        "objects": objects.objects,
        "objects_touched": count_touched(matched),
        "objects_found": objects.found,
        "objects_found_right_kind": objects.right_kind,
        "detections": objects.detections,
        "defect_cells": sum(len(frame.severity) for frame in frames),
        **_verdict_counts("frames", [(frame,) for frame in frames]),
        **_verdict_counts("parts", parts),
    }


def _verdict_counts(name: str, parts: Sequence[Part]) -> dict[str, int]:
    counts = {}
    for state, among in zip(("defective", "sound"), by_truth(parts), strict=True):
        counts[f"{name}_{state}"] = len(among)
        for verdict in Verdict:
            counts[f"{name}_{state}_{verdict}"] = sum(worst_verdict(part) is verdict for part in among)
    return counts
