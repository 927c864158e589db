"""The shape of each verdict, so that nobody depends on its colour: round, pointed, eight-sided."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from inspector.types import Verdict

_CORNERS = {Verdict.REVIEW: 4, Verdict.REJECT: 8}


def draw_mark(painter: QPainter, field: QRectF, verdict: Verdict | None, shape: QColor, glyph: QColor) -> None:
    """Paint a verdict's mark: a disc with a tick, a diamond with a question mark, an octagon with a cross.

    Parameters
    ----------
    painter : QPainter
    field : QRectF
        A square.
    verdict : Verdict or None
        None is a frame without a verdict: a square with an exclamation mark.
    shape, glyph : QColor
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shape)
    if verdict is Verdict.ACCEPT:
        painter.drawEllipse(field)
    elif verdict is None:
        inset = field.width() * 0.08
        painter.drawRoundedRect(field.adjusted(inset, inset, -inset, -inset), 2, 2)
    else:
        painter.drawPolygon(_polygon(field, _CORNERS[verdict]))
    pen = QPen(glyph, max(1.5, field.width() * 0.11))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if verdict is Verdict.ACCEPT:
        painter.drawPolyline(_points(field, (0.28, 0.53), (0.44, 0.69), (0.73, 0.34)))
    elif verdict is Verdict.REJECT:
        painter.drawPolyline(_points(field, (0.32, 0.32), (0.68, 0.68)))
        painter.drawPolyline(_points(field, (0.68, 0.32), (0.32, 0.68)))
    else:
        font = QFont(painter.font())
        font.setPixelSize(max(6, int(field.height() * 0.62)))
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(field, Qt.AlignmentFlag.AlignCenter, "?" if verdict else "!")
    painter.restore()


def _polygon(field: QRectF, corners: int) -> QPolygonF:
    turn = math.pi / corners if corners == 8 else 0.0
    radius = field.width() / 2 * (1.04 if corners == 8 else 1.08)
    angles = [turn + 2 * math.pi * i / corners for i in range(corners)]
    centre = field.center()
    return QPolygonF([QPointF(centre.x() + radius * math.cos(a), centre.y() + radius * math.sin(a)) for a in angles])


def _points(field: QRectF, *shares: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(field.left() + x * field.width(), field.top() + y * field.height()) for x, y in shares])
