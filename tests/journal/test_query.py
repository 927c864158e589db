"""Filters, orders, counts and pages, and that a long list needs no row that it does not show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import make_frame, make_inspection, make_recipe
from sqlalchemy import event

from inspector.journal.query import EntryFilter, Order
from inspector.journal.schema import number_text
from inspector.journal.store import Journal
from inspector.types import Verdict

ACCEPT, REVIEW, REJECT = Verdict

ROWS = (
    ("a.png", "tile 1", Verdict.ACCEPT, (), ()),
    ("b.png", "tile 1", Verdict.REJECT, ("crack", "crack"), ("Riß von 3 mm2",)),
    ("c_1.png", "tile 2", Verdict.REVIEW, ("pit",), ("a pit of 9 px2 is for review",)),
    ("cx1.png", "tile 2", Verdict.REJECT, ("pit", "crack"), ("100% pit",)),
)


@pytest.fixture
def ids(journal: Journal) -> list[int]:
    recipe = make_recipe()
    return [
        journal.add(
            make_inspection(make_frame(name=name, part=part), verdict=verdict, kinds=kinds, reasons=reasons),
            recipe,
            "Folder",
        )
        for name, part, verdict, kinds, reasons in ROWS
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EntryFilter(), [4, 3, 2, 1]),
        (EntryFilter(verdicts=(Verdict.REJECT,)), [4, 2]),
        (EntryFilter(verdicts=(Verdict.REJECT, Verdict.ACCEPT)), [4, 2, 1]),
        (EntryFilter(kinds=("crack",)), [4, 2]),
        (EntryFilter(kinds=("pit", "crack")), [4, 3, 2]),
        (EntryFilter(kinds=("background",)), []),
        (EntryFilter(part="tile 2"), [4, 3]),
        (EntryFilter(part="tile"), []),
        (EntryFilter(text="TILE 1"), [2, 1]),
        (EntryFilter(text="c_1"), [3]),
        (EntryFilter(text="100%"), [4]),
        (EntryFilter(text="Riß"), [2]),
        (EntryFilter(text="folder"), [4, 3, 2, 1]),
        (EntryFilter(text="C_"), [3]),
        (EntryFilter(text='ile" 2'), []),
        (EntryFilter(sources=("Folder", "elsewhere")), [4, 3, 2, 1]),
        (EntryFilter(sources=("folder",)), []),
        (EntryFilter(recipes=(make_recipe().digest,)), [4, 3, 2, 1]),
        (EntryFilter(recipes=("another",)), []),
        (EntryFilter(station=0), [4, 3, 2, 1]),
        (EntryFilter(station=1), []),
        (EntryFilter(verdicts=(Verdict.REJECT,), kinds=("pit",), part="tile 2"), [4]),
    ],
)
def test_filters(journal: Journal, ids: list[int], wanted: EntryFilter, found: list[int]):
    assert [entry.id for entry in journal.entries(wanted)] == found
    assert journal.ids(wanted) == found
    assert sum(journal.counts(wanted).values()) == journal.count(wanted) == len(found)


def test_since_is_inclusive_and_until_exclusive(journal: Journal, ids: list[int]):
    times = [journal.entry(entry_id).time for entry_id in ids]
    assert journal.ids(EntryFilter(since=times[1], until=times[3])) == [3, 2]
    assert journal.ids(EntryFilter(since=times[3] + timedelta(seconds=1))) == []


def test_a_time_without_zone_is_a_fault(journal: Journal, ids: list[int]):
    with pytest.raises(Exception, match="no time zone"):
        journal.ids(EntryFilter(since=journal.entry(1).time.replace(tzinfo=None)))


def test_reviewed(journal: Journal, ids: list[int]):
    journal.add_review(2, Verdict.ACCEPT, "Ana", "a scratch of the tray")
    journal.add_review(2, Verdict.REJECT, "Ben", "no, a crack")
    assert journal.ids(EntryFilter(reviewed=True)) == [2]
    assert journal.ids(EntryFilter(reviewed=False)) == [4, 3, 1]


def test_a_later_review_decides_unless_it_was_blind(journal: Journal, ids: list[int]):
    journal.add_review(1, REJECT, "Ana", "a crack")
    journal.add_review(2, ACCEPT, "Ana", "a reflection")
    journal.add_review(2, REVIEW, "Ben", "not sure")
    journal.add_review(4, ACCEPT, "Ben", "", blind=True)
    finals = {verdict: journal.ids(EntryFilter(final_verdicts=(verdict,))) for verdict in Verdict}
    assert finals == {ACCEPT: [], REVIEW: [3, 2], REJECT: [4, 1]}
    assert {entry.id: entry.final_verdict for entry in journal.entries()} == {
        4: REJECT,
        3: REVIEW,
        2: REVIEW,
        1: REJECT,
    }
    assert [review.blind for review in journal.entry(4).reviews] == [True]
    assert journal.ids(EntryFilter(reviewed=True, not_by="Ben")) == [1]


SEVERITIES = (2.0, 7.5, 5.0, 7.5)


@pytest.fixture
def sorted_ids(journal: Journal) -> list[int]:
    """Inspections 1 to 8, four of `SEVERITIES` twice, the first four accepted and the others by turns not."""
    verdicts = (ACCEPT, ACCEPT, ACCEPT, ACCEPT, REJECT, REVIEW, REJECT, REVIEW)
    return [add_severity(journal, verdict, SEVERITIES[number % 4]) for number, verdict in enumerate(verdicts)]


def add_severity(journal: Journal, verdict: Verdict, severity: float) -> int:
    inspection = make_inspection(verdict=verdict)
    region = inspection.regions[0]._replace(peak_severity=severity)
    return journal.add(replace(inspection, regions=(region,)), make_recipe(), "Folder")


ORDERED = {
    Order.NEWEST: [8, 7, 6, 5, 4, 3, 2, 1],
    Order.OLDEST: [1, 2, 3, 4, 5, 6, 7, 8],
    Order.MOST_SEVERE: [8, 6, 4, 2, 7, 3, 5, 1],
    Order.LEAST_SEVERE: [1, 5, 3, 7, 2, 4, 6, 8],
    Order.WORST: [7, 5, 8, 6, 4, 3, 2, 1],
    Order.BEST: [1, 2, 3, 4, 6, 8, 5, 7],
}


@pytest.mark.parametrize("order", Order)
def test_orders(journal: Journal, sorted_ids: list[int], order: Order):
    assert journal.ids(order=order) == ORDERED[order]
    pages = [journal.ids(limit=3, offset=offset, order=order) for offset in (0, 3, 6, 9)]
    assert pages == [ORDERED[order][offset : offset + 3] for offset in (0, 3, 6, 9)]
    doubtful = EntryFilter(verdicts=(REVIEW, REJECT))
    assert journal.ids(doubtful, order=order) == [number for number in ORDERED[order] if number > 4]
    assert [entry.id for entry in journal.entries(order=order)] == ORDERED[order]


@pytest.mark.parametrize("order", Order)
def test_the_next_unreviewed(journal: Journal, sorted_ids: list[int], order: Order):
    unseen = EntryFilter(reviewed=False)
    journal.add_review(3, REJECT, "Ana", "a pit")
    walked, current = [], journal.ids(unseen, limit=1, order=order)[0]
    while current is not None:
        entry = journal.entry(current)
        journal.add_review(current, entry.verdict, "Ana", "")
        walked.append(current)
        current = journal.following(entry, unseen, order)
    assert walked == [number for number in ORDERED[order] if number != 3]


def test_a_range_of_severities(journal: Journal, sorted_ids: list[int]):
    assert journal.ids(EntryFilter(min_severity=5.0)) == [8, 7, 6, 4, 3, 2]
    assert journal.ids(EntryFilter(max_severity=5.0)) == [7, 5, 3, 1]
    assert journal.ids(EntryFilter(min_severity=5.1, max_severity=7.4)) == []


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(
    "wanted",
    [
        EntryFilter(),
        EntryFilter(verdicts=(REJECT,)),
        EntryFilter(verdicts=(REJECT,), reviewed=False),
        EntryFilter(final_verdicts=(ACCEPT,)),
    ],
    ids=["all", "rejects", "unreviewed", "final"],
)
def test_a_page_is_read_in_the_order_of_an_index(
    journal: Journal, plans: Callable[[], list[str]], wanted: EntryFilter, order: Order
):
    journal.ids(wanted, limit=100, offset=500, order=order)
    journal.count(wanted)
    own = [step for step in plans() if " inspections" in step]
    assert own
    assert all(" INDEX ix_inspections_" in step for step in own)
    assert not any("TEMP B-TREE" in step for step in plans())


@pytest.mark.parametrize(
    "wanted",
    [
        EntryFilter(sources=("Folder",), min_severity=3, max_severity=4),
        EntryFilter(recipes=("a digest",), verdicts=(ACCEPT, REVIEW)),
        EntryFilter(final_verdicts=(REJECT,), min_severity=7),
    ],
    ids=["source", "recipe", "severity"],
)
def test_what_a_list_is_filtered_by_needs_no_row(journal: Journal, plans: Callable[[], list[str]], wanted: EntryFilter):
    journal.count(wanted)
    assert any("inspections USING" in step and "INDEX" in step for step in plans())
    assert not any(step == "SCAN inspections" for step in plans())


def test_a_text_is_looked_up(journal: Journal, plans: Callable[[], list[str]]):
    journal.ids(EntryFilter(text="part-77"), limit=100)
    assert any("texts VIRTUAL TABLE" in step for step in plans())
    assert not any(step.startswith("SCAN inspections") for step in plans())


@pytest.fixture
def plans(journal: Journal) -> Callable[[], list[str]]:
    """How SQLite went about what it was asked."""
    seen: list[str] = []

    @event.listens_for(journal._engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT") and "inspections" in statement:
            seen.extend(row[3] for row in cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters).fetchall())

    return lambda: seen


def test_the_names_that_a_list_is_filtered_by(journal: Journal, ids: list[int]):
    other = make_recipe(3.0)
    journal.add(make_inspection(recipe=other), other, "camera:1")
    assert journal.sources() == ["Folder", "camera:1"]
    assert journal.recipe_names() == {"tile": (make_recipe().digest, other.digest)}
    assert journal.ids(EntryFilter(recipes=(other.digest,))) == [5]


def test_counts_name_every_verdict(journal: Journal, ids: list[int]):
    assert journal.counts() == {Verdict.ACCEPT: 1, Verdict.REVIEW: 1, Verdict.REJECT: 2}
    assert journal.counts(EntryFilter(part="nobody's")) == dict.fromkeys(Verdict, 0)


def test_kinds_are_those_of_defects(journal: Journal, ids: list[int]):
    assert journal.kinds() == ["crack", "pit"]


def test_pages(journal: Journal, ids: list[int]):
    assert [entry.id for entry in journal.entries(limit=2)] == [4, 3]
    assert [entry.id for entry in journal.entries(limit=2, offset=2)] == [2, 1]
    assert [entry.id for entry in journal.entries(limit=None)] == [4, 3, 2, 1]


def test_reading_keeps_the_order_asked_for(journal: Journal, ids: list[int]):
    assert [entry.id for entry in journal.read([2, 4, 1])] == [2, 4, 1]


def test_numbers_tell_the_station():
    assert number_text(60) == "60"
    assert number_text(20_000_000_060) == "2-60"
    assert number_text(10 * 10**10 + 7) == "10-7"


def test_a_list_ends_at_its_bound_also_when_more_was_judged(journal: Journal, ids: list[int]):
    times = [journal.entry(entry_id).time for entry_id in ids]
    for last, time in enumerate([*times, times[-1] + timedelta(days=1)]):
        wanted = EntryFilter(until=time)
        assert journal.count(wanted) == len(journal.ids(wanted)) == last
