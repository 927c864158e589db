"""What is plotted over T: curves and bars with their scales; no Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

import numpy as np
import numpy.typing as npt

from inspector.tune.choice import choose_by_iou
from inspector.tune.costs import Costs, cheapest
from inspector.tune.picking import severities
from inspector.tune.swept import SweptSet
from inspector.tune.thresholds import Stretch, column
from inspector.tune.trial import Trial
from inspector.types import LEVEL_MAX

BAR = 4
"""Levels of a bar."""

BARS = (LEVEL_MAX + 1) // BAR

Values = npt.NDArray[np.number]


class Tone(Enum):
    """The colour of a curve by what it means; the painting knows the colours."""

    MAIN = "main"
    GOOD = "good"
    BAD = "bad"
    CALM = "calm"


@dataclass(frozen=True, eq=False)
class Line:
    """A curve over the T of `THRESHOLDS`, drawn in the plot's scale; undefined values leave a gap.

    Attributes
    ----------
    name : str
    values : (255,)
    tone : Tone
    dashed : bool
    said : callable
        Gives the text for a T's column.
    """

    name: str
    values: Values
    tone: Tone
    dashed: bool
    said: Callable[[int], str]


@dataclass(frozen=True, eq=False)
class Bars:
    """Heights of the bars of `BAR` levels each, (BARS,), in the plot's scale."""

    name: str
    heights: Values
    tone: Tone


@dataclass(frozen=True, eq=False)
class Plot:
    """One field over T.

    Attributes
    ----------
    lines : tuple of Line
    bars : tuple of Bars
    top : float
        The end of the scale, which begins at 0.
    ticks : tuple of (value, text)
    band : Stretch or None
        A stretch of T that stands out.
    """

    lines: tuple[Line, ...] = ()
    bars: tuple[Bars, ...] = ()
    top: float = 1.0
    ticks: tuple[tuple[float, str], ...] = ()
    band: Stretch | None = None

    def said_at(self, threshold: float) -> list[str]:
        """The values of all curves at a T."""
        return [line.said(column(threshold)) for line in self.lines]


_SHARES = ((0.0, "0"), (0.25, ""), (0.5, "0.5"), (0.75, ""), (1.0, "1"))


def quality_plot(trial: Trial, other: Trial | None) -> Plot:
    """How well outlines and objects are found; beside it the mean IoU of a trial to compare with."""
    if not trial.swept.masked:
        return Plot(ticks=_SHARES)
    lines = [
        _share("mean IoU", trial.mean_iou, Tone.MAIN),
        _share("pixel P", trial.precision, Tone.GOOD),
        _share("R", trial.recall, Tone.GOOD, dashed=True),
        _share("object P", trial.object_precision, Tone.BAD),
        _share("R", trial.object_recall, Tone.BAD, dashed=True),
    ]
    if other is not None:
        lines.append(_share("other's IoU", other.mean_iou, Tone.MAIN, dashed=True))
    return Plot(tuple(lines), ticks=_SHARES, band=choose_by_iou(trial).stretch)


def parts_plot(trial: Trial, costs: Costs) -> Plot:
    """Counts of parts, and what they cost; the cost has a scale of its own."""
    cost = costs.of(trial)
    counts = [("escapes", trial.escapes, Tone.BAD), ("false rejects", trial.false_rejects, Tone.GOOD)]
    if trial.reviews.any():
        counts.append(("to review", trial.reviews.sum(0), Tone.CALM))
    top, step = _scale(max(int(values.max()) for _, values, _ in counts))
    lines = [Line(name, values, tone, False, partial(_count, values)) for name, values, tone in counts]
    scaled = cost * (top / (float(cost.max()) or 1))
    lines.append(Line("cost", scaled, Tone.MAIN, True, lambda at: f"{cost[at]:,.6g}"))
    ticks = tuple((value, f"{value:g}") for value in np.arange(0, top + step / 2, step).tolist())
    return Plot(tuple(lines), top=top, ticks=ticks, band=cheapest(cost).stretch)


def severity_plot(swept: SweptSet, kind: int | None) -> Plot:
    """Pixels by severity, background against defects, in a logarithmic scale."""
    counts = severities(swept, kind).reshape(2, BARS, BAR).sum(2)
    heights = np.log10(1 + counts)
    top = max(1.0, float(np.ceil(heights.max())))
    name = "defects" if kind is None else swept.classes[kind]
    powers = range(0, int(top) + 1, 1 if top < 5 else 2)
    ticks = ((0.0, "0"), *((float(np.log10(1 + 10**power)), _power(power)) for power in powers))
    return Plot((), (Bars("background", heights[0], Tone.CALM), Bars(name, heights[1], Tone.BAD)), top, ticks)


def _share(name: str, values: Values, tone: Tone, dashed: bool = False) -> Line:
    return Line(name, values, tone, dashed, lambda at: "\N{EN DASH}" if np.isnan(values[at]) else f"{values[at]:.3f}")


def _count(values: Values, at: int) -> str:
    return f"{values[at]}"


def _power(power: int) -> str:
    return {0: "1", 1: "10", 2: "100", 3: "1k", 4: "10k", 5: "100k", 6: "1M", 7: "10M", 8: "100M"}.get(power, "")


def _scale(highest: int) -> tuple[float, float]:
    """The end of a scale of counts, and the step of its ticks: two to five steps."""
    step = next(nice * 10**power for power in range(12) for nice in (1, 2, 5) if nice * 10**power * 4 >= highest)
    return float(step * max(1, -(-highest // step))), float(step)
