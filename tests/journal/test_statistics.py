"""Yield, kinds and severities over time, against figures that were counted by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from builders import make_inspection, make_recipe
from judged_at import set_time

from inspector.journal.query import EntryFilter
from inspector.journal.statistics import (
    KindCount,
    accepted_severities,
    group_size,
    hour_bounds,
    pareto,
    shift_bounds,
    tallies,
)
from inspector.journal.store import Journal
from inspector.types import Verdict

ACCEPT, REVIEW, REJECT = Verdict
BERLIN = ZoneInfo("Europe/Berlin")
SHIFTS = (time(6), time(14), time(22))
START = datetime(2026, 3, 4, 5, 30, tzinfo=UTC)


def add(journal: Journal, after: timedelta, verdict: Verdict, kinds: Sequence[str] = (), severity: float = 1.0) -> int:
    """An inspection that was judged so long after `START`."""
    inspection = make_inspection(verdict=verdict, kinds=tuple(kinds))
    regions = tuple(region._replace(peak_severity=severity) for region in inspection.regions)
    entry_id = journal.add(replace(inspection, regions=regions), make_recipe(), "folder")
    set_time(journal, entry_id, START + after, max_severity=severity)
    return entry_id


@pytest.fixture
def ids(journal: Journal) -> list[int]:
    """Seven within three hours: at 5:30, 5:59, 6:00, 6:10, 6:20, 8:00 and 8:29 UTC."""
    told = (
        (0, ACCEPT, ()),
        (29, REJECT, ("crack", "pit")),
        (30, ACCEPT, ()),
        (40, REVIEW, ("pit",)),
        (50, REJECT, ("pit", "pit")),
        (150, ACCEPT, ()),
        (179, REJECT, ("stain",)),
    )
    return [add(journal, timedelta(minutes=minutes), verdict, kinds) for minutes, verdict, kinds in told]


def test_yield_by_the_hour(journal: Journal, ids: list[int]):
    hours = tallies(journal, hour_bounds(START, START + timedelta(minutes=180)))
    counts = [(tally.counts[ACCEPT], tally.counts[REVIEW], tally.counts[REJECT]) for tally in hours]
    assert counts == [(1, 0, 1), (1, 1, 1), (0, 0, 0), (1, 0, 1)]
    assert [tally.yield_share for tally in hours] == [1 / 2, 1 / 3, None, 1 / 2]
    assert [tally.total for tally in hours] == [2, 3, 0, 2]
    assert [journal.ids(tally.wanted) for tally in hours] == [ids[1::-1], ids[4:1:-1], [], ids[:4:-1]]


def test_yield_after_the_reviews(journal: Journal, ids: list[int]):
    journal.add_review(ids[1], ACCEPT, "anna", "a reflection")
    journal.add_review(ids[2], REJECT, "anna", "a crack")
    journal.add_review(ids[3], ACCEPT, "bert", "", blind=True)
    bounds = hour_bounds(START, START + timedelta(minutes=180))
    assert [tally.yield_share for tally in tallies(journal, bounds, final=True)] == [1, 0, None, 1 / 2]
    only_pits = tallies(journal, bounds, EntryFilter(kinds=("pit",)), final=True)
    assert [tally.total for tally in only_pits] == [1, 2, 0, 0]


def test_shifts_begin_by_the_clock_of_the_place_also_when_that_is_changed():
    # On 29 March the clocks of Berlin go forward at 2 o'clock, and that night's shift has 7 hours.
    bounds = shift_bounds(
        datetime(2026, 3, 28, 15, tzinfo=BERLIN),
        datetime(2026, 3, 29, 15, tzinfo=BERLIN),
        (time(22), time(6), time(14)),
    )
    assert [bound.strftime("%d %H:%M") for bound in bounds] == [
        "28 14:00",
        "28 22:00",
        "29 06:00",
        "29 14:00",
        "29 22:00",
    ]
    assert [bound.astimezone(UTC).hour for bound in bounds] == [13, 21, 4, 12, 20]


def test_a_shift_that_ends_just_then_is_the_last():
    bounds = shift_bounds(datetime(2026, 3, 4, 6, tzinfo=UTC), datetime(2026, 3, 4, 14, tzinfo=UTC), SHIFTS)
    assert [bound.hour for bound in bounds] == [6, 14]
    days = shift_bounds(datetime(2026, 2, 27, 9, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC), (time(0),))
    assert [(day.month, day.day) for day in days] == [(2, 27), (2, 28), (3, 1), (3, 2)]


def test_hours_are_as_long_as_they_are_when_the_clocks_change():
    bounds = hour_bounds(datetime(2026, 3, 29, 0, 30, tzinfo=BERLIN), datetime(2026, 3, 29, 4, tzinfo=BERLIN))
    assert [bound.hour for bound in bounds] == [0, 1, 3, 4]
    seconds = [bound.timestamp() for bound in bounds]
    assert {later - earlier for earlier, later in pairwise(seconds)} == {3600}


def test_kinds_by_how_many_inspections_have_them(journal: Journal, ids: list[int]):
    assert pareto(journal) == [KindCount("pit", 3, 0.6), KindCount("crack", 1, 0.8), KindCount("stain", 1, 1.0)]
    assert pareto(journal, EntryFilter(verdicts=(REVIEW,))) == [KindCount("pit", 1, 1.0)]
    assert pareto(journal, EntryFilter(until=START)) == []


def test_the_severity_of_accepted_parts_in_groups(journal: Journal):
    for minute, severity in enumerate((1.0, 2.0, 3.0, 9.0, 2.0, 2.0, 5.0, 4.0)):
        add(journal, timedelta(minutes=minute), REJECT if severity == 9.0 else ACCEPT, severity=severity)
    first, second = accepted_severities(journal, size=3)
    assert (first.mean, first.highest) == (2.0, 3.0)
    assert (second.mean, second.highest) == (3.0, 5.0)
    assert (journal.ids(first.wanted), journal.ids(second.wanted)) == ([3, 2, 1], [7, 6, 5])
    late = EntryFilter(since=START + timedelta(minutes=5), recipes=(make_recipe().digest,))
    (only,) = accepted_severities(journal, late, size=3)
    assert only.mean == pytest.approx(11 / 3)
    assert journal.ids(only.wanted) == [8, 7, 6]
    assert accepted_severities(journal) == []


def test_groups_grow_where_there_would_be_more_points_than_can_be_seen():
    assert group_size(0) == group_size(10_000) == 25
    assert group_size(10_001) == 50
    assert group_size(1_000_000) == 3200
