"""The curve as a picture, drawn with Pillow: a station has no plotting library, and the window is not needed for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from inspector.tune.choice import Choice, choose_by_iou
from inspector.tune.costs import Costs, cheapest
from inspector.tune.thresholds import THRESHOLDS, Stretch
from inspector.tune.trial import Trial
from inspector.types import SEVERITY_MAX

BLUE, ORANGE, GREY = "#1d5594", "#e8650a", "#6b747c"
_INK, _GRID, _BAND, _PAPER = "#22282d", "#e3e6e8", "#dfe8f2", "white"

_FINER = 3
"""Drawn so many times larger and scaled down: Pillow's own lines are jagged."""

_WIDTH, _PANEL, _LEFT, _RIGHT, _TOP, _BOTTOM = 1200, 300, 80, 30, 64, 56
"""Px of the picture: its width, the height of a panel, and what is left free around each for its texts."""


@dataclass(frozen=True)
class Line:
    """A curve with its name; undefined values leave a gap."""

    name: str
    values: npt.NDArray[np.number]
    colour: str
    dash: int = 0
    """Px of a dash and of a gap; 0 for none."""


@dataclass(frozen=True)
class Panel:
    """Curves over T with one scale; `band` is the stretch of T that stands out."""

    title: str
    lines: Sequence[Line]
    top: float
    band: Stretch | None
    band_name: str = ""


def draw_curves(trial: Trial, chosen: Choice, costs: Costs) -> Image.Image:
    """Mean IoU, objects and parts against T, one below the other; RGB."""
    panels = [_parts(trial, costs)]
    if trial.swept.masked:
        panels = [_outlines(trial), _objects(trial), *panels]
    height = 40 + len(panels) * (_PANEL + _TOP + _BOTTOM)
    picture = Image.new("RGB", (_WIDTH * _FINER, height * _FINER), _PAPER)
    pen = _Pen(picture)
    swept = trial.swept
    title = f"{swept.truth.name}: {swept.frames} frames, {len(swept.parts)} parts under {trial.recipe.name}"
    pen.text((_LEFT, 14), title, 18)
    for number, panel in enumerate(panels):
        _draw(pen, panel, 40 + number * (_PANEL + _TOP + _BOTTOM), chosen, trial.recipe.threshold)
    return picture.resize((_WIDTH, height), Image.Resampling.LANCZOS)


def _outlines(trial: Trial) -> Panel:
    lines = [
        Line("mean IoU of defective frames", trial.mean_iou, BLUE),
        Line("of the map alone", trial.map_mean_iou, BLUE, 3),
        Line("pixel precision", trial.precision, ORANGE, 10),
        Line("pixel recall", trial.recall, GREY),
    ]
    stretch = choose_by_iou(trial).stretch
    name = f"within 1 % of the best mean IoU: {stretch.low:.2f} to {stretch.high:.2f}"
    return Panel("Outlines", lines, 1.0, stretch, name)


def _objects(trial: Trial) -> Panel:
    lines = [
        Line("object precision", trial.object_precision, ORANGE, 10),
        Line("object recall", trial.object_recall, GREY),
    ]
    return Panel(f"Defects as objects, found at an IoU over {trial.iou:g}", lines, 1.0, None)


def _parts(trial: Trial, costs: Costs) -> Panel:
    cost = costs.of(trial)
    stretch, lowest = cheapest(cost)
    counts = [
        Line("escapes", trial.escapes, ORANGE),
        Line("false rejects", trial.false_rejects, BLUE, 10),
    ]
    if trial.reviews.any():
        counts.append(Line("to review", trial.reviews.sum(0), GREY, 3))
    top = _round_up(max(float(line.values.max()) for line in counts))
    scale = top / (float(cost.max()) or 1)
    unit = f"{costs.escape:g} an escape, {costs.false_reject:g} a false reject"
    counts.append(Line(f"cost ({unit}), its highest {cost.max():g}", cost * scale, GREY))
    title = f"Parts: {trial.swept.defective_parts.sum()} defective, {(~trial.swept.defective_parts).sum()} sound"
    name = f"cheapest, {lowest:g}: {stretch.low:.2f} to {stretch.high:.2f}"
    return Panel(title, counts, top, stretch, name)


def _round_up(count: float) -> float:
    """The top of a scale of counts with four equal steps."""
    step = max(1, count / 4)
    size = 10 ** np.floor(np.log10(step))
    return float(4 * size * next(nice for nice in (1, 2, 2.5, 5, 10) if nice * size >= step - 1e-9))


class _Pen:
    """Draws in px of the finished picture."""

    def __init__(self, picture: Image.Image) -> None:
        self._draw = ImageDraw.Draw(picture)

    def text(self, at: tuple[float, float], text: str, size: int, colour: str = _INK, anchor: str = "la") -> float:
        """Returns its width."""
        font = ImageFont.load_default(size * _FINER)
        self._draw.text((at[0] * _FINER, at[1] * _FINER), text, colour, font, anchor)
        return self._draw.textlength(text, font) / _FINER

    def box(self, corners: tuple[float, float, float, float], colour: str) -> None:
        self._draw.rectangle([corner * _FINER for corner in corners], colour)

    def line(self, points: npt.NDArray[np.float64], colour: str, width: float = 2.2, dash: float = 0) -> None:
        """Through points (n, 2)."""
        for piece in _dashes(points, dash) if dash else [points]:
            self._draw.line([tuple(at) for at in (piece * _FINER).tolist()], colour, round(width * _FINER), "curve")


def _dashes(points: npt.NDArray[np.float64], dash: float) -> list[npt.NDArray[np.float64]]:
    """A line cut into dashes, by the way along it."""
    way = np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
    cuts = np.arange(0, way[-1], dash)
    fine = np.unique(np.concatenate([way, cuts]))
    x, y = (np.interp(fine, way, points[:, axis]) for axis in (0, 1))
    drawn = []
    for start in cuts[::2]:
        inside = (fine >= start) & (fine <= start + dash)
        drawn.append(np.column_stack([x[inside], y[inside]]))
    return [piece for piece in drawn if len(piece) > 1]


def _draw(pen: _Pen, panel: Panel, top: float, chosen: Choice, in_use: float) -> None:
    above, below = top + _TOP, top + _TOP + _PANEL
    right = _WIDTH - _RIGHT

    def x(threshold: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return _LEFT + np.asarray(threshold, np.float64) / SEVERITY_MAX * (right - _LEFT)

    def y(value: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return below - np.asarray(value, np.float64) / panel.top * _PANEL

    if panel.band:
        pen.box(
            (float(x(panel.band.low)), above, max(float(x(panel.band.high)), float(x(panel.band.low)) + 2), below),
            _BAND,
        )
    for step in range(5):
        height = panel.top * step / 4
        pen.line(np.array([[_LEFT, y(height)], [right, y(height)]]), _GRID, 1)
        pen.text((_LEFT - 10, float(y(height))), f"{height:g}", 14, GREY, "rm")
    for threshold in range(int(SEVERITY_MAX) + 1):
        pen.text((float(x(threshold)), below + 10), f"{threshold}", 14, GREY, "ma")
    pen.text(((_LEFT + right) / 2, below + 30), "threshold T", 14, GREY, "ma")
    pen.text((_LEFT, top + 8), panel.title, 17)
    for line in panel.lines:
        known = np.flatnonzero(np.isfinite(line.values))
        for piece in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
            if len(piece) > 1:
                pen.line(np.column_stack([x(THRESHOLDS[piece]), y(line.values[piece])]), line.colour, dash=line.dash)
    pen.line(np.array([[x(in_use), above], [x(in_use), below]]), GREY, 1.6, 6)
    pen.line(np.array([[x(chosen.threshold), above], [x(chosen.threshold), below]]), _INK, 2)
    _legend(pen, panel, top + 36, chosen, in_use)


def _legend(pen: _Pen, panel: Panel, top: float, chosen: Choice, in_use: float) -> None:
    """The names of all lines in one row above the panel."""
    marks = [(line.name, line.colour, line.dash, 2.2) for line in panel.lines]
    marks += [(f"T chosen by {chosen.by}: {chosen.threshold:g}", _INK, 0, 2.0), (f"T in use: {in_use:g}", GREY, 6, 1.6)]
    at = float(_LEFT)
    for name, colour, dash, width in marks:
        pen.line(np.array([[at, top + 8], [at + 26, top + 8]]), colour, width, dash)
        at += 32 + pen.text((at + 32, top), name, 14) + 18
    if panel.band:
        width = pen.text((_WIDTH - _RIGHT, top - 26), panel.band_name, 14, _INK, "ra")
        pen.box((_WIDTH - _RIGHT - width - 30, top - 24, _WIDTH - _RIGHT - width - 8, top - 10), _BAND)
