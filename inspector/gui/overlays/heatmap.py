"""The severity map over the picture: transparent below T."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from inspector.gui.colours import heat_table
from inspector.gui.shown import Shown
from inspector.stages.filtering import pixel_levels

_FINE_PIXELS = 6_000_000
"""Up to this size the map is interpolated to pixels, as the regions' outlines are; beyond it cells are painted."""


class Heatmap(pg.ImageItem):
    """An 8-bit map with a table of 256 colours: moving T changes the table, not the picture."""

    def __init__(self) -> None:
        super().__init__(axisOrder="row-major")

    def show_part(self, shown: Shown) -> None:
        """Paint the map of a part."""
        height, width = shown.pixels.shape[:2]
        if height * width <= _FINE_PIXELS:
            self.setImage(pixel_levels(shown.levels, shown.cell, (height, width)), autoLevels=False, levels=(0, 255))
            self.setRect(QRectF(0, 0, width, height))
        else:
            rows, columns = shown.levels.shape
            self.setImage(shown.levels, autoLevels=False, levels=(0, 255))
            self.setRect(QRectF(0, 0, columns * shown.cell, rows * shown.cell))

    def set_threshold(self, threshold: float) -> None:
        """Paint nothing below T."""
        self.setLookupTable(heat_table(threshold))
