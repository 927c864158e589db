"""The page of statistics: yield, kinds, and whether the severity of accepted parts drifts."""

from collections.abc import Callable, Sequence
from datetime import time

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.colours import verdict_look
from inspector.gui.statistics.charts import draw_kinds, draw_losses, draw_severities, draw_yield
from inspector.gui.statistics.controls import Controls
from inspector.gui.statistics.figures import Figures, read_figures
from inspector.gui.statistics.panel import Panel
from inspector.gui.worker import Line
from inspector.types import Verdict

_FEWEST = 2
"""Points that make a line."""


class StatisticsPage(QWidget):
    """Reads the journal in a thread of its own, while the line writes it.

    Parameters
    ----------
    line : Line
        Holds the journal.
    shifts : sequence of time
        When the shifts of a day begin, in local time.

    Signals
    -------
    troubled(str)
        A sentence for the banner.
    chosen(object)
        The `EntryFilter` of a bar or a point whose parts a person wants to see.
    """

    troubled = Signal(str)
    chosen = Signal(object)

    def __init__(self, line: Line, shifts: Sequence[time], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._reader: Newest[Figures] = Newest("inspector-statistics")
        self._figures: Figures | None = None
        self._undrawn: list[Callable[[], None]] = []
        self._stale = False
        self.controls, self.numbers, self.nothing = Controls(shifts), QLabel(), QLabel()
        self.yields = Panel("Yield, %")
        self.losses = Panel("Rejected and to review")
        self.severities = Panel("Severity of accepted parts")
        self.kinds = Panel("Kinds of defects", lying=True)
        self.losses.say("", chart=True, about="filled: rejected; outlined: to review")
        self._charts = QWidget()
        self._lay_out()
        self.controls.changed.connect(self.reload)
        for panel in (self.yields, self.losses, self.severities, self.kinds):
            panel.chart.chosen.connect(self.chosen)

    @property
    def settled(self) -> bool:
        """Whether everything asked for is on the screen."""
        return self._reader.idle and not self._stale and not self._undrawn

    @property
    def figures(self) -> Figures | None:
        """What is on the screen."""
        return self._figures

    def reload(self) -> None:
        """Read the journal anew, at the next painting."""
        self._stale = True

    def refresh(self) -> None:
        """Paint what was read; the window calls this at most 30 times a second."""
        journal = self._line.journal
        if self._stale and journal is not None:
            self._stale = False
            self._reader.renew()
            self.unsetCursor()
            asked = self.controls.asked()
            if asked is not None:
                self.setCursor(Qt.CursorShape.BusyCursor)
                self._reader.ask(lambda: read_figures(journal, asked))
        try:
            figures = self._reader.take()
        except InspectorError as error:
            self.unsetCursor()
            self.troubled.emit(str(error))
            return
        if figures is not None:
            self.unsetCursor()
            self._figures = figures
            self.controls.offer_recipes(figures.recipes)
            self._show(figures)
        if self._undrawn:
            self._undrawn.pop(0)()

    def close_threads(self) -> None:
        """End what works for this page."""
        self._reader.close()

    def showEvent(self, event: QShowEvent) -> None:
        """What was inspected meanwhile is seen when the page comes up."""
        super().showEvent(event)
        self.reload()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme has other colours."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._figures is not None:
            self._show(self._figures)

    def _show(self, figures: Figures) -> None:
        """Say the numbers; a chart is drawn at each painting, so that none of them takes long."""
        total = sum(figures.counts.values())
        self._charts.setVisible(total > 0)
        self.numbers.setVisible(total > 0)
        self.nothing.setVisible(not total)
        if not total:
            self._undrawn = []
            self.nothing.setText(_why_empty(figures))
            return
        self.numbers.setText(_in_numbers(figures))
        self._undrawn = [
            lambda: draw_yield(self.yields.chart, figures),
            lambda: draw_losses(self.losses.chart, figures),
            lambda: self._draw_severities(figures),
            lambda: self._draw_kinds(figures),
        ]

    def _draw_kinds(self, figures: Figures) -> None:
        about = "inspections with each, and the share up to it"
        self.kinds.say("" if figures.kinds else "No defect was found.", chart=bool(figures.kinds), about=about)
        draw_kinds(self.kinds.chart, figures)

    def _draw_severities(self, figures: Figures) -> None:
        severities = figures.severities
        if severities is None:
            self.severities.say("Nothing was judged under this recipe.", chart=False)
            return
        drawable = len(severities.points) >= _FEWEST
        about = f"{severities.recipe}; means of {severities.size}"
        self.severities.say(severities.words, chart=drawable, about=about)
        look = verdict_look(Verdict.REVIEW, self.palette())
        last = len(severities.points) - 1
        alarming = last in severities.outside
        self.severities.words.setStyleSheet(f"color: {look.ink.name()}; font-weight: 600;" if alarming else "")
        if drawable:
            draw_severities(self.severities.chart, severities)

    def _lay_out(self) -> None:
        for label in (self.numbers, self.nothing):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setText("The journal is being opened.")
        over_time = QVBoxLayout()
        for panel, stretch in ((self.yields, 3), (self.losses, 3), (self.severities, 4)):
            over_time.addWidget(panel, stretch)
        row = QHBoxLayout(self._charts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(over_time, 7)
        row.addWidget(self.kinds, 3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 12)
        for widget, stretch in ((self.controls, 0), (self.numbers, 0), (self.nothing, 1), (self._charts, 1)):
            whole.addWidget(widget, stretch)
        self._charts.hide()


def _in_numbers(figures: Figures) -> str:
    counts = figures.counts
    total = sum(counts.values())
    words = {Verdict.ACCEPT: "accepted", Verdict.REVIEW: "to review", Verdict.REJECT: "rejected"}
    told = [f"{total:,} inspections", *(f"{counts[verdict]:,} {word}" for verdict, word in words.items())]
    return "     ".join([*told, f"yield {counts[Verdict.ACCEPT] / total:.2%}"])


def _why_empty(figures: Figures) -> str:
    asked = figures.asked
    since, until = asked.bounds[0], asked.bounds[-1]
    if figures.recipes:
        return "Nothing was judged under this recipe in this time; choose another recipe."
    words = f"Nothing was inspected from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}."
    if figures.last is None:
        return f"{words}\nThe journal is empty; statistics begin with the first part."
    return f"{words}\nThe newest inspection of this journal is of {figures.last.astimezone():%Y-%m-%d %H:%M}."
