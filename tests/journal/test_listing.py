"""Where an inspection stands in a list, and a list that is read as it is asked for."""

from dataclasses import replace

import pytest
from builders import make_inspection, make_recipe

from inspector.journal.listing import Listed, place
from inspector.journal.query import EntryFilter, Order
from inspector.journal.store import Journal
from inspector.types import Verdict

VERDICTS = (Verdict.REJECT, Verdict.ACCEPT, Verdict.REVIEW, Verdict.REJECT, Verdict.ACCEPT, Verdict.REJECT)
SEVERITIES = (4.0, 7.0, 4.0, 9.0, 7.0, 4.0)


@pytest.fixture
def filled(journal: Journal) -> Journal:
    for verdict, severity in zip(VERDICTS, SEVERITIES, strict=True):
        inspection = make_inspection(verdict=verdict)
        region = inspection.regions[0]._replace(peak_severity=severity)
        journal.add(replace(inspection, regions=(region,)), make_recipe(), "folder")
    return journal


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("wanted", [EntryFilter(), EntryFilter(verdicts=(Verdict.REJECT, Verdict.REVIEW))])
def test_each_stands_where_the_list_has_it(filled: Journal, order: Order, wanted: EntryFilter) -> None:
    ids = filled.ids(wanted, order=order)
    assert [place(filled, filled.entry(entry_id), wanted, order) for entry_id in ids] == list(range(len(ids)))


@pytest.mark.parametrize("order", Order)
def test_one_that_does_not_match_has_no_place(filled: Journal, order: Order) -> None:
    rejects = EntryFilter(verdicts=(Verdict.REJECT,))
    places = [place(filled, filled.entry(entry_id), rejects, order) for entry_id in (5, 3, 2)]
    assert places == [None] * 3


def test_a_list_is_read_as_it_is_asked_for(filled: Journal) -> None:
    listed = Listed(filled, [4, 2])
    assert len(listed) == 2
    entries = iter(listed)
    assert next(entries).id == 4
    assert filled.entry(2) in listed
    assert filled.entry(3) not in listed
    assert [entry.id for entry in listed] == [4, 2]
