"""Confirm and override by keys; a blind second opinion, and how far two people agree."""

import getpass

import pytest
from gui.driving import Driver
from gui.review_bench import choose, listed, name_shown, settle, show_review
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.journal.store import Journal
from inspector.types import Verdict

KEY = Qt.Key


@pytest.fixture
def reviewing(open_window) -> Driver:
    return show_review(open_window().finish())


def said(journal_url: str) -> list[tuple[str, Verdict, str, str, bool]]:
    journal = Journal.open(journal_url)
    found = [
        (entry.record["name"], review.verdict, review.reviewer, review.reason, review.blind)
        for entry in reversed(journal.entries())
        for review in entry.reviews
    ]
    journal.close()
    return found


def test_a_confirmation_is_one_key_and_opens_the_next_unreviewed(reviewing: Driver, journal_url: str) -> None:
    page = reviewing.window.review
    page.panel.reviewer.setText("anna")
    page.rows.setFocus()
    reviewing.key(KEY.Key_C)
    settle(reviewing)
    assert name_shown(page) == "part-1.png"
    assert page.panel.decision.note.text() == "No. 5 confirmed: reject."
    assert [page.table.data(page.table.index(row, 4)) for row in (0, 1)] == ["reject \N{CHECK MARK}", "reject"]
    QTest.keyClick(page.rows, KEY.Key_Return)
    settle(reviewing)
    assert page.panel.decision.note.text().endswith("Nothing else that is listed is left to review.")
    reviewing.close()
    assert said(journal_url) == [
        ("part-1.png", Verdict.REJECT, "anna", "", False),
        ("part-4.png", Verdict.REJECT, "anna", "", False),
    ]


def test_an_override_asks_for_its_reason_and_is_kept(reviewing: Driver, journal_url: str) -> None:
    choose(reviewing, 1)
    page = reviewing.window.review
    reviewing.key(KEY.Key_A)
    reason = page.panel.decision.reason
    assert reason.hasFocus()
    assert reason.placeholderText() == "why accept? Enter saves"
    QTest.keyClick(reason, KEY.Key_Return)
    assert reason.hasFocus()
    QTest.keyClicks(reason, "dust, wiped off")
    QTest.keyClick(reason, KEY.Key_Return)
    settle(reviewing)
    assert page.rows.hasFocus()
    assert name_shown(page) == "part-4.png"
    assert page.table.data(page.table.index(1, 4)) == "\N{RIGHTWARDS ARROW} accept"
    reviewing.close()
    assert [row[:4:3] for row in said(journal_url)] == [("part-1.png", "dust, wiped off")]


def test_escape_leaves_the_reason_and_nothing_is_said(reviewing: Driver, journal_url: str) -> None:
    page = reviewing.window.review
    reviewing.key(KEY.Key_V)
    QTest.keyClicks(page.panel.decision.reason, "axcv")
    QTest.keyClick(page.panel.decision.reason, KEY.Key_Escape)
    assert page.rows.hasFocus()
    assert page.panel.decision.reason.text() == ""
    settle(reviewing)
    reviewing.close()
    assert said(journal_url) == []


def test_the_keys_decide_on_no_other_page(reviewing: Driver, journal_url: str) -> None:
    reviewing.key(KEY.Key_1, Qt.KeyboardModifier.ControlModifier)
    for key in (KEY.Key_C, KEY.Key_X, KEY.Key_U):
        reviewing.key(key)
    reviewing.close()
    assert said(journal_url) == []


def test_the_next_unreviewed_comes_round(reviewing: Driver) -> None:
    page = reviewing.window.review
    page.filter.verdict.setCurrentText("all verdicts")
    settle(reviewing)
    seen = []
    for _ in range(5):
        seen.append(name_shown(page))
        reviewing.key(KEY.Key_U)
        settle(reviewing)
    assert name_shown(page) == seen[0]
    assert sorted(seen) == sorted(listed(page))


def test_a_reviewed_part_leaves_the_list_of_those_that_are_not(reviewing: Driver) -> None:
    page = reviewing.window.review
    page.filter.reviewed.setCurrentText("not reviewed yet")
    settle(reviewing)
    reviewing.key(KEY.Key_C)
    settle(reviewing)
    assert (listed(page), name_shown(page)) == (["part-1.png"], "part-1.png")
    reviewing.key(KEY.Key_C)
    settle(reviewing)
    assert (listed(page), name_shown(page)) == ([], "part-1.png")
    assert "confirmed" in page.panel.history.text()


def test_a_blind_review_hides_the_verdict_until_it_is_given(reviewing: Driver, journal_url: str) -> None:
    page = reviewing.window.review
    journal = reviewing.window.line.journal
    for entry in journal.entries():
        journal.add_review(entry.id, entry.verdict, "anna", "")
    page.panel.reviewer.setText("ben")
    reviewing.key(KEY.Key_B)
    page.filter.verdict.setCurrentText("rejected")
    settle(reviewing)
    assert page.panel.verdict.headline.word == "?"
    assert page.viewer.view.shown.regions == ()
    assert not page.viewer.view.shown.levels.any()
    assert not page.viewer.controls.isVisible()
    assert "anna" not in page.panel.history.text()
    assert "reject" not in page.panel.history.text()
    assert [page.table.data(page.table.index(0, column)) for column in (4, 5, 6)] == ["\N{MIDDLE DOT}"] * 3
    assert "spot" not in page.table.data(page.table.index(0, 3), Qt.ItemDataRole.ToolTipRole)
    reviewing.key(KEY.Key_A)
    settle(reviewing)
    assert page.panel.verdict.headline.word == "REJECT"
    assert "ben said blindly: accept" in page.panel.history.text()
    assert page.viewer.view.shown.regions
    reviewing.key(KEY.Key_U)
    settle(reviewing)
    assert (name_shown(page), page.panel.verdict.headline.word) == ("part-1.png", "?")
    reviewing.key(KEY.Key_X)
    settle(reviewing)
    reviewing.click(page.foot.agreement_button)
    settle(reviewing)
    agreement = page.foot.agreement
    assert agreement.summary.text() == "the same verdict on 1 of 2 (50.0 %), kappa 0.00"
    assert [agreement.disputed.item(0).text(), agreement.disputed.count()] == [
        "No. 5   part-4.png   anna: reject, ben: accept",
        1,
    ]
    agreement.disputed.setCurrentRow(0)
    settle(reviewing)
    assert name_shown(page) == "part-4.png"
    reviewing.close()
    assert [row for row in said(journal_url) if row[4]] == [
        ("part-1.png", Verdict.REJECT, "ben", "", True),
        ("part-4.png", Verdict.ACCEPT, "ben", "", True),
    ]


def test_every_decision_is_kept_however_soon_the_window_closes(reviewing: Driver, journal_url: str) -> None:
    reviewing.key(KEY.Key_C)
    reviewing.close()
    assert len(said(journal_url)) == 1


def test_without_a_name_the_user_of_the_machine_reviews(reviewing: Driver, journal_url: str) -> None:
    page = reviewing.window.review
    page.panel.reviewer.clear()
    page.rows.setFocus()
    reviewing.key(KEY.Key_C)
    settle(reviewing)
    reviewing.close()
    assert [row[2] for row in said(journal_url)] == [getpass.getuser()]
