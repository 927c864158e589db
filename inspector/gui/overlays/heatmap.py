"""The severity map over the picture: transparent below T."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from inspector.gui.colours import Table, heat_table
from inspector.gui.shown import Shown
from inspector.stages.filtering import pixel_levels

_FINE_PIXELS = 6_000_000
"""Up to this size the map is interpolated to pixels, as the regions' outlines are; beyond it cells are painted."""


class Heatmap(pg.GraphicsObject):
    """An 8-bit map with a table of 256 colours: moving T changes the table, not the picture.

    Attributes
    ----------
    threshold : float
        T of the next painting.
    """

    def __init__(self) -> None:
        super().__init__()
        self.threshold, self._coloured = 0.0, -1.0
        self._image, self._field = QImage(), QRectF()

    @property
    def lut(self) -> Table:
        """The table, uint8 (256, 4) RGBA: nothing is painted below T."""
        return heat_table(self.threshold)

    def show_part(self, shown: Shown) -> None:
        """Paint the map of a part."""
        height, width = shown.pixels.shape[:2]
        if height * width <= _FINE_PIXELS:
            levels, field = pixel_levels(shown.levels, shown.cell, (height, width)), QRectF(0, 0, width, height)
        else:
            levels = shown.levels
            field = QRectF(0, 0, levels.shape[1] * shown.cell, levels.shape[0] * shown.cell)
        if field != self._field:
            self.prepareGeometryChange()
        rows, columns = levels.shape
        image = QImage(np.ascontiguousarray(levels).data, columns, rows, columns, QImage.Format.Format_Indexed8)
        self._field, self._image, self._coloured = field, image.copy(), -1.0
        self.update()

    def set_threshold(self, threshold: float) -> None:
        """Paint nothing below T."""
        self.threshold = threshold
        if threshold != self._coloured:
            self.update()

    def boundingRect(self) -> QRectF:
        """Of the map, in the picture's pixels."""
        return self._field

    def paint(self, painter: QPainter, *_: object) -> None:
        """See Qt."""
        if self._coloured != self.threshold:
            red, green, blue, alpha = self.lut.astype(np.uint32).T
            self._image.setColorTable((alpha << 24 | red << 16 | green << 8 | blue).tolist())
            self._coloured = self.threshold
        painter.drawImage(self._field, self._image)
