"""Colours with a meaning: severity on the fixed 0-12 scale, and verdicts in blue and orange."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QPalette

from inspector.picture import HEAT
from inspector.types import LEVEL_MAX, Verdict, threshold_level

Table = npt.NDArray[np.uint8]

HEAT_ALPHA = 190
"""Opacity of 255: the surface stays to be seen under the heatmap."""


def heat_table(threshold: float) -> Table:
    """The heatmap's lookup table at T, uint8 (256, 4) RGBA: nothing is painted below T."""
    alpha = np.full(LEVEL_MAX + 1, HEAT_ALPHA, np.uint8)
    alpha[: threshold_level(threshold)] = 0
    return np.column_stack([HEAT, alpha])


@dataclass(frozen=True)
class Look:
    """How a verdict is painted: the area behind it, the word and its mark, the line around."""

    fill: QColor
    ink: QColor
    line: QColor


_ORANGE = "#e8650a"
_LOOKS = {
    False: {
        Verdict.ACCEPT: ("#e3ecf6", "#1d5594", "#9dbbdc"),
        Verdict.REVIEW: ("#fdf0e2", "#9a4300", _ORANGE),
        Verdict.REJECT: (_ORANGE, "#1a0d00", "#b94c00"),
        None: ("#dfe3e6", "#454d54", "#aab2b9"),
    },
    True: {
        Verdict.ACCEPT: ("#1e2d3d", "#93c0ef", "#3c5f85"),
        Verdict.REVIEW: ("#33261a", "#ffb066", _ORANGE),
        Verdict.REJECT: ("#f07a1c", "#1a0d00", "#ffa45c"),
        None: ("#2c3136", "#b3bbc2", "#555e66"),
    },
}


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is that of the dark theme."""
    return palette.window().color().lightness() < 128


def verdict_look(verdict: Verdict | None, palette: QPalette) -> Look:
    """The colours of a verdict, or of a frame that has none."""
    return Look(*map(QColor, _LOOKS[is_dark(palette)][verdict]))


def abnormal() -> QColor:
    """The colour of everything that is not as it should be."""
    return QColor(_ORANGE)
