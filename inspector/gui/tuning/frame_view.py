"""One frame of the set, large: what is found at T, and what is annotated."""

from typing import NamedTuple

import cv2
import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.dataset import defect_pixels
from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.models import Models
from inspector.gui.own_keys import Command, OwnKeys
from inspector.gui.severity_bar import STEPS
from inspector.gui.shown import Shown, show_inspection
from inspector.gui.tuning.grid_paint import TRUTH
from inspector.gui.viewer import PartViewer
from inspector.pipeline import judge
from inspector.tune.measuring import measured
from inspector.tune.store import Store
from inspector.tune.trial import Trial
from inspector.types import Pixels, Verdict


class _Opened(NamedTuple):
    shown: Shown
    mask: Pixels | None


class FrameView(OwnKeys):
    """Opens a frame in a thread; T moves here and on the page alike.

    Parameters
    ----------
    models : Models
    store : Store

    Signals
    -------
    closed()
        A person wants back to the others.
    moved(float)
        A person moved T here.
    troubled(str)
        Why the frame can't be shown.
    """

    closed = Signal()
    moved = Signal(float)
    troubled = Signal(str)

    def __init__(self, models: Models, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models, self._store = models, store
        self._opener: Newest[_Opened] = Newest("inspector-tune-frame")
        self._threshold = self._usual = 0.0
        self.viewer, self.back, self.title = PartViewer(), QPushButton("Back"), QLabel()
        self.back.setToolTip("Back to all frames (Esc)")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self._truth = _Outlines()
        self.viewer.view.centralWidget.addItem(self._truth)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.viewer, 1)
        self.back.clicked.connect(self.closed)
        self.viewer.threshold_moved.connect(self.moved)
        self.viewer.troubled.connect(self.troubled)
        self.viewer.painted.connect(self._say)

    @property
    def settled(self) -> bool:
        """Whether everything asked for is on the screen."""
        return self._opener.idle and self.viewer.settled

    def open(self, trial: Trial, number: int, threshold: float) -> None:
        """Show a frame of a trial at a T."""
        frame, recipe = trial.swept.truth.frames[number], trial.recipe
        self._threshold, self._usual = threshold, recipe.threshold

        def job() -> _Opened:
            known, measurement = measured(frame, self._models.get(recipe.model), self._store)
            inspection = judge(measurement, recipe.with_threshold(threshold))
            return _Opened(show_inspection(0, inspection, recipe), known.mask)

        self.clear()
        self.title.setText(f"{frame.name}: opening ...")
        self._opener.ask(job)

    def clear(self) -> None:
        """Say nothing of the frame until it is opened again."""
        self._opener.renew()
        self.viewer.show_part(None)
        self._truth.show_mask(None)
        self.title.clear()

    def set_threshold(self, threshold: float) -> None:
        """Follow T."""
        self._threshold = threshold
        self.viewer.bar.setValue(round(threshold * STEPS))

    def refresh(self) -> None:
        """Paint what was opened or judged."""
        try:
            opened = self._opener.take()
        except InspectorError as error:
            self.title.setText("")
            self.troubled.emit(str(error))
            return
        if opened is not None:
            self.viewer.set_threshold(self._threshold, self._usual)
            self._truth.show_mask(opened.mask)
            self.viewer.show_part(opened.shown)
        self.viewer.refresh()

    def close_threads(self) -> None:
        """End what works here."""
        self._opener.close()
        self.viewer.close_threads()

    def command(self, event: QKeyEvent) -> Command | None:
        """Escape leads back."""
        return self.closed.emit if event.key() == Qt.Key.Key_Escape else None

    def _say(self, shown: Shown | None) -> None:
        if shown is not None:
            why = f": {shown.reasons[0]}" if shown.reasons and shown.verdict is not Verdict.ACCEPT else ""
            self.title.setText(f"{shown.name}   {shown.verdict.upper()}{why}")


class _Outlines(pg.GraphicsObject):
    """What is annotated, in the picture's pixels."""

    def __init__(self) -> None:
        super().__init__()
        self._polygons: list[QPolygonF] = []
        self._field = QRectF()

    def show_mask(self, mask: Pixels | None) -> None:
        """Outline the defects of a mask, or nothing."""
        self.prepareGeometryChange()
        self._polygons, self._field = [], QRectF()
        if mask is not None:
            self._field = QRectF(0, 0, mask.shape[1], mask.shape[0])
            marked = defect_pixels(mask).astype(np.uint8)
            outlines, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
            for outline in outlines:
                self._polygons.append(QPolygonF([QPointF(x + 0.5, y + 0.5) for x, y in outline[:, 0].tolist()]))
        self.update()

    def boundingRect(self) -> QRectF:
        """See Qt."""
        return self._field

    def paint(self, painter: QPainter, *_: object) -> None:
        """See Qt."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((Qt.GlobalColor.black, 3.5), (TRUTH, 1.6)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            for polygon in self._polygons:
                painter.drawPolygon(polygon)
