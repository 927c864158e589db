"""The mask over the picture: filled, with outlines of the same width at every zoom."""

import cv2
import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from inspector.dataset import IGNORE
from inspector.gui.masks.colours import colour_table
from inspector.types import Box, Pixels

_MARGIN = 3
"""Px of the screen that an outline looks around itself."""

_SHADE = 0xB0000000
"""Around a region, so that its outline is seen on a surface of its own colour."""

_WIDE, _NARROW = np.ones((5, 5), np.uint8), np.ones((3, 3), np.uint8)
_STRIPE = 4


class MaskLayer(pg.GraphicsObject):
    """Paints class ids as the screen shows them: what a stroke did not change is not painted again."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._pixels = np.zeros((0, 0), np.uint8)
        self._lines = colour_table(1.0)
        self.set_opacity(0.4)

    def set_pixels(self, pixels: Pixels) -> None:
        """Paint class ids, uint8 (H, W); they may change, and `repaint` is told where."""
        self.prepareGeometryChange()
        self._pixels = pixels
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Of what is filled, in [0, 1]; at 0 there are outlines alone."""
        self._fills = colour_table(opacity)
        self.update()

    def repaint(self, box: Box) -> None:
        """These pixels have changed."""
        top, left, bottom, right = box
        reach = (_MARGIN + 1) * self.pixelWidth()
        self.update(QRectF(left, top, right - left, bottom - top).adjusted(-reach, -reach, reach, reach))

    def boundingRect(self) -> QRectF:
        """See Qt."""
        height, width = self._pixels.shape
        return QRectF(0, 0, width, height)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, *_: object) -> None:
        """See Qt."""
        if not self._pixels.size:
            return
        to_screen = painter.transform()
        window = self.getViewWidget().viewport().rect()
        field = to_screen.mapRect(option.exposedRect & self.boundingRect()).toAlignedRect() & window
        if field.isEmpty():
            return
        ids = self._on_screen(to_screen, field.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        if not ids.any():
            return
        inner = slice(_MARGIN, -_MARGIN)
        colours = np.ascontiguousarray(self._coloured(ids, field)[inner, inner])
        image = QImage(colours.data, field.width(), field.height(), QImage.Format.Format_ARGB32_Premultiplied)
        painter.save()
        painter.setClipRect(self.boundingRect())
        painter.resetTransform()
        painter.drawImage(field.topLeft(), image)
        painter.restore()

    def _on_screen(self, to_screen: QTransform, field: QRect) -> Pixels:
        """The class id under each pixel of the screen; beyond the frame, its border's."""
        height, width = self._pixels.shape
        columns = (np.arange(field.left(), field.right() + 1) + 0.5 - to_screen.dx()) / to_screen.m11()
        rows = (np.arange(field.top(), field.bottom() + 1) + 0.5 - to_screen.dy()) / to_screen.m22()
        seen = self._pixels.take(np.clip(rows, 0, height - 1).astype(np.intp), axis=0)
        return seen.take(np.clip(columns, 0, width - 1).astype(np.intp), axis=1)

    def _coloured(self, ids: Pixels, field: QRect) -> npt.NDArray[np.uint32]:
        """The colours of class ids on the screen, uint32 of their shape."""
        colours = self._fills[ids]
        if (ignored := ids == IGNORE).any():  # striped, on the screen's own grid
            across = np.arange(field.left(), field.left() + ids.shape[1])
            down = np.arange(field.top(), field.top() + ids.shape[0])[:, None]
            np.copyto(colours, self._lines[IGNORE], where=ignored & ((across + down) // _STRIPE % 3 == 0))
        edges = (cv2.erode(ids, _WIDE) != cv2.dilate(ids, _WIDE)) & (ids > 0)
        np.copyto(colours, self._lines[ids], where=edges)
        np.copyto(colours, np.uint32(_SHADE), where=(ids == 0) & (cv2.dilate(ids, _NARROW) > 0))
        return colours
