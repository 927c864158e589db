"""Typed boxes around the defects; what was left out is dashed, on demand."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform

from inspector.gui.colours import abnormal
from inspector.gui.shown import Shown
from inspector.types import BACKGROUND, Region

_LABELLED = 12
"""Only the worst defects are labelled, so that labels do not hide the picture."""

_TEXT_PX = 13
_MARGIN = 3.0
_LEFT_OUT = QColor("#b9c2ca")
_SHADE = QColor(15, 17, 19, 200)


class Boxes(pg.GraphicsObject):
    """Boxes in the picture's pixels, labels in the screen's."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self._selected: Region | None = None
        self.left_out_visible = False

    def show_part(self, shown: Shown) -> None:
        """Paint the boxes of a part."""
        if self._shown is None or shown.pixels.shape[:2] != self._shown.pixels.shape[:2]:
            self.prepareGeometryChange()
        self._shown, self._selected = shown, None
        self.update()

    def select(self, region: Region | None) -> None:
        """Stress one defect."""
        self._selected = region
        self.update()

    def set_left_out_visible(self, visible: bool) -> None:
        """Show or hide what the classifier or the minimum area left out."""
        self.left_out_visible = visible
        self.update()

    def boundingRect(self) -> QRectF:
        """The picture and room for labels around it."""
        if self._shown is None:
            return QRectF()
        height, width = self._shown.pixels.shape[:2]
        return QRectF(0, 0, width, height)

    def paint(self, painter: QPainter, *_: object) -> None:
        """See Qt."""
        if self._shown is None:
            return
        to_screen = painter.transform()
        painter.save()
        painter.resetTransform()  # lines and letters keep their size at every zoom
        left_out = self._shown.left_out if self.left_out_visible else ()
        others = [region for region in self._shown.regions if region is not self._selected]
        selected = [self._selected] if self._selected else []
        self._boxes(painter, to_screen, left_out, QPen(_LEFT_OUT, 1.5, Qt.PenStyle.DashLine))
        self._boxes(painter, to_screen, others, QPen(abnormal(), 2))
        self._boxes(painter, to_screen, selected, QPen(abnormal(), 4))
        texts = [(region, f"{region.kind} {region.peak_severity:.1f}") for region in self._labelled()]
        texts += [(region, "false alarm" if region.kind == BACKGROUND else "too small") for region in left_out]
        window = QRectF(self.getViewWidget().viewport().rect())
        taken: list[QRectF] = []
        for region, text in texts:
            box = to_screen.mapRect(_rect(region))
            field = self._label_field(painter, window, box, text)
            if box.intersects(window) and not any(field.intersects(other) for other in taken):
                self._label(painter, field, text)
                taken.append(field)
        painter.restore()

    def _labelled(self) -> list[Region]:
        """The worst defects, the selected one first: where labels would overlap, the first one stands."""
        worst = list(self._shown.regions[:_LABELLED]) if self._shown else []
        first = [self._selected] if self._selected else []
        return [*first, *(region for region in worst if region is not self._selected)]

    @staticmethod
    def _boxes(painter: QPainter, to_screen: QTransform, regions: Sequence[Region], pen: QPen) -> None:
        """A frame may have a thousand: all are drawn at once."""
        around = [to_screen.mapRect(_rect(region)).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN) for region in regions]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in (QPen(_SHADE, pen.widthF() + 2), pen):
            painter.setPen(line)
            painter.drawRects(around)

    @staticmethod
    def _label_field(painter: QPainter, window: QRectF, rect: QRectF, text: str) -> QRectF:
        """Above the box, or below it where that would be outside the window."""
        font = QFont(painter.font())
        font.setPixelSize(_TEXT_PX)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        height = metrics.height() + 2
        top = rect.top() - _MARGIN - 2 - height
        if top < window.top():
            top = rect.bottom() + _MARGIN + 2
        width = metrics.horizontalAdvance(text) + 10
        left = min(rect.left() - _MARGIN, window.right() - width)
        return QRectF(max(0.0, left), top, width, height)

    @staticmethod
    def _label(painter: QPainter, field: QRectF, text: str) -> None:
        painter.fillRect(field, _SHADE)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(field, Qt.AlignmentFlag.AlignCenter, text)


def _rect(region: Region) -> QRectF:
    top, left, bottom, right = region.box
    return QRectF(left, top, right - left, bottom - top)
