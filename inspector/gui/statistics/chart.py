"""A chart whose bars or points lead to their parts, by mouse and by keys."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPalette, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from inspector.journal.query import EntryFilter

TICK_PX = 12
_NAMES, _NUMBERS = 104, 48
"""Px at the left of a chart."""

_LABELS = 9
"""So many times stand below a chart at most."""


_ROWS = 10
"""So many marks have room one below the other; fewer do not fill the chart."""


@dataclass(frozen=True)
class Mark:
    """A bar or a point.

    Attributes
    ----------
    text : str
        What it says, in words.
    wanted : EntryFilter
        Finds its inspections.
    """

    text: str
    wanted: EntryFilter


class Chart(pg.PlotWidget):
    """The marks stand at 0, 1, 2 ... from left to right, or downwards where the chart lies on its side.

    Arrow keys go from mark to mark, Enter and a click choose one.

    Signals
    -------
    pointed(str)
        What the mark under the mouse or of the keys says; nothing where there is none.
    chosen(object)
        The `EntryFilter` of a mark.
    """

    pointed = Signal(str)
    chosen = Signal(object)

    def __init__(self, name: str, lying: bool = False) -> None:
        super().__init__(background=None, enableMenu=False)
        self._lying = lying
        self._marks: Sequence[Mark] = ()
        self._current: int | None = None
        self.setAcceptDrops(False)  # files are dropped onto the window
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setToolTip(
            "Click a bar or a point to see its parts. Arrow keys go from one to the next, Enter shows its parts."
        )
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.getViewBox().invertY(lying)
        self._band = QGraphicsRectItem()
        self._band.setZValue(-10)
        self._band.hide()

    @property
    def marks(self) -> Sequence[Mark]:
        """Its bars or points."""
        return self._marks

    def begin(self) -> None:
        """Empty it, and take the colours of the theme."""
        self._point(None)
        self._marks = ()
        self.clear()
        palette = self.palette()
        font = self.font()
        font.setPixelSize(TICK_PX)
        self.setBackground(palette.color(QPalette.ColorRole.Base))
        self.getAxis("left").setWidth(_NAMES if self._lying else _NUMBERS)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(palette.color(QPalette.ColorRole.Mid))
            axis.setTextPen(palette.color(QPalette.ColorRole.PlaceholderText))
            axis.setStyle(tickFont=font, tickLength=-4)
        picked = QColor(palette.color(QPalette.ColorRole.Highlight))
        picked.setAlpha(50)
        self._band.setBrush(picked)
        self._band.setPen(QPen(Qt.PenStyle.NoPen))
        self.addItem(self._band, ignoreBounds=True)

    def finish(self, marks: Sequence[Mark], low: float, high: float, texts: Sequence[str]) -> None:
        """Show these marks, with values from `low` to `high`; `texts` stand beside as many of them as there is room."""
        self._marks = marks
        along = (-0.6, max(len(marks), _ROWS if self._lying else 1) - 0.4)
        if self._lying:
            self.setRange(xRange=(low, high), yRange=along, padding=0)
        else:
            self.setRange(xRange=along, yRange=(low, high), padding=0)
        every = 1 if self._lying else -(-len(marks) // _LABELS) or 1
        ticks = [(place, texts[place]) for place in range(0, len(texts), every)]
        self.getAxis("left" if self._lying else "bottom").setTicks([ticks])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the mouse."""
        super().mouseMoveEvent(event)
        self._point(self._under(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the mouse."""
        super().mouseReleaseEvent(event)
        place = self._under(event)
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(self._marks[place].wanted)

    def leaveEvent(self, event: QEvent) -> None:
        """See Qt."""
        super().leaveEvent(event)
        self._point(None)

    def wheelEvent(self, event: QEvent) -> None:
        """The charts show all of the time that is chosen."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by the Tab key begins with the last mark."""
        super().focusInEvent(event)
        if self._current is None and event.reason() is not Qt.FocusReason.MouseFocusReason and self._marks:
            self._point(0 if self._lying else len(self._marks) - 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """See Qt."""
        super().focusOutEvent(event)
        self._point(None)

    def event(self, event: QEvent) -> bool:
        """Arrows and Enter belong to the chart that has the focus."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._step(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        step = self._step(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.chosen.emit(self._marks[self._current].wanted)
        elif step is not None and self._marks:
            current = self._current if self._current is not None else -step
            self._point(min(max(current + step, 0), len(self._marks) - 1))
        else:
            event.ignore()

    def _step(self, event: QKeyEvent) -> int | None:
        keys = Qt.Key
        back, on = (keys.Key_Up, keys.Key_Down) if self._lying else (keys.Key_Left, keys.Key_Right)
        steps = {back: -1, on: 1, keys.Key_Home: -len(self._marks), keys.Key_End: len(self._marks)}
        return steps.get(keys(event.key())) if event.key() in steps else None

    def _under(self, event: QMouseEvent) -> int | None:
        view = self.getViewBox()
        scene = self.mapToScene(event.position().toPoint())
        if not view.sceneBoundingRect().contains(QPointF(scene)):
            return None
        at = view.mapSceneToView(scene)
        place = round(at.y() if self._lying else at.x())
        return place if 0 <= place < len(self._marks) else None

    def _point(self, place: int | None) -> None:
        if place == self._current:
            return
        self._current = place
        text = "" if place is None else self._marks[place].text
        if place is not None:
            (left, right), (low, high) = self.viewRange()
            across = QRectF(left, place - 0.5, right - left, 1.0)
            self._band.setRect(across if self._lying else QRectF(place - 0.5, low, 1.0, high - low))
        self._band.setVisible(place is not None)
        self.setAccessibleDescription(text)
        self.pointed.emit(text)
