"""The figures of an evaluation, drawn without a display and without global state."""

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from inspector.metrics.frames import rank_frames
from inspector.metrics.objects import confusion_matrix, count_objects
from inspector.metrics.score import ratio
from inspector.metrics.severity import reliability
from inspector.types import SEVERITY_MAX, Verdict
from training.evaluate import Evaluation
from training.summary import OBJECT_IOUS

BLUE, ORANGE, GREY = "#1d5594", "#e8650a", "#6b747c"
"""The product's colours: told apart by everybody, in print too, where line styles differ as well."""

_FEW_CELLS = 10


def draw_figures(evaluation: Evaluation) -> dict[str, Figure]:
    """The figures by file name without suffix; those for which there is nothing to draw are left out."""
    frames = evaluation.frames
    figures = {"iou_of_threshold": iou_of_threshold(evaluation)}
    if not all(frame.defective for frame in frames):
        figures["frames"] = frame_ranking(evaluation)
    if any(frame.classified.objects.matches for frame in frames):
        figures |= {"object_pr": object_curves(evaluation), "confusion": confusion(evaluation)}
    if any(frame.contrast.size for frame in frames):
        figures["severity"] = severity(evaluation)
    return figures


def _canvas(width: float, height: float, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure with axes side by side, sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained", dpi=150)
    axes = [figure.add_subplot(1, columns, i + 1) for i in range(columns)]
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
        each.grid(color="#e3e6e8", linewidth=0.8)
        each.set_axisbelow(True)
    return figure, axes


def _legend(axes: Axes, place: Literal["best", "upper left", "upper right", "lower right"]) -> None:
    """A legend that covers what lies behind it."""
    axes.legend(loc=place, fontsize=8, facecolor="white", edgecolor="none", framealpha=0.9)


def iou_of_threshold(evaluation: Evaluation) -> Figure:
    """Mean IoU against T, with the T in use and the stretch within 1 % of the best (paper, Figs. 16 and 17)."""
    sweep, threshold = evaluation.sweep, evaluation.recipe.threshold
    figure, (axes,) = _canvas(6.4, 3.6)
    low, high = sweep.plateau
    axes.axvspan(
        low, high, color=BLUE, alpha=0.15, linewidth=0, label=f"within 1 % of the best: {low:.2f} to {high:.2f}"
    )
    axes.plot(sweep.thresholds, sweep.mean_iou, color=BLUE, label="mean IoU, frames with a defect")
    axes.plot(sweep.thresholds, sweep.f1, color=GREY, linestyle=":", label="pixel F1, all frames")
    axes.axvline(threshold, color=ORANGE, linestyle="--", label=f"T in use: {threshold:g}")
    axes.set(xlabel="threshold T", ylabel="mean IoU, F1", xlim=(0, SEVERITY_MAX), ylim=(0, 1))
    _legend(axes, "upper right")
    return figure


def object_curves(evaluation: Evaluation) -> Figure:
    """Recall and precision of objects against the IoU that counts as found (paper, Figs. 9 and 13)."""
    frames = [frame.classified.objects for frame in evaluation.frames]
    counts = [count_objects(frames, iou) for iou in OBJECT_IOUS]
    figure, panels = _canvas(6.4, 3.4, columns=2)
    for axes, name in zip(panels, ("recall", "precision"), strict=True):
        any_kind = [getattr(count.score, name) for count in counts]
        right_kind = [getattr(count.score_with_kind, name) for count in counts]
        axes.plot(OBJECT_IOUS, any_kind, color=BLUE, marker="o", markersize=3, label="any kind")
        axes.plot(OBJECT_IOUS, right_kind, color=ORANGE, linestyle="--", marker="s", markersize=3, label="right kind")
        axes.set(xlabel="IoU that must be exceeded", title=name, xlim=(0, 1), ylim=(0, 1.02))
    _legend(panels[0], "best")
    return figure


def confusion(evaluation: Evaluation) -> Figure:
    """Kinds of the annotated defects against the kinds of their best detections (paper, Table 6)."""
    names = evaluation.classes
    matrix = confusion_matrix([frame.classified.objects for frame in evaluation.frames], len(names))
    rows = np.flatnonzero(matrix.sum(1))
    shares = matrix[rows] / matrix[rows].sum(1, keepdims=True)
    figure, (axes,) = _canvas(1.8 + 0.75 * len(names), 1.6 + 0.5 * len(rows))
    axes.grid(visible=False)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for y, x in np.ndindex(shares.shape):
        if count := matrix[rows[y], x]:
            axes.text(x, y, str(count), ha="center", va="center", color="white" if shares[y, x] > 0.5 else "black")
    axes.set_xticks(range(len(names)), ["missed", *names[1:]], rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), [names[row] for row in rows])
    axes.set(xlabel="detected as", ylabel="annotated as")
    return figure


def severity(evaluation: Evaluation) -> Figure:
    """Severity of the annotated defect cells against their local contrast, and what each severity stands for."""
    measured = np.concatenate([frame.severity for frame in evaluation.frames])
    contrast = np.concatenate([frame.contrast for frame in evaluation.frames])
    figure, (scatter, bins) = _canvas(8, 3.6, columns=2)
    extent = (0, SEVERITY_MAX, 0, max(float(contrast.max()), 1))
    hexes = scatter.hexbin(
        measured, contrast, gridsize=32, extent=extent, bins="log", mincnt=1, cmap="viridis", linewidths=0
    )
    figure.colorbar(hexes, ax=scatter, label="cells")
    found = reliability(measured, contrast)
    for chosen, face, label in (
        ([b for b in found if b.cells >= _FEW_CELLS], BLUE, "median and quartiles"),
        ([b for b in found if b.cells < _FEW_CELLS], "white", f"fewer than {_FEW_CELLS} cells"),
    ):
        if chosen:
            low, middle, high = np.array([b.quartiles for b in chosen]).T
            centres, bars = [(b.low + b.high) / 2 for b in chosen], [middle - low, high - middle]
            bins.errorbar(
                centres,
                middle,
                yerr=bars,
                color=BLUE,
                markerfacecolor=face,
                fmt="o",
                markersize=5,
                capsize=2,
                label=label,
            )
    for axes, title in ((scatter, "each defect cell"), (bins, "reliability")):
        axes.axvline(evaluation.recipe.threshold, color=ORANGE, linestyle="--", linewidth=1, label="T in use")
        axes.set(xlabel="severity", ylabel="local contrast, grey values", title=title, xlim=(0, SEVERITY_MAX))
        axes.set_ylim(bottom=0)
    _legend(bins, "upper left")
    return figure


def frame_ranking(evaluation: Evaluation) -> Figure:
    """How well the highest severity of a frame tells defective frames from good ones, for any limit on it."""
    frames = evaluation.frames
    ranking = rank_frames([frame.max_severity for frame in frames], [frame.defective for frame in frames])
    stopped = [frame.defective for frame in frames if frame.verdict is not Verdict.ACCEPT]
    hits, alarms = sum(stopped), len(stopped) - sum(stopped)
    hit_rate, alarm_rate = hits / ranking.hits[-1], alarms / ranking.alarms[-1]
    figure, (roc, pr) = _canvas(7.2, 3.4, columns=2)
    roc.plot(ranking.alarm_rate, ranking.hit_rate, color=BLUE, label="any limit")
    pr.plot(ranking.hit_rate, ranking.precision, color=BLUE)
    as_judged: dict[str, Any] = {"color": ORANGE, "marker": "D", "linestyle": "", "clip_on": False}
    roc.plot(alarm_rate, hit_rate, label="as judged (rejected or reviewed)", **as_judged)
    pr.plot(hit_rate, ratio(hits, len(stopped)), **as_judged)
    roc.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1, label="chance")
    roc.set(xlabel="good frames stopped", ylabel="defective frames stopped", title=f"ROC, area {ranking.auroc:.3f}")
    pr.set(xlabel="defective frames stopped", ylabel="defective among those stopped")
    pr.set_title(f"average precision {ranking.average_precision:.3f}")
    for axes in (roc, pr):
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.yaxis.set_major_formatter(PercentFormatter(1))
    _legend(roc, "lower right")
    return figure
