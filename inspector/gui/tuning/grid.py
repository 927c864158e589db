"""The frames of the set as small pictures: truth outlined, severities above T, boxes around what is found."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget

from inspector.gui.tuning.grid_model import FrameModel
from inspector.gui.tuning.grid_paint import CELL, CellPainter
from inspector.gui.tuning.small import Smalls
from inspector.tune.swept import Ints
from inspector.tune.trial import Trial


class FrameGrid(QListView):
    """Goes on showing a picked frame as the order changes.

    Signals
    -------
    opened(int)
        A person wants to look closer at the frame of that number.
    """

    opened = Signal(int)

    def __init__(self, smalls: Smalls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames = FrameModel(smalls)
        self.setModel(self.frames)
        self.painter = CellPainter(self.frames, self)
        self.setItemDelegate(self.painter)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setGridSize(CELL)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.verticalScrollBar().setSingleStep(CELL.height() // 3)
        self.setAccessibleName("frames of the set")
        self.setMinimumSize(CELL.width() + 20, CELL.height() + 8)
        self.doubleClicked.connect(lambda index: self.opened.emit(int(self.frames.frames[index.row()])))

    @property
    def picked(self) -> int | None:
        """The frame that is picked."""
        row = self.currentIndex().row()
        return int(self.frames.frames[row]) if 0 <= row < len(self.frames.frames) else None

    def show_frames(self, trial: Trial, judged: bool, threshold: float, frames: Ints) -> None:
        """Show frames of a trial at a T; until it is `judged`, without what is found in them."""
        picked = self.picked
        self.frames.trial, self.frames.is_judged, self.frames.threshold = trial, judged, threshold
        if judged or len(self.frames.frames) != len(frames):
            self.frames.show_frames(frames)
            self._pick_again(picked)
        self.viewport().update()

    def clear(self) -> None:
        """Show no frames."""
        self.frames.show_frames(np.empty(0, np.intp))
        self.frames.trial = None

    def seen(self) -> Sequence[int]:
        """The frames on the screen, and those of the next page."""
        across = max(1, self.viewport().width() // CELL.width())
        first = self.verticalOffset() // CELL.height() * across
        rows = 2 * (self.viewport().height() // CELL.height() + 2)
        seen: list[int] = self.frames.frames[first : first + rows * across].tolist()
        return seen

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter looks closer; letters belong to the window, not to a search in the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.picked is not None:
            self.opened.emit(self.picked)
        elif event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the columns over the width there is."""
        super().resizeEvent(event)
        room = self.viewport().width() - 1
        across = max(1, room // CELL.width())
        self.setGridSize(QSize(room // across, CELL.height()))

    def _pick_again(self, frame: int | None) -> None:
        row = np.flatnonzero(self.frames.frames == frame)
        if frame is None or not len(row):
            return
        self.setAutoScroll(False)  # what is looked at stays where it is
        self.setCurrentIndex(self.frames.index(int(row[0])))
        self.setAutoScroll(True)
