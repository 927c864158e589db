"""The figures of an evaluation as files that programs read: metrics.json and CSV."""

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inspector.errors import InspectorError
from inspector.metrics.objects import MIN_OBJECT_PX, confusion_matrix, count_objects
from inspector.metrics.pixels import TOLERANCES
from training.bootstrap import DRAWS
from training.evaluate import Evaluation
from training.summary import OBJECT_IOU, OBJECT_IOUS, Summary

Row = Sequence[object]


def metrics(evaluation: Evaluation, summary: Summary) -> dict[str, Any]:
    """The content of metrics.json; an undefined figure is None."""
    spec, recipe, sweep = evaluation.model.spec, evaluation.recipe, evaluation.sweep
    low, high = sweep.plateau
    at_threshold = int(np.searchsorted(sweep.thresholds, recipe.threshold - 1e-6).clip(max=len(sweep.thresholds) - 1))
    return {
        "data": {"name": evaluation.dataset.name, "classes": list(evaluation.dataset.classes)},
        "split": evaluation.split,
        "protocol": {
            "threshold": recipe.threshold,
            "tolerances_px": list(TOLERANCES),
            "object_min_px": MIN_OBJECT_PX,
            "object_connectivity": 8,
            "object_iou": OBJECT_IOU,
            "ignored_mask_value": 255,
            "intervals": f"95 %, {DRAWS} bootstrap draws of parts; exact binomial for verdicts on parts",
        },
        "model": {
            "name": spec.name,
            "digest": evaluation.model.digest,
            "architecture": spec.architecture,
            "backbone": spec.backbone,
            "cell": spec.cell,
            "classes": list(spec.classes),
            "threshold": spec.threshold,
            "veto": spec.veto,
            "trained_on": spec.training.get("dataset"),
        },
        "recipe": {**recipe.model_dump(mode="json", exclude_none=True, exclude={"model"}), "digest": recipe.digest},
        "counts": dict(summary.counts),
        **_nested(summary.values),
        "threshold_sweep": {
            "mean_iou_at_threshold": _finite(sweep.mean_iou[at_threshold]),
            "best_threshold": sweep.best_threshold,
            "best_mean_iou": _finite(sweep.mean_iou.max()),
            "plateau": [low, high],
        },
        "intervals_95": {name: list(interval) for name, interval in summary.intervals.items()},
        "errors": [{"name": failed.name, "error": failed.error} for failed in evaluation.failed],
    }


def _nested(values: Mapping[str, float]) -> dict[str, Any]:
    """Paths like "a.b.c" as dicts in dicts."""
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *path, leaf = name.split(".")
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[leaf] = _finite(value)
    return tree


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def write_tables(evaluation: Evaluation, summary: Summary, out: Path) -> None:
    """Write metrics.json and the CSV files into a folder that exists.

    Raises
    ------
    InspectorError
        If the folder can't be written to.
    """
    try:
        for name, header, rows in _tables(evaluation):
            with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(header)
                writer.writerows(rows)
        text = json.dumps(metrics(evaluation, summary), indent=1, allow_nan=False)
        (out / "metrics.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InspectorError(f"{out} can't be written to: {error.strerror}; choose another --out") from error


def _tables(evaluation: Evaluation) -> Iterable[tuple[str, Row, Iterable[Row]]]:
    sweep, frames, classes = evaluation.sweep, evaluation.frames, evaluation.classes
    columns = (sweep.thresholds, sweep.mean_iou, sweep.precision, sweep.recall, sweep.f1)
    yield (
        "iou_of_threshold",
        ("threshold", "mean_iou", "pixel_precision", "pixel_recall", "pixel_f1"),
        ([f"{value:.6f}" for value in row] for row in zip(*columns, strict=True)),
    )
    matched = [frame.classified.objects for frame in frames]
    counts = [count_objects(matched, iou) for iou in OBJECT_IOUS]
    yield (
        "object_pr",
        ("iou", "precision", "recall", "precision_with_kind", "recall_with_kind"),
        ([iou, *count.score, *count.score_with_kind] for iou, count in zip(OBJECT_IOUS, counts, strict=True)),
    )
    matrix = confusion_matrix(matched, len(classes)).tolist()
    yield (
        "confusion",
        ("annotated", "missed", *classes[1:]),
        ([name, *row] for name, row in list(zip(classes, matrix, strict=True))[1:]),
    )
    yield (
        "frames",
        (
            "name", "part", "defective", "verdict", "max_severity", "defect_px", "found_px", "common_px", "iou",
            "objects", "objects_outlined", "detections", "suppressed", "too_small", "milliseconds",
        ),
        (
            (
                f.name, f.part, int(f.defective), f.verdict, f"{f.max_severity:.3f}", f.classified.pixels.defect,
                f.classified.pixels.predicted, f.classified.pixels.found[0], f"{f.classified.pixels.iou:.4f}",
                len(f.classified.objects.matches), count_objects([f.classified.objects], OBJECT_IOU).found,
                f.classified.objects.detections, f.suppressed, f.too_small, f"{f.milliseconds:.1f}",
            )
            for f in frames
        ),
    )  # fmt: skip
    yield (
        "severity",
        ("name", "row", "column", "severity", "contrast"),
        (
            (f.name, row, column, f"{severity:.3f}", f"{contrast:.3f}")
            for f in frames
            for (row, column), severity, contrast in zip(f.cells.tolist(), f.severity, f.contrast, strict=True)
        ),
    )
