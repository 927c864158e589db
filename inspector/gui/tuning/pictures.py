"""The frames of the set: which are shown, in what order, and one of them large."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.models import Models
from inspector.gui.recipe_field import Choice
from inspector.gui.tuning.frame_view import FrameView
from inspector.gui.tuning.grid import FrameGrid
from inspector.gui.tuning.small import Smalls
from inspector.tune.picking import Order, ordered
from inspector.tune.store import Store
from inspector.tune.swept import Ints
from inspector.tune.trial import Trial

FramesOf = Callable[[Trial, float], Ints]
"""Gives the frames that are wanted of a trial at a T."""


@dataclass(frozen=True)
class _Picked:
    text: str
    frames: FramesOf
    in_order: bool
    """Whether it gives them in an order of its own."""


class Pictures(QWidget):
    """Follows trial and T.

    Signals
    -------
    moved(float)
        A person moved T beside the large picture.
    troubled(str)
        A sentence for the banner.
    """

    moved = Signal(float)
    troubled = Signal(str)

    def __init__(self, models: Models, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trial: Trial | None = None
        self._judged = False
        self._threshold = 0.0
        self._picked: _Picked | None = None
        self._open: int | None = None
        self.smalls = Smalls(models, store)
        self.order = Choice("order", "What comes first")
        self.order.offer([f"{order} first" for order in Order])
        self.count, self.all = QLabel(), QPushButton("Show all")
        self.all.setToolTip("Show all frames again")
        self.grid, self.large = FrameGrid(self.smalls), FrameView(models, store)
        self._views = QStackedWidget()
        self._lay_out()
        self.order.currentIndexChanged.connect(self._sort_anew)
        self.all.clicked.connect(self.show_all)
        self.grid.opened.connect(self._look_closer)
        self.large.closed.connect(self._close_large)
        self.large.moved.connect(self.moved)
        self.large.troubled.connect(self.troubled)
        self._say()

    @property
    def settled(self) -> bool:
        """Whether everything is on the screen."""
        return self.smalls.settled and self.large.settled

    @property
    def is_large(self) -> bool:
        """Whether one frame is shown large."""
        return self._open is not None

    def show_trial(self, trial: Trial | None) -> None:
        """Show the frames of a trial; None keeps them and says nothing of them until there is one again."""
        self._judged = trial is not None
        if trial is not None:
            other_set = self._trial is None or self._trial.swept.truth is not trial.swept.truth
            self._trial = trial
            self.smalls.show_trial(trial)
            if other_set:
                self._picked = None
                self._close_large()
            elif self._open is not None:
                self.large.open(trial, self._open, self._threshold)
        else:
            self.large.clear()
        self._show()

    def clear(self) -> None:
        """Show no frames: another set, or another map of this one, is still to come."""
        self._close_large()
        self._trial, self._picked, self._judged = None, None, False
        self.grid.clear()
        self._say()

    def set_threshold(self, threshold: float) -> None:
        """Follow T."""
        self._threshold = threshold
        if self._open is not None:
            self.large.set_threshold(threshold)
        self._show()

    def pick(self, text: str, frames: FramesOf, in_order: bool = False) -> None:
        """Show some frames only: those that `frames` gives, whatever T will be."""
        self._picked = _Picked(text, frames, in_order)
        self._close_large()
        self._show()
        self.grid.scrollToTop()

    def show_all(self) -> None:
        """Show all frames."""
        self._picked = None
        self._show()

    def refresh(self) -> None:
        """Paint what was read."""
        if self.smalls.refresh(self.grid.seen()):
            self.grid.viewport().update()
        if self._open is not None:
            self.large.refresh()

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide heatmap and boxes in the grid."""
        self.grid.painter.overlay_visible = visible
        self.grid.viewport().update()

    def close_threads(self) -> None:
        """End what works here."""
        self.smalls.close()
        self.large.close_threads()

    def _show(self) -> None:
        trial = self._trial
        if trial is not None:
            frames = self._frames(trial) if self._judged else self.grid.frames.frames
            self.grid.show_frames(trial, self._judged, self._threshold, frames)
        self._say()

    def _frames(self, trial: Trial) -> Ints:
        if self._picked is not None and self._picked.in_order:
            return self._picked.frames(trial, self._threshold)
        frames = ordered(trial, self._threshold, list(Order)[self.order.currentIndex()])
        if self._picked is None:
            return frames
        return frames[np.isin(frames, self._picked.frames(trial, self._threshold))]

    def _say(self) -> None:
        number = len(self.grid.frames.frames)
        frames = f"{number} frame{'' if number == 1 else 's'}"
        self.count.setText(f"{self._picked.text}: {frames}" if self._picked else frames if self._trial else "")
        self.count.setToolTip(self.count.text())
        self.all.setVisible(self._picked is not None)
        self.order.setEnabled(self._picked is None or not self._picked.in_order)

    def _sort_anew(self) -> None:
        self._show()
        self.grid.scrollToTop()

    def _look_closer(self, frame: int) -> None:
        if self._trial is not None and self._judged:
            self._open = frame
            self.large.open(self._trial, frame, self._threshold)
            self._views.setCurrentWidget(self.large)
            self._head.hide()
            self.large.viewer.view.setFocus()

    def _close_large(self) -> None:
        if self._open is not None:
            self._open = None
            self._views.setCurrentWidget(self.grid)
            self._head.show()
            self.grid.setFocus()

    def _lay_out(self) -> None:
        label = QLabel("&Order")
        label.setBuddy(self.order)
        self.order.setFixedWidth(190)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head.addWidget(label)
        head.addWidget(self.order)
        head.addWidget(self.count, 1)
        head.addWidget(self.all)
        for view in (self.grid, self.large):
            self._views.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._head)
        column.addWidget(self._views, 1)
