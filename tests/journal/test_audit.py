"""The audit's chain: what was changed afterwards is found."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.journal.audit import START, AuditEntry, Change, check_chain, sealed
from inspector.journal.store import Journal

AT = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
CHANGES = [
    Change("anna", "recipe tile", "T 5.4", "T 4.8", "scratches passed"),
    Change("bert", "password", "", "set", "first start"),
    Change("anna", "recipe tile", "T 4.8", "T 5.0", "too many false rejects"),
]


def chain(changes: list[Change]) -> list[AuditEntry]:
    entries, before = [], START
    for number, change in enumerate(changes, 1):
        before = sealed(before, number, AT, change)
        entries.append(AuditEntry(number, AT, change, before))
    return entries


def test_a_seal_is_what_the_notes_say():
    text = '["","","2026-03-04T05:06:07.890123+00:00","ä","recipe","old","new","why"]'.replace('"","",', '"",1,', 1)
    assert sealed("", 1, AT, Change("ä", "recipe", "old", "new", "why")) == hashlib.sha256(text.encode()).hexdigest()


def test_a_whole_chain_is_counted():
    assert check_chain(chain(CHANGES), "journal") == 3
    assert check_chain([], "journal") == 0


@given(st.data())
def test_any_altered_removed_or_swapped_change_is_found(data: st.DataObject):
    words = st.text(max_size=5)
    changes = data.draw(st.lists(st.builds(Change, words, words, words, words, words), min_size=2, max_size=6))
    entries = chain(changes)
    at = data.draw(st.integers(0, len(entries) - 2))
    field = data.draw(st.sampled_from(["who", "what", "old", "new", "why"]))
    one = entries[at]
    altered = Change(**{**one.change.__dict__, field: getattr(one.change, field) + "x"})
    tampered = {
        "altered": [*entries[:at], AuditEntry(one.id, one.time, altered, one.digest), *entries[at + 1 :]],
        "removed": [*entries[:at], *entries[at + 1 :]],
        "swapped": [*entries[:at], entries[at + 1], one, *entries[at + 2 :]],
    }
    for rows in tampered.values():
        with pytest.raises(InspectorError, match="tampered"):
            check_chain(rows, "journal")


def test_changes_are_kept_in_order_and_found_when_altered_in_the_file(url: str, tmp_path: Path):
    for change in CHANGES:  # over restarts
        with closing(Journal.open(url)) as journal:
            journal.add_change(change)
    with closing(Journal.open(url)) as journal:
        assert [row.change for row in journal.audit()] == CHANGES[::-1]
        assert check_chain(reversed(journal.audit()), journal.name) == 3
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file, file:
        file.execute("UPDATE audit SET new='T 9' WHERE id=2")
    with closing(Journal.open(url)) as journal, pytest.raises(InspectorError, match=r"change 2 \(password"):
        check_chain(reversed(journal.audit()), journal.name)
