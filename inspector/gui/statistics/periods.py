"""Which time the statistics are about, and in which steps; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from inspector.journal.statistics import hour_bounds, shift_bounds
from inspector.shifts import shift_start

MOST_STEPS = 400
"""So many bars can be told from one another on a large screen."""

_INSTANT = timedelta(microseconds=1)


class Period(StrEnum):
    """What a person can choose."""

    THIS_SHIFT = "this shift"
    LAST_SHIFT = "last shift"
    DAY = "last 24 hours"
    WEEK = "last 7 days"
    EXACT = "exact dates"


class Step(StrEnum):
    """What one bar is about."""

    HOUR = "by hour"
    SHIFT = "by shift"
    DAY = "by day"


@dataclass(frozen=True)
class Span:
    """From `since` on and before `until`, without a zone: the local time of this place."""

    since: datetime
    until: datetime

    @property
    def usual_step(self) -> Step:
        """A good one for a span of this length."""
        length = self.until - self.since
        return Step.HOUR if length <= timedelta(days=2) else Step.SHIFT if length <= timedelta(days=14) else Step.DAY


def span_of(period: Period, now: datetime, shifts: Sequence[time]) -> Span:
    """The span of a period other than exact dates; `now` in local time, without a zone."""
    shift = shift_start(now, shifts)
    if period is Period.THIS_SHIFT:
        return Span(shift, now)
    if period is Period.LAST_SHIFT:
        return Span(shift_start(shift - _INSTANT, shifts), shift)
    return Span(now - timedelta(hours=24 if period is Period.DAY else 7 * 24), now)


def bounds_of(span: Span, step: Step, shifts: Sequence[time]) -> list[datetime]:
    """The times between bars, aware; the first and the last are those of the span."""
    if step is Step.HOUR:
        bounds = hour_bounds(span.since, span.until)
    else:
        bounds = shift_bounds(span.since, span.until, shifts if step is Step.SHIFT else (time(0),))
    inner = [bound for bound in bounds if span.since < bound < span.until]
    # Each gets its own zone: within a week the clocks may be changed.
    return [bound.astimezone() for bound in (span.since, *inner, span.until)]
