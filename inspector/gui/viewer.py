"""One part to be looked at: picture, severity bar and T; a moved T is answered by a thread of its own."""

import time

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.image_view import ImageView
from inspector.gui.severity_bar import STEPS, SeverityBar, ThresholdBox
from inspector.gui.shown import Shown, region_at
from inspector.types import LEVEL_MAX, SEVERITY_MAX

_DRAGGED_S = 0.04
"""A T that moves again so soon is dragged; a little longer than from one painting to the next."""


class PartViewer(QWidget):
    """Shows a part and lets a person move T.

    The heatmap follows T in this thread, at once: that is a change of 256 colours. Boxes and verdict come from
    `judge` in another thread, and only the newest T waits for it. While T is dragged, all is painted at the window's
    own pace: a mouse reports four times as often.

    Signals
    -------
    threshold_moved(float)
        A person moved T.
    painted(object)
        The `Shown` whose verdict is to be displayed, or None.
    troubled(str)
        Why a part can't be judged anew.
    """

    threshold_moved = Signal(float)
    painted = Signal(object)
    troubled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.bar, self.box = ImageView(), SeverityBar(), ThresholdBox()
        self.reset = QPushButton("Reset T")
        self.reset.setToolTip("Back to the T of the recipe (Ctrl+0)")
        self.controls, self.readout = QWidget(), QLabel()
        self.readout.setProperty("muted", True)
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self._judge: Newest[Shown] = Newest("inspector-judge")
        self._logged: Shown | None = None
        self._outdated = False
        self._threshold = self._usual = self._put_at = 0.0
        self._lay_out()
        self.bar.valueChanged.connect(lambda value: self._drag(value / STEPS))
        self.box.typed.connect(self._move)
        self.box.lineEdit().returnPressed.connect(self.view.setFocus)
        self.reset.clicked.connect(self.reset_threshold)
        self.view.pointed.connect(self._read_out)
        self.set_threshold(0)

    @property
    def threshold(self) -> float:
        """T as it stands here."""
        return self._threshold

    @property
    def logged(self) -> Shown | None:
        """The part on the screen, as the journal holds it."""
        return self._logged

    @property
    def settled(self) -> bool:
        """Whether nothing is left to be judged or painted."""
        return self._judge.idle and not self._outdated

    def set_threshold(self, threshold: float, usual: float | None = None) -> None:
        """Put T where the recipe, not a person, wants it; `usual` is what "Reset T" goes back to."""
        self._usual = threshold if usual is None else usual
        self._put(threshold)

    def reset_threshold(self) -> None:
        """Go back to the T of the recipe, as a person does with the button."""
        self._move(self._usual)

    def show_part(self, shown: Shown | None) -> None:
        """Show a part, judged at the T that stands here."""
        self._judge.renew()
        self._logged = shown
        self.bar.set_levels(shown.levels if shown else None)
        if shown is None:
            self.view.clear_part()
            self.readout.clear()
            self.painted.emit(None)
            return
        self._paint(shown)
        self._judge_anew()

    def refresh(self) -> None:
        """Paint what the judging thread has answered; the window calls this at its own pace.

        What T has come to since the last call is painted and judged from here.
        """
        if self._outdated:
            if self.box.value() != self._threshold:
                self._put(self._threshold)
            self._judge_anew()
        try:
            answer = self._judge.take()
        except InspectorError as error:
            self.troubled.emit(str(error))
            return
        if answer is not None:
            self._paint(answer)

    def type_threshold(self) -> None:
        """Let a person type T."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def close_threads(self) -> None:
        """End the judging thread."""
        self._judge.close()

    def _lay_out(self) -> None:
        side = QVBoxLayout(self.controls)
        side.setContentsMargins(0, 0, 0, 0)
        title = QLabel("severity")
        title.setProperty("muted", True)
        for widget in (title, self.bar, self.box, self.reset):
            side.addWidget(widget, 1 if widget is self.bar else 0)
        picture = QVBoxLayout()
        picture.setContentsMargins(0, 0, 0, 0)
        picture.addWidget(self.view, 1)
        picture.addWidget(self.readout)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(picture, 1)
        row.addWidget(self.controls)

    def _move(self, threshold: float) -> None:
        if threshold == self._threshold:
            return
        self._put(threshold)
        self._outdated = True
        self.threshold_moved.emit(threshold)

    def _drag(self, threshold: float) -> None:
        if time.perf_counter() - self._put_at > _DRAGGED_S:
            self._move(threshold)
        elif threshold != self._threshold:
            self._threshold = self.view.heatmap.threshold = threshold
            self._outdated = True
            self.threshold_moved.emit(threshold)

    def _put(self, threshold: float) -> None:
        self._threshold, self._put_at = threshold, time.perf_counter()
        with QSignalBlocker(self.bar), QSignalBlocker(self.box):
            self.bar.setValue(round(threshold * STEPS))
            self.box.setValue(threshold)
        self.bar.update()
        self.reset.setEnabled(threshold != self._usual)
        self.view.set_threshold(threshold)

    def _judge_anew(self) -> None:
        logged, threshold, self._outdated = self._logged, self._threshold, False
        if logged is None:
            return
        if threshold == logged.threshold:
            self._judge.renew()
            self._paint(logged)
        else:
            self._judge.ask(lambda: logged.under(threshold))

    def _paint(self, shown: Shown) -> None:
        self.view.show_part(shown, self._threshold)
        self.painted.emit(shown)

    def _read_out(self, x: int, y: int) -> None:
        shown = self.view.shown
        if shown is None or not (0 <= y < shown.pixels.shape[0] and 0 <= x < shown.pixels.shape[1]):
            self.readout.clear()
            return
        value = shown.pixels[y, x]
        grey = f"grey {value}" if shown.pixels.ndim == 2 else "rgb {} {} {}".format(*value)
        severity = shown.levels[y // shown.cell, x // shown.cell] * SEVERITY_MAX / LEVEL_MAX
        region = region_at(shown.regions + shown.left_out, x, y)
        kind = region.kind if region else ""
        self.readout.setText(f"x {x}   y {y}   {grey}   severity {severity:.1f}   {kind}")
