from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.shifts import Shift, shift_start
from inspector.types import Verdict

THREE = (time(6), time(14), time(22))
ZONE = timezone(timedelta(hours=2))


def at(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "start"),
    [(at(6), at(6)), (at(13, 59), at(6)), (at(14), at(14)), (at(23), at(22)), (at(5, 59), at(22, day=9))],
)
def test_a_shift_begins_at_its_time_and_the_night_s_the_day_before(now: datetime, start: datetime) -> None:
    assert shift_start(now, THREE) == start
    assert shift_start(now, THREE[::-1]) == start


@given(st.datetimes(timezones=st.just(UTC)), st.lists(st.times(), min_size=1, max_size=4))
def test_every_time_lies_in_the_shift_that_began_last(now: datetime, starts: list[time]) -> None:
    if now.year in (1, 9999):
        return
    start = shift_start(now, starts)
    assert start <= now < start + timedelta(days=1)
    assert (start.hour, start.minute) in {(one.hour, one.minute) for one in starts}


def test_parts_are_counted_until_the_next_shift() -> None:
    shift = Shift.of(at(13), THREE)
    assert shift.yield_share is None
    for verdict in (Verdict.ACCEPT, Verdict.REJECT, Verdict.ACCEPT):
        shift = shift.with_part(verdict, at(13, 30).astimezone(UTC))
    assert (shift.parts, shift.yield_share) == (3, pytest.approx(2 / 3))
    later = shift.with_part(Verdict.REVIEW, at(14, 1).astimezone(UTC))
    assert (later.since, later.parts, later.yield_share) == (at(14), 1, 0)


def test_a_part_that_grows_worse_counts_once() -> None:
    shift = Shift.of(at(13), THREE).with_part(Verdict.REVIEW, at(13)).with_part(Verdict.ACCEPT, at(13))
    worse = shift.with_part(Verdict.REJECT, at(13, 1), Verdict.REVIEW)
    assert worse.counts == {Verdict.ACCEPT: 1, Verdict.REVIEW: 0, Verdict.REJECT: 1}
    elsewhere = worse.with_part(Verdict.REJECT, at(13, 2), Verdict.REVIEW)  # its first verdict was another shift's
    assert elsewhere.parts == 3


def test_a_late_frame_of_the_shift_before_counts_in_the_one_that_runs() -> None:
    """Frames wait a moment before they are judged."""
    shift = Shift.of(at(14), THREE).with_part(Verdict.ACCEPT, at(13, 59).astimezone(UTC))
    assert (shift.since, shift.parts) == (at(14), 1)
