"""The page that stays open all day: the part, its verdict, and how the line does."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inspector.gui.counts_panel import CountsPanel
from inspector.gui.part_id_box import PartIdBox
from inspector.gui.shown import Shown, show_inspection
from inspector.gui.stage_times import StageTimes
from inspector.gui.state import LineState, Part, Phase
from inspector.gui.thumbnails import Thumbnails
from inspector.gui.verdict_panel import VerdictPanel
from inspector.gui.viewer import PartViewer
from inspector.gui.worker import Line, can_run_again
from inspector.sources.base import SourceState
from inspector.types import Verdict

_SIDE = 330


class StationPage(QWidget):
    """Paints the newest state of the line, or the past part that a person looks at while it goes on.

    Parameters
    ----------
    line : Line

    Signals
    -------
    troubled(str)
        A sentence for the banner.
    run_again()
        The line is at its end and a person wants it to run.
    """

    troubled = Signal(str)
    run_again = Signal()

    def __init__(self, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._state = LineState(-1)
        self._past: Part | None = None
        self._live: Part | None = None
        self.viewer, self.verdict = PartViewer(), VerdictPanel()
        self.counts, self.times, self.thumbnails = CountsPanel(), StageTimes(), Thumbnails()
        self.part_id = PartIdBox()
        self.sound = False
        self.run, self.step, self.live = QPushButton("Pause"), QPushButton("Step"), QPushButton("Back to live")
        self._lay_out()
        self.run.clicked.connect(self.toggle)
        self.step.clicked.connect(self.step_once)
        self.live.clicked.connect(self.back_to_live)
        self.thumbnails.chosen.connect(self.look_at)
        self.viewer.threshold_moved.connect(line.set_threshold)
        self.part_id.entered.connect(line.set_part)
        self.viewer.painted.connect(self._say)
        self.viewer.troubled.connect(self.troubled)

    @property
    def state(self) -> LineState:
        """What is painted."""
        return self._state

    @property
    def looking_back(self) -> bool:
        """Whether a past part is on the screen."""
        return self._past is not None

    def refresh(self) -> None:
        """Paint what is new; the window calls this at most 30 times a second."""
        state, before = self._line.state, self._state
        if state is not before:
            self._state = state
            self._show_state(before)
        self.viewer.refresh()

    def toggle(self) -> None:
        """Run or pause."""
        if can_run_again(self._state.phase):
            self.run_again.emit()
        elif self._state.phase is Phase.PAUSED:
            self._line.resume()
        else:
            self._line.pause()

    def step_once(self) -> None:
        """Judge one more part, then wait."""
        self._line.step()

    def look_at(self, part: Part) -> None:
        """Show a past part; the line goes on."""
        self._past = part
        self.thumbnails.pick(part.entry_id)
        self._show_part(part)

    def back_to_live(self) -> None:
        """Show the newest part again."""
        self._past = None
        self.thumbnails.pick(None)
        self.live.setEnabled(False)
        self._show_live()

    def drop_threshold(self) -> None:
        """Go back to the T of the recipe: an operator judges by none that nobody saved."""
        self.refresh()  # a T that was saved just now is the recipe's
        recipe, moved = self._state.recipe, self.viewer.threshold
        if recipe is not None and moved != recipe.threshold:
            self.viewer.reset_threshold()
            self.troubled.emit(
                f"T is {recipe.threshold:.2f} again, as in recipe {recipe.name!r}: T {moved:.2f} was not saved."
            )

    def take_part_ids(self, wanted: bool) -> None:
        """Show the field for the ids of parts, or not."""
        self.part_id.setVisible(wanted)
        if wanted:
            self.part_id.setFocus()
        else:
            self._line.set_part("")

    def close_threads(self) -> None:
        """End what works for this page."""
        self.viewer.close_threads()

    def _lay_out(self) -> None:
        self.run.setToolTip("Run or pause the line (R)")
        self.step.setToolTip("Judge one more part, then wait (S)")
        self.live.setToolTip("Show the newest part again (L)")
        self.live.setEnabled(False)
        buttons = QHBoxLayout()
        for button in (self.run, self.step, self.live):
            buttons.addWidget(button, 1)
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.verdict, 1)
        for widget in (self.counts, self.times, self.part_id):
            side.addWidget(widget)
        self.part_id.hide()
        side.addLayout(buttons)
        holder = QWidget()
        holder.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        holder.setFixedWidth(_SIDE)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.viewer, 1)
        row.addWidget(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(row, 1)
        column.addWidget(self.thumbnails)
        self._side = holder

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On large screens the verdict is larger."""
        super().resizeEvent(event)
        self._side.setFixedWidth(max(_SIDE, self.width() // 4))

    def _show_state(self, before: LineState) -> None:
        state = self._state
        if state.number != before.number:
            self._live = self._past = None
            self.live.setEnabled(False)
            self.viewer.show_part(None)
            self.thumbnails.clear()
        elif self.sound and state.counts[Verdict.REJECT] > before.counts[Verdict.REJECT]:
            QApplication.beep()
        if state.recipe is not before.recipe and state.recipe is not None:
            self.viewer.set_threshold(state.recipe.threshold)
        self.counts.show_state(state)
        self.thumbnails.show_parts(state.parts)
        newest = state.parts[0] if state.parts else None
        self.times.show_state(state)
        again = can_run_again(state.phase)
        self.run.setText("Run again" if again else "Run" if state.phase is Phase.PAUSED else "Pause")
        self.run.setEnabled(state.phase is not Phase.LOADING)
        self.step.setEnabled(state.phase in (Phase.RUNNING, Phase.PAUSED))
        if self._past is None and (newest is None or newest is not self._live):
            self._show_live()
        elif state.phase is not before.phase or state.link != before.link or state.ended is not before.ended:
            self._say(self.viewer.view.shown)

    def _show_live(self) -> None:
        self._live = self._state.parts[0] if self._state.parts else None
        self.part_id.show_waiting("")
        if self._live is None:
            self._say_why_nothing()
        else:
            self._show_part(self._live)

    def _show_part(self, part: Part) -> None:
        self.live.setEnabled(self.looking_back)
        recipe = self._state.recipe
        if part.inspection is None or recipe is None:
            self.viewer.show_part(None)
            self.verdict.say_nothing(part.error, "UNREADABLE", self._title(part.name))
        else:
            self.viewer.show_part(show_inspection(part.entry_id, part.inspection, recipe))

    def _say(self, shown: Shown | None) -> None:
        if shown is None:
            return
        if not self.looking_back and (self._state.phase is Phase.FAULT or self._state.cut_off):
            self._say_why_nothing(f"\nThe last part was {shown.name}.")
        else:
            self.verdict.say(shown, self._title(shown.name), past=self.looking_back)
            if not self.looking_back and not shown.is_preview:
                self.verdict.say_part(self._state.in_hand, self._state.ended, self._state.views)

    def _say_why_nothing(self, further: str = "") -> None:
        """There is no verdict of now: the line loads, stands, or its source gives no picture."""
        state = self._state
        waits = state.phase is Phase.RUNNING and state.link.state is not SourceState.LIVE
        text, word = (state.link.text, f"source {state.link.state}") if waits else (state.text, state.phase)
        self.verdict.say_nothing(text + further, word.upper())

    def _title(self, name: str) -> str:
        if self.looking_back:
            return f"PAST PART   {name}"
        return f"{'LIVE' if self._state.phase is Phase.RUNNING else self._state.phase.upper()}   {name}"
