"""The time that inspections are listed of: the last hours, a day or a shift of it, from one time to another."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from PySide6.QtCore import QDate, QDateTime, QSignalBlocker, QTime, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QDateTimeEdit, QHBoxLayout, QLabel, QWidget

from inspector.journal.statistics import shift_bounds

_HOURS = {"last hour": 1, "last 24 hours": 24, "last 7 days": 7 * 24, "last 30 days": 30 * 24}
ANY, SHIFT, LAST_SHIFT, DAY, SPAN = "any time", "this shift", "the shift before", "a day ...", "from ... to ..."
_PERIODS = (ANY, *_HOURS, SHIFT, LAST_SHIFT, DAY, SPAN)
_INSTANT = timedelta(microseconds=1)
_DATE, _DATE_TIME = "yyyy-MM-dd", "yyyy-MM-dd HH:mm"

Bounds = tuple[datetime | None, datetime | None]


class TimeFilter(QWidget):
    """`period` chooses; what a day or a span needs stands in this widget.

    Parameters
    ----------
    shifts : sequence of time
        When the shifts of a day begin, in local time.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, shifts: Sequence[time], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._starts = sorted(shifts)
        self.period, self.shift = QComboBox(), QComboBox()
        self.day, self.since, self.until = QDateEdit(), QDateTimeEdit(), QDateTimeEdit()
        self.period.addItems(list(_PERIODS))
        ends = [*self._starts[1:], self._starts[0]]
        shifts_of_day = [f"{start:%H:%M} to {end:%H:%M}" for start, end in zip(self._starts, ends, strict=True)]
        self.shift.addItems(["whole day", *shifts_of_day])
        today = QDate.currentDate()
        self.day.setDate(today)
        self.since.setDateTime(QDateTime(today, QTime(0, 0)))
        self.until.setDateTime(QDateTime(today.addDays(1), QTime(0, 0)))
        self._lay_out()
        self._show_fields()
        self.period.currentIndexChanged.connect(self._show_fields)
        for told in (
            self.period.currentIndexChanged,
            self.shift.currentIndexChanged,
            self.day.dateChanged,
            self.since.dateTimeChanged,
            self.until.dateTimeChanged,
        ):
            told.connect(lambda *_: self.changed.emit())

    @property
    def bounds(self) -> Bounds:
        """From when on, and before when; aware, None is any."""
        chosen, now = self.period.currentText(), datetime.now().astimezone()
        if chosen in _HOURS:
            return datetime.now(UTC) - timedelta(hours=_HOURS[chosen]), None
        if chosen in (SHIFT, LAST_SHIFT):
            begun = self._shift_at(now)[0]
            return (begun, None) if chosen == SHIFT else self._shift_at(begun - _INSTANT)
        if chosen == DAY:
            return self._of_day()
        return (_read(self.since), _read(self.until)) if chosen == SPAN else (None, None)

    @property
    def is_set(self) -> bool:
        """Whether any time is left out."""
        return self.period.currentText() != ANY

    @property
    def needs_fields(self) -> bool:
        """Whether what was chosen is told by the fields in this widget."""
        return self.period.currentText() in (DAY, SPAN)

    def clear(self) -> None:
        """Any time."""
        self.period.setCurrentText(ANY)

    def show_bounds(self, since: datetime | None, until: datetime | None) -> None:
        """Show a span that was chosen elsewhere."""
        if since is None and until is None:
            self.clear()
            return
        with QSignalBlocker(self.since), QSignalBlocker(self.until):
            for field, at in ((self.since, since or datetime.fromtimestamp(0, UTC)), (self.until, until)):
                at = (at or datetime.now(UTC)).astimezone()
                field.setDateTime(QDateTime.fromMSecsSinceEpoch(round(at.timestamp() * 1000)))
        self.period.setCurrentText(SPAN)

    def _of_day(self) -> Bounds:
        day = self.day.date()
        midnight = datetime(day.year(), day.month(), day.day()).astimezone()
        number = self.shift.currentIndex()
        if number == 0:
            return midnight, (midnight.replace(tzinfo=None) + timedelta(days=1)).astimezone()
        start = self._starts[number - 1]
        return self._shift_at(midnight.replace(hour=start.hour, minute=start.minute))

    def _shift_at(self, at: datetime) -> tuple[datetime, datetime]:
        since, until = shift_bounds(at, at + _INSTANT, self._starts)
        return since, until

    def _show_fields(self) -> None:
        chosen = self.period.currentText()
        for widget in (self.day, self.shift):
            widget.setVisible(chosen == DAY)
        for field in (self.since, self._to, self.until):
            field.setVisible(chosen == SPAN)

    def _lay_out(self) -> None:
        self._to = QLabel("to")
        named = {self.period: "time", self.day: "day", self.shift: "shift", self.since: "from", self.until: "until"}
        for widget, name in named.items():
            widget.setAccessibleName(f"filter by time: {name}" if widget is not self.period else "filter by time")
            widget.setToolTip(f"List inspections by time: {name}")
        self.day.setDisplayFormat(_DATE)
        for field in (self.since, self.until):
            field.setDisplayFormat(_DATE_TIME)
        for field in (self.day, self.since, self.until):
            field.setCalendarPopup(True)
            field.setKeyboardTracking(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.day, self.shift, self.since, self._to, self.until):
            row.addWidget(widget)


def _read(field: QDateTimeEdit) -> datetime:
    return datetime.fromtimestamp(field.dateTime().toMSecsSinceEpoch() / 1000, UTC)
