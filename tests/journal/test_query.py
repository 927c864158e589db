"""Filters, counts and pages."""

from datetime import timedelta

import pytest
from builders import make_frame, make_inspection, make_recipe

from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.types import Verdict

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
        (EntryFilter(verdicts=(Verdict.REJECT,), kinds=("pit",), part="tile 2"), [4]),
    ],
)
def test_filters(journal: Journal, ids: list[int], wanted: EntryFilter, found: list[int]):
    assert [entry.id for entry in journal.entries(wanted)] == found
    assert journal.ids(wanted) == found
    assert sum(journal.counts(wanted).values()) == len(found)


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
