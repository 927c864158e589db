"""The picture: wheel zoom, pan, fit, 100 %, from defect to defect."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from inspector.gui.overlays.boxes import Boxes
from inspector.gui.overlays.heatmap import Heatmap
from inspector.gui.shown import Shown
from inspector.types import Region

_CLOSEST = 8
"""Smallest side of the picture's cut-out that can be zoomed to, in px."""

_AROUND_DEFECT = 96


class ImageView(pg.GraphicsView):
    """A part's picture with its overlays.

    Signals
    -------
    pointed(int, int)
        The pixel (x, y) under the mouse.
    """

    pointed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__(background=None)
        self.setAcceptDrops(False)  # files are dropped onto the window
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("picture of the part")
        self._box = pg.ViewBox(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=0)
        self._box.setLimits(minXRange=_CLOSEST, minYRange=_CLOSEST)
        self.setCentralItem(self._box)
        self._picture = pg.ImageItem(axisOrder="row-major")
        self.heatmap, self.boxes = Heatmap(), Boxes()
        for item in (self._picture, self.heatmap, self.boxes):
            self._box.addItem(item)
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._box.sigResized.connect(self._keep_fitted)
        self.scene().sigMouseMoved.connect(self._point)
        self._fitted = self._overlay_visible = True
        self._panning_from: QPointF | None = None
        self._shown: Shown | None = None
        self._selected = -1

    @property
    def shown(self) -> Shown | None:
        """What is painted."""
        return self._shown

    @property
    def selected(self) -> Region | None:
        """The defect that N or P came to."""
        return self._shown.regions[self._selected] if self._shown and self._selected >= 0 else None

    @property
    def field(self) -> QRectF:
        """What part of the picture is seen, in its pixels."""
        return self._box.viewRect()

    def show_part(self, shown: Shown, threshold: float) -> None:
        """Paint a part; the cut-out stays as long as the pictures have the same size."""
        before, self._shown, self._selected = self._shown, shown, -1
        if before is None or before.pixels is not shown.pixels:
            self._picture.setImage(shown.pixels, autoLevels=False, levels=(0, 255))
            self.heatmap.show_part(shown)
        self.heatmap.set_threshold(threshold)
        self.boxes.show_part(shown)
        self._show_items()
        if before is None or before.pixels.shape[:2] != shown.pixels.shape[:2]:
            self.fit()

    def clear_part(self) -> None:
        """Paint nothing: a frame that can't be read has no picture."""
        self._shown, self._selected = None, -1
        self._show_items()

    def set_threshold(self, threshold: float) -> None:
        """Repaint the heatmap at T, at once."""
        self.heatmap.set_threshold(threshold)

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide the heatmap and the boxes."""
        self._overlay_visible = visible
        self._show_items()

    def fit(self) -> None:
        """The whole picture, as large as it can be."""
        if self._shown:
            height, width = self._shown.pixels.shape[:2]
            self._box.setRange(QRectF(0, 0, width, height), padding=0.01)
            self._fitted = True

    def actual_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self._go_to(self._box.viewRect().center(), QRectF(self._box.rect()).width(), QRectF(self._box.rect()).height())

    def next_defect(self, step: int = 1) -> None:
        """Select the next defect, or the previous one with -1, and bring it into the middle."""
        if not self._shown or not self._shown.regions:
            return
        count = len(self._shown.regions)
        self._selected = (self._selected + step) % count if self._selected >= 0 else (0 if step > 0 else count - 1)
        region = self._shown.regions[self._selected]
        self.boxes.select(region)
        top, left, bottom, right = region.box
        side = max(_AROUND_DEFECT, 2 * (bottom - top), 2 * (right - left))
        self._go_to(QPointF((left + right) / 2, (top + bottom) / 2), side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and the mouse pan; all other keys belong to the window."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._panning_from = QPointF(self.mapFromGlobal(self.cursor().pos()))
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._panning_from = None
            self.viewport().unsetCursor()
        event.setAccepted(event.key() == Qt.Key.Key_Space)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while Space is held, else as pyqtgraph does: dragging pans."""
        if self._panning_from is None:
            super().mouseMoveEvent(event)
            return
        moved, self._panning_from = event.position() - self._panning_from, event.position()
        width, height = self._box.viewPixelSize()
        self._box.translateBy(x=-moved.x() * width, y=-moved.y() * height)
        self._fitted = False

    def _show_items(self) -> None:
        self._picture.setVisible(self._shown is not None)
        for overlay in (self.heatmap, self.boxes):
            overlay.setVisible(self._shown is not None and self._overlay_visible)

    def _keep_fitted(self) -> None:
        if self._fitted:
            self.fit()

    def _moved_by_hand(self) -> None:
        self._fitted = False

    def _go_to(self, centre: QPointF, width: float, height: float) -> None:
        self._fitted = False
        field = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        self._box.setRange(field, padding=0)

    def _point(self, position: QPointF) -> None:
        point = self._box.mapSceneToView(position)
        self.pointed.emit(int(point.x() // 1), int(point.y() // 1))
