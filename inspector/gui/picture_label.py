"""A picture as large as there is room for it."""

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.types import Pixels


class PictureLabel(QWidget):
    """Paints a frame, whole and of its proportions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    @property
    def shows(self) -> QSize:
        """Width and height of the picture in its own px; empty where there is none."""
        return self._image.size() if self._image else QSize()

    def show_pixels(self, pixels: Pixels | None) -> None:
        """Paint uint8 (H, W) or (H, W, 3) RGB, or nothing."""
        self._image = None
        if pixels is not None:
            kind = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
            whole = np.ascontiguousarray(pixels)
            height, width = whole.shape[:2]
            self._image = QImage(whole.data, width, height, whole.strides[0], kind).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(0, 0, self._image.scaled(size, mode=Qt.TransformationMode.SmoothTransformation))
