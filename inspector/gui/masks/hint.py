"""Where the brush is, how large, and the polygon that is not closed yet."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from inspector.journal.drawing import Point

_DARK, _BRIGHT = QColor(15, 17, 19, 200), QColor("#ffffff")
_DOT = 3.0
_MARGIN_PX = 6.0


class Hint(pg.GraphicsObject):
    """Drawn in the screen's pixels, white on black, so that it is seen on every surface.

    Attributes
    ----------
    corners : list of Point
        Of the polygon, px of the picture.
    """

    def __init__(self) -> None:
        super().__init__()
        self.corners: list[Point] = []
        self._field = QRectF()
        self._at: QPointF | None = None
        self._radius: int | None = None

    def set_field(self, field: QRectF) -> None:
        """Where it may be: the picture and around."""
        self.prepareGeometryChange()
        self._field = field

    def set_mouse(self, at: QPointF | None, radius: int | None) -> None:
        """Follow the mouse, in the picture's pixels; no radius is no brush."""
        self.update(self._reach())
        self._at, self._radius = at, radius
        self.update(self._reach())

    def set_corners(self, corners: list[Point]) -> None:
        """Draw a polygon up to the mouse."""
        self.corners = corners
        self.update()

    def boundingRect(self) -> QRectF:
        """See Qt."""
        return self._field

    def paint(self, painter: QPainter, *_: object) -> None:
        """See Qt."""
        to_screen = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [to_screen.map(_centre(corner)) for corner in self.corners]
        line = QPolygonF([*corners, to_screen.map(self._at)] if corners and self._at is not None else corners)
        for pen in (QPen(_DARK, 3), QPen(_BRIGHT, 1.2)):
            painter.setPen(pen)
            painter.drawPolyline(line)
            for corner in corners:
                painter.drawRect(QRectF(corner.x() - _DOT, corner.y() - _DOT, 2 * _DOT, 2 * _DOT))
            if self._at is not None and self._radius is not None:
                radius = (self._radius + 0.5) * to_screen.m11()
                painter.drawEllipse(to_screen.map(self._at), radius, radius)
        painter.restore()

    def _reach(self) -> QRectF:
        """What has to be painted again when the mouse goes away from where it is."""
        if self._at is None:
            return QRectF()
        reach = (self._radius or 0) + 1 + _MARGIN_PX * self.pixelWidth()
        around = QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach)
        if self.corners:
            around |= QRectF(_centre(self.corners[-1]), self._at).normalized()
            around.adjust(-reach, -reach, reach, reach)
        return around


def _centre(corner: Point) -> QPointF:
    return QPointF(corner[0] + 0.5, corner[1] + 0.5)
