"""Room is made from pictures that may be missed; those of unreviewed rejects stay, and every row."""

import sqlite3
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from builders import make_frame, make_inspection, make_recipe

from inspector.errors import InspectorError
from inspector.journal import retention
from inspector.journal.store import Journal
from inspector.types import Verdict

SIDE = 64
Disk = namedtuple("Disk", "total used free")


def add(journal: Journal, verdict: Verdict, number: int = 0) -> int:
    frame = make_frame((SIDE, SIDE), seed=number)
    return journal.add(make_inspection(frame, verdict=verdict), make_recipe(), "folder")


def has_pictures(journal: Journal, entry_id: int) -> bool:
    entry = journal.entry(entry_id)
    there = [(journal.folder / name).exists() for name in (entry.frame_path, entry.map_path)]
    assert there[0] == there[1] == (entry.pictures_removed is None)
    return there[0]


def pictures_size(journal: Journal) -> int:
    return sum(path.stat().st_size for path in journal.folder.rglob("*.png"))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Says how many bytes of the journal's disk, one of 100 GB, are free."""

    def has_free(free: float) -> None:
        monkeypatch.setattr(retention.shutil, "disk_usage", lambda path: Disk(10**11, 0, free))

    return has_free


def test_accepted_pictures_go_first_then_reviewed_ones_the_oldest_first(url: str):
    with closing(Journal.open(url)) as journal:
        rejected, accepted, doubtful = (
            [add(journal, verdict, number) for number in range(4)]
            for verdict in (Verdict.REJECT, Verdict.ACCEPT, Verdict.REVIEW)
        )
        journal.add_review(rejected[1], Verdict.ACCEPT, "anna", "a reflection")
        one = pictures_size(journal) // 12
    with closing(Journal.open(url, quota=10 * one)) as journal:
        assert journal.make_room() == ""
        assert pictures_size(journal) <= 10 * one
        assert not any(has_pictures(journal, entry_id) for entry_id in accepted[:2])
        assert all(has_pictures(journal, entry_id) for entry_id in (*rejected, *doubtful))
    with closing(Journal.open(url, quota=one)) as journal:
        assert "only pictures of parts that nobody has reviewed are left" in journal.make_room()
        assert not any(has_pictures(journal, entry_id) for entry_id in (*accepted, rejected[1]))
        kept = [entry_id for entry_id in (*rejected, *doubtful) if entry_id != rejected[1]]
        assert all(has_pictures(journal, entry_id) for entry_id in kept)
        assert len(journal.entries()) == 12
        assert [event.kind for event in journal.events()] == ["room", "room"]
        with pytest.raises(InspectorError, match=r"were removed on .* to make room; its verdict and regions are kept"):
            journal.pixels(journal.entry(accepted[0]))


def test_what_somebody_has_drawn_on_is_kept_to_learn_from(url: str):
    with closing(Journal.open(url)) as journal:
        drawn, other = add(journal, Verdict.ACCEPT), add(journal, Verdict.ACCEPT, 1)
        mask = np.zeros((SIDE, SIDE), np.uint8)
        journal.add_mask(drawn, mask, ("background", "crack"), "anna", "nothing there")
    with closing(Journal.open(url, quota=1)) as journal:
        assert journal.make_room() != ""
        assert has_pictures(journal, drawn)
        assert not has_pictures(journal, other)


def test_the_quota_holds_while_the_line_runs(url: str):
    with closing(Journal.open(url)) as journal:
        add(journal, Verdict.ACCEPT)
        one = pictures_size(journal)
    with closing(Journal.open(url, quota=8.5 * one)) as journal:
        for number in range(1, 60):
            assert journal.make_room() == ""
            add(journal, Verdict.ACCEPT, number)
            assert pictures_size(journal) <= 9.6 * one
        assert len(journal.entries()) == 60
        assert has_pictures(journal, 60)


def test_a_disk_that_fills_warns_makes_room_and_stops(journal: Journal, disk: Callable[[float], None]):
    accepted, rejected = add(journal, Verdict.ACCEPT), add(journal, Verdict.REJECT)
    disk(50e9)
    assert journal.make_room() == ""
    disk(4e9)
    assert "4.0 GB left; soon pictures of accepted parts will be removed" in journal.make_room()
    assert has_pictures(journal, accepted)
    disk(1.5e9)
    assert "has only 1.5 GB left" in journal.make_room()
    assert not has_pictures(journal, accepted)
    disk(0.15e9)
    with pytest.raises(InspectorError, match=r"only 150 MB left on its disk.*review them, or free some space"):
        journal.make_room()
    assert has_pictures(journal, rejected)


def test_a_kill_between_rows_and_files_leaves_no_files(url: str, tmp_path: Path):
    with closing(Journal.open(url)) as journal:
        gone = journal.entry(add(journal, Verdict.ACCEPT))
        kept = add(journal, Verdict.ACCEPT, 1)
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file, file:
        file.execute("INSERT INTO removed VALUES (?, '2026-03-04 05:06:07')", [gone.id])
    with closing(Journal.open(url)) as journal:
        assert not has_pictures(journal, gone.id)
        assert has_pictures(journal, kept)
