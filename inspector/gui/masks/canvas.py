"""The picture that a person draws on with the mouse."""

from enum import Enum

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QWheelEvent

from inspector.gui.image_view import ImageView
from inspector.gui.masks.hint import Hint
from inspector.gui.masks.layer import MaskLayer
from inspector.journal.drawing import Drawing, Point
from inspector.types import Pixels

SMALLEST, LARGEST = 0, 100
"""Radius of the brush, px of the picture; 0 is a single pixel."""

_LEFT = Qt.MouseButton.LeftButton


class Tool(Enum):
    """What the left button does."""

    BRUSH = "brush"
    POLYGON = "polygon"
    ERASER = "eraser"
    KIND = "kind"


class MaskCanvas(ImageView):
    """Draws with the left button; all else, as zooming and panning, is the picture's own.

    Attributes
    ----------
    kind : int
        Class id that is drawn.

    Signals
    -------
    drawn()
        The drawing, or the polygon that is not closed yet, is another one.
    resized(int)
        The brush has another radius.
    """

    drawn = Signal()
    resized = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("picture to draw the defects on")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.set_overlay_visible(False)
        self.layer, self._hint = MaskLayer(), Hint()
        for item in (self.layer, self._hint):
            self._box.addItem(item)
        self.kind = 1
        self._radius, self._tool = 8, Tool.BRUSH
        self._drawing = Drawing(np.zeros((0, 0), np.uint8))
        self._stroking = self._pressed = False
        self._at: QPointF | None = None

    @property
    def radius(self) -> int:
        """Of the brush, px of the picture."""
        return self._radius

    @property
    def tool(self) -> Tool:
        """What the left button does."""
        return self._tool

    @property
    def stroking(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._stroking

    @property
    def corners(self) -> list[Point]:
        """Of the polygon that is not closed yet."""
        return self._hint.corners

    def show_drawing(self, pixels: Pixels, drawing: Drawing) -> None:
        """Draw on a frame, uint8 (H, W) or (H, W, 3)."""
        self._drawing, self._stroking = drawing, False
        height, width = pixels.shape[:2]
        self._picture.setImage(pixels, autoLevels=False, levels=(0, 255))
        self._picture.show()
        self.layer.set_pixels(drawing.pixels)
        margin = max(height, width)
        self._hint.set_field(QRectF(-margin, -margin, width + 2 * margin, height + 2 * margin))
        self._hint.set_corners([])
        self.fit()

    def clear_drawing(self) -> None:
        """Show nothing."""
        self._drawing, self._stroking = Drawing(np.zeros((0, 0), np.uint8)), False
        self._picture.hide()
        self.layer.set_pixels(self._drawing.pixels)
        self._hint.set_corners([])

    def set_tool(self, tool: Tool) -> None:
        """Take a tool; a polygon that is not closed stays until it is closed or given up."""
        self._tool = tool
        self._show_hint()

    def set_radius(self, radius: int) -> None:
        """Make the brush larger or smaller."""
        radius = min(max(radius, SMALLEST), LARGEST)
        if radius != self._radius:
            self._radius = radius
            self._show_hint()
            self.resized.emit(radius)

    def change_size(self, steps: int) -> None:
        """Make the brush larger by steps that grow with it, or smaller."""
        self.set_radius(self._radius + steps * max(1, self._radius // 6))

    def fit(self) -> None:
        """The whole picture, as large as it can be."""
        height, width = self._drawing.pixels.shape
        if height:
            self._box.setRange(QRectF(0, 0, width, height), padding=0.01)
            self._fitted = True

    def undo(self) -> None:
        """Take the last corner or stroke back."""
        if self.corners:
            self.remove_corner()
        elif self._drawing.can_undo:
            self._drawing.undo()
            self._repaint()

    def redo(self) -> None:
        """Draw again what was taken back last."""
        if self._drawing.can_redo and not self.corners:
            self._drawing.redo()
            self._repaint()

    def remove_corner(self) -> None:
        """Take the polygon's last corner back."""
        self._set_corners(self.corners[:-1])

    def close_polygon(self) -> None:
        """Fill the polygon, if it has three corners."""
        if len(self.corners) > 2:
            self._drawing.polygon(self.corners, self.kind)
            self._hint.set_corners([])
            self._repaint()

    def give_up_polygon(self) -> None:
        """Forget the corners."""
        self._set_corners([])

    def erase_defect(self) -> None:
        """Erase the whole defect under the mouse."""
        if self._at is not None:
            self._recolour(_pixel(self._at), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, put a corner, or give a defect another kind."""
        if event.button() is not _LEFT or self._panning_from is not None or not self._drawing.pixels.size:
            super().mousePressEvent(event)
            return
        self._pressed = True
        self._follow(event)
        at = _pixel(self._place(event))
        if self._tool is Tool.POLYGON:
            self._set_corners([*self.corners, at])
        elif self._tool is Tool.KIND:
            self._recolour(at, self.kind)
        else:
            self._stroking = True
            self.layer.repaint(self._drawing.begin(at, self._radius, self._drawn_kind))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lead the brush."""
        if self._stroking:
            self.layer.repaint(self._drawing.extend(_pixel(self._place(event))))
        if not self._pressed:
            super().mouseMoveEvent(event)
        self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the brush."""
        if not self._pressed or event.button() is not _LEFT:
            super().mouseReleaseEvent(event)
            return
        self._pressed = False
        if self._stroking:
            self._finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close the polygon; its last corner was put by the first click."""
        if self._tool is Tool.POLYGON:
            self.close_polygon()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel is for the brush."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.change_size(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """There is no brush where the mouse is not."""
        super().leaveEvent(event)
        self._at = None
        self._show_hint()

    def hideEvent(self, event: QHideEvent) -> None:
        """A page that is left lifts the brush."""
        super().hideEvent(event)
        if self._stroking:
            self._finish()

    @property
    def _drawn_kind(self) -> int:
        return 0 if self._tool is Tool.ERASER else self.kind

    def _finish(self) -> None:
        self._stroking = False
        self._drawing.finish()
        self.drawn.emit()

    def _recolour(self, at: Point, kind: int) -> None:
        height, width = self._drawing.pixels.shape
        if 0 <= at[0] < width and 0 <= at[1] < height:
            self._drawing.recolour(at, kind)
            self._repaint()

    def _set_corners(self, corners: list[Point]) -> None:
        if corners != self.corners:
            self._hint.set_corners(corners)
            self.drawn.emit()

    def _repaint(self) -> None:
        self.layer.update()
        self.drawn.emit()

    def _follow(self, event: QMouseEvent) -> None:
        self._at = self._place(event)
        self._show_hint()
        if self._pressed:
            self.pointed.emit(*_pixel(self._at))

    def _show_hint(self) -> None:
        self._hint.set_mouse(self._at, self._radius if self._tool in (Tool.BRUSH, Tool.ERASER) else None)

    def _place(self, event: QMouseEvent) -> QPointF:
        return QPointF(self._box.mapSceneToView(self.mapToScene(event.position().toPoint())))


def _pixel(at: QPointF) -> Point:
    return int(at.x() // 1), int(at.y() // 1)
