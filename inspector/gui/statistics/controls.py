"""What the statistics are about: time, steps, recipe, and whose verdicts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from PySide6.QtCore import QDateTime, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QHBoxLayout, QLabel, QPushButton, QWidget

from inspector.gui.statistics.figures import Asked
from inspector.gui.statistics.periods import MOST_STEPS, Period, Span, Step, bounds_of, span_of

_ALL = "all recipes"
_VERDICTS = ("program's verdicts", "after review")
_FORM = "yyyy-MM-dd HH:mm"


class Controls(QWidget):
    """One row above the charts.

    Parameters
    ----------
    shifts : sequence of time
        When the shifts of a day begin, in local time.

    Signals
    -------
    changed()
        Something else is asked, or the same anew.
    """

    changed = Signal()

    def __init__(self, shifts: Sequence[time], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shifts = shifts
        self.period, self.step, self.recipe, self.verdicts = (QComboBox() for _ in range(4))
        self.since, self.until = QDateTimeEdit(), QDateTimeEdit()
        self.to, self.problem, self.again = QLabel("to"), QLabel(), QPushButton("Refresh")
        self.period.addItems([period.value for period in Period])
        self.step.addItems([step.value for step in Step])
        self.recipe.addItem(_ALL, "")
        self.verdicts.addItems(list(_VERDICTS))
        self.recipe.setMinimumContentsLength(14)
        self.recipe.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for edit, days_ago in ((self.since, 1), (self.until, 0)):
            edit.setDisplayFormat(_FORM)
            edit.setCalendarPopup(True)
            edit.setKeyboardTracking(False)
            edit.setDateTime(QDateTime.currentDateTime().addDays(-days_ago))
            edit.dateTimeChanged.connect(self._change_time)
        self._name_all()
        self._lay_out()
        self._show_dates()
        self.period.currentIndexChanged.connect(self._change_time)
        for box in (self.step, self.recipe, self.verdicts):
            box.currentIndexChanged.connect(self.changed)
        self.again.clicked.connect(self.changed)

    def asked(self) -> Asked | None:
        """What the controls ask for; None where it makes no sense, which is said beside them."""
        span = self._span()
        self.problem.setText("" if span.since < span.until else "the first time must lie before the second")
        if span.since >= span.until:
            return None
        step = Step(self.step.currentText())
        bounds = bounds_of(span, step, self._shifts)
        while len(bounds) > MOST_STEPS and step is not Step.DAY:
            step = list(Step)[list(Step).index(step) + 1]
            bounds = bounds_of(span, step, self._shifts)
            self._put_step(step)
        if len(bounds) > MOST_STEPS:
            self.problem.setText(f"choose {MOST_STEPS} days at most")
            return None
        return Asked(tuple(bounds), self.recipe.currentData(), self.verdicts.currentIndex() == 1)

    def offer_recipes(self, recipes: Mapping[str, str]) -> None:
        """The recipes that judged in this time; the chosen one stays."""
        chosen = self.recipe.currentData()
        with QSignalBlocker(self.recipe):
            text = self.recipe.currentText()
            self.recipe.clear()
            self.recipe.addItem(_ALL, "")
            for digest, words in {**({chosen: text} if chosen else {}), **recipes}.items():
                self.recipe.addItem(words, digest)
            self.recipe.setCurrentIndex(self.recipe.findData(chosen))

    def _span(self) -> Span:
        period = Period(self.period.currentText())
        if period is Period.EXACT:
            since, until = (edit.dateTime().toPython() for edit in (self.since, self.until))
            assert isinstance(since, datetime), "Qt gives a time"
            assert isinstance(until, datetime), "Qt gives a time"
            return Span(since, until)
        return span_of(period, datetime.now(), self._shifts)

    def _change_time(self) -> None:
        self._show_dates()
        self._put_step(self._span().usual_step)
        self.changed.emit()

    def _put_step(self, step: Step) -> None:
        with QSignalBlocker(self.step):
            self.step.setCurrentText(step.value)

    def _show_dates(self) -> None:
        exact = Period(self.period.currentText()) is Period.EXACT
        for widget in (self.since, self.to, self.until):
            widget.setVisible(exact)

    def _name_all(self) -> None:
        told = {
            self.period: ("time", "Which time the statistics are about"),
            self.since: ("from", "The first time"),
            self.until: ("to", "The time at which they end"),
            self.step: ("steps", "What a bar or a point is about: an hour, a shift or a day"),
            self.recipe: ("recipe", "Inspections of this recipe alone; severities compare within one recipe only"),
            self.verdicts: ("verdicts", "As the program judged, or with what people's reviews made of it"),
            self.again: ("refresh", "Read the journal anew (F5)"),
        }
        for widget, (name, tip) in told.items():
            widget.setAccessibleName(name)
            widget.setToolTip(tip)
        self.again.setShortcut("F5")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (
            self.period,
            self.since,
            self.to,
            self.until,
            self.step,
            self.recipe,
            self.verdicts,
            self.problem,
        ):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.again)
