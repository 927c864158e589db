"""How far two reviewers agree, counted by hand."""

import pytest
from builders import make_inspection, make_recipe

from inspector.journal.agreement import Agreement, agreement, reviewers
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.types import Verdict

ACCEPT, REVIEW, REJECT = Verdict


@pytest.fixture
def reviewed(journal: Journal) -> Journal:
    """Six inspections that Ana reviewed and then, blind, Ben."""
    pairs = ((REJECT, REJECT), (REJECT, ACCEPT), (ACCEPT, ACCEPT), (ACCEPT, ACCEPT), (REVIEW, REJECT), (REJECT, REJECT))
    for ana, ben in pairs:
        entry_id = journal.add(make_inspection(), make_recipe(), "folder")
        journal.add_review(entry_id, ana, "Ana", "")
        journal.add_review(entry_id, ben, "Ben", "", blind=True)
    return journal


def test_two_reviewers(reviewed: Journal):
    found = agreement(reviewed, "Ana", "Ben")
    assert found.counts == {(REJECT, REJECT): 2, (REJECT, ACCEPT): 1, (ACCEPT, ACCEPT): 2, (REVIEW, REJECT): 1}
    assert (found.total, found.disputed) == (6, (5, 2))
    assert found.share == pytest.approx(4 / 6)
    # By chance: Ana accepts 2, doubts 1, rejects 3; Ben 3, 0, 3: (6 + 0 + 9) / 36.
    assert found.kappa == pytest.approx((4 / 6 - 15 / 36) / (1 - 15 / 36))
    other = agreement(reviewed, "Ben", "Ana")
    assert other.counts[ACCEPT, REJECT] == 1
    assert other.kappa == pytest.approx(found.kappa)


def test_only_a_blind_second_review_counts_and_the_first_of_each(reviewed: Journal):
    seen = reviewed.add(make_inspection(), make_recipe(), "folder")
    reviewed.add_review(seen, REJECT, "Ana", "")
    reviewed.add_review(seen, REJECT, "Ben", "", blind=False)
    reviewed.add_review(2, REJECT, "Ben", "after they had talked")
    reviewed.add_review(1, ACCEPT, "Ana", "after they had talked")
    assert agreement(reviewed, "Ana", "Ben").disputed == (5, 2)
    assert agreement(reviewed, "Ana", "Ben").total == 6


def test_who_decides_and_what_waits_for_a_second_opinion(reviewed: Journal):
    third = reviewed.add(make_inspection(), make_recipe(), "folder")
    reviewed.add_review(third, REJECT, "Ana", "")
    assert reviewed.ids(EntryFilter(reviewed=True, not_by="Ben")) == [third]
    assert reviewed.entry(2).final_verdict is REJECT
    assert reviewers(reviewed) == ["Ana", "Ben"]
    assert agreement(reviewed, "Ana", "Ben", EntryFilter(final_verdicts=(ACCEPT,))).total == 2


def test_without_anything_in_common_there_is_no_figure(reviewed: Journal):
    nothing = agreement(reviewed, "Ana", "Cem")
    assert (nothing.total, nothing.share, nothing.kappa) == (0, None, None)
    assert Agreement({(REJECT, REJECT): 4}, ()).kappa is None
    assert Agreement({(REJECT, REJECT): 4}, ()).share == 1
