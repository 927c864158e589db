"""What stays where it is while T moves: scales, curves and bars."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from inspector.gui.colours import abnormal, is_dark
from inspector.gui.tuning.plots import BARS, Bars, Line, Plot, Tone
from inspector.tune.thresholds import THRESHOLDS
from inspector.types import SEVERITY_MAX

_TEXT_PX = 12
_BLUE = {False: "#2b6cb0", True: "#6fb1f0"}


def tone_colour(tone: Tone, palette: QPalette) -> QColor:
    """The colour of a curve in a theme."""
    if tone is Tone.BAD:
        return abnormal()
    if tone is Tone.GOOD:
        return QColor(_BLUE[is_dark(palette)])
    return palette.text().color() if tone is Tone.MAIN else palette.placeholderText().color()


def font_of(widget: QWidget) -> QFont:
    """The letters of scales and legends."""
    font = QFont(widget.font())
    font.setPixelSize(_TEXT_PX)
    return font


def paint_plot(painter: QPainter, plot: Plot, field: QRectF, widget: QWidget) -> None:
    """Paint a plot into a field of a widget."""
    palette = widget.palette()
    painter.setFont(font_of(widget))
    painter.fillRect(field, palette.base())
    if plot.band is not None:
        left, right = (field.left() + edge / SEVERITY_MAX * field.width() for edge in plot.band)
        colour = QColor(_BLUE[is_dark(palette)])
        colour.setAlpha(38)
        painter.fillRect(QRectF(left, field.top(), max(2.0, right - left), field.height()), colour)
    _paint_scales(painter, plot, field, palette)
    painter.setClipRect(field.adjusted(-1, -1, 1, 1))
    for bars in plot.bars:
        _paint_bars(painter, bars, plot.top, field, tone_colour(bars.tone, palette))
    for line in reversed(plot.lines):
        _paint_line(painter, line, plot.top, field, tone_colour(line.tone, palette))
    painter.setClipping(False)


def _paint_scales(painter: QPainter, plot: Plot, field: QRectF, palette: QPalette) -> None:
    grid, ink = QPen(palette.mid().color(), 1), palette.placeholderText().color()
    free = field.bottom() + 1.0  # the lowest tick's text is always there
    for value, text in plot.ticks:
        y = field.bottom() - value / plot.top * field.height()
        painter.setPen(grid)
        painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        if y < free:
            painter.setPen(ink)
            place = QRectF(0, y - 8, field.left() - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            free = y - 13 if text else free
    for threshold in range(0, int(SEVERITY_MAX) + 1):
        x = field.left() + threshold / SEVERITY_MAX * field.width()
        painter.setPen(grid)
        painter.drawLine(QPointF(x, field.bottom()), QPointF(x, field.bottom() + 3))
        painter.setPen(ink)
        place = QRectF(x - 15, field.bottom() + 3, 30, 14)
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, str(threshold))


def _paint_line(painter: QPainter, line: Line, top: float, field: QRectF, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.8, Qt.PenStyle.DotLine if line.dashed else Qt.PenStyle.SolidLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x = field.left() + THRESHOLDS / SEVERITY_MAX * field.width()
    y = field.bottom() - np.asarray(line.values, np.float64) / top * field.height()
    known = np.flatnonzero(np.isfinite(y))
    for piece in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        painter.drawPolyline(QPolygonF([QPointF(*at) for at in zip(x[piece].tolist(), y[piece].tolist(), strict=True)]))


def _paint_bars(painter: QPainter, bars: Bars, top: float, field: QRectF, colour: QColor) -> None:
    faint = QColor(colour)
    faint.setAlpha(110)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(faint)
    width = field.width() / BARS
    heights = (bars.heights / top * field.height()).tolist()
    painter.drawRects(
        [
            QRectF(field.left() + i * width + 0.5, field.bottom() - height, width - 1, height)
            for i, height in enumerate(heights)
            if height > 0
        ]
    )
