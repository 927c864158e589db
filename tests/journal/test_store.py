"""What goes into the journal comes out of it, also after it was closed, and from several threads."""

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from builders import CAPTURED, make_frame, make_inspection, make_recipe
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.journal.store import Journal
from inspector.record import inspection_record, region_record
from inspector.types import Unreadable, Verdict


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory):
    with closing(Journal.open(f"sqlite:///{tmp_path_factory.mktemp('shared') / 'journal.db'}")) as opened:
        yield opened


def test_an_inspection_comes_back_whole_after_reopening(url: str):
    inspection = make_inspection()
    with closing(Journal.open(url)) as journal:
        before = datetime.now(UTC)
        entry_id = journal.add(inspection, make_recipe(), "folder")
    with closing(Journal.open(url)) as journal:
        entry = journal.entry(entry_id)
        assert before <= entry.time <= datetime.now(UTC)
        assert journal.recipe(entry.recipe) == make_recipe()
    assert entry.record == inspection_record(inspection)
    assert list(entry.record) == list(inspection_record(inspection))
    assert entry.too_small == [region_record(region) for region in inspection.too_small]
    assert (entry.captured_at, entry.source, entry.model) == (CAPTURED, "folder", inspection.measurement.model)
    assert (entry.verdict, entry.kinds, entry.reviews) == (Verdict.REJECT, ("crack",), ())


@pytest.mark.parametrize("shape", [(24, 32), (25, 31), (24, 32, 3), (1, 1)])
def test_frame_and_map_come_back_to_the_pixel(journal: Journal, shape: tuple[int, ...]):
    inspection = make_inspection(make_frame((8, 8, *shape[2:])) if shape == (1, 1) else make_frame(shape))
    entry = journal.entry(journal.add(inspection, make_recipe(), "folder"))
    assert np.array_equal(journal.pixels(entry), inspection.frame.pixels)
    assert np.array_equal(journal.levels(entry), inspection.measurement.levels)


def test_pictures_lie_in_a_folder_of_the_day_beside_the_database(journal: Journal, tmp_path: Path):
    entry = journal.entry(journal.add(make_inspection(), make_recipe(), "folder"))
    assert journal.folder == tmp_path / "journal"
    assert entry.frame_path == f"{entry.time:%Y-%m-%d}/000001-frame.png"
    assert entry.map_path == f"{entry.time:%Y-%m-%d}/000001-map.png"
    day = journal.folder / f"{entry.time:%Y-%m-%d}"
    assert sorted(path.name for path in day.iterdir()) == ["000001-frame.png", "000001-map.png"]


@settings(max_examples=25, deadline=None)
@given(
    name=st.text(min_size=1, max_size=30),
    part=st.text(max_size=30),
    source=st.text(max_size=30),
    reasons=st.lists(st.text(max_size=30), max_size=3).map(tuple),
    kinds=st.lists(st.text(min_size=1, max_size=8), max_size=3).map(tuple),
    verdict=st.sampled_from(Verdict),
    threshold=st.floats(0, 12),
    index=st.integers(0, 2**40),
)
def test_any_text_and_number_comes_back(shared: Journal, name, part, source, reasons, kinds, verdict, threshold, index):
    recipe = make_recipe(threshold)
    frame = make_frame(name=name, part=part, index=index)
    inspection = make_inspection(frame, verdict=verdict, kinds=kinds, reasons=reasons, recipe=recipe)
    entry = shared.entry(shared.add(inspection, recipe, source))
    assert entry.record == inspection_record(inspection)
    assert entry.source == source
    assert set(entry.kinds) == set(kinds)
    assert shared.recipe(entry.recipe) == recipe


@pytest.mark.parametrize("name", ["a/b\\c.png", 'o\'clock "x"; DROP TABLE inspections;--', "Prüfteil 七.png", "%_/\n"])
def test_names_that_are_hard_to_quote(journal: Journal, name: str):
    journal.add(make_inspection(make_frame(name=name, part=name)), make_recipe(), name)
    assert [entry.record["name"] for entry in journal.entries()] == [name]


def test_a_name_that_is_no_unicode_is_refused_in_a_sentence(journal: Journal):
    with pytest.raises(InspectorError, match="rename the file"):
        journal.add(make_inspection(make_frame(name="caf\udce9.png")), make_recipe(), "folder")
    assert journal.entries() == []
    assert journal.add(make_inspection(), make_recipe(), "folder") == 1


def test_an_inspection_judged_under_another_recipe_is_a_fault(journal: Journal):
    with pytest.raises(ValueError, match="not judged under this recipe"):
        journal.add(make_inspection(recipe=make_recipe(3.0)), make_recipe(4.0), "folder")


def test_unreadable_frames_are_numbered_with_the_inspections(journal: Journal):
    recipe = make_recipe()
    assert journal.add(make_inspection(), recipe, "folder") == 1
    assert journal.add_unreadable(Unreadable(1, "broken.png", "is empty"), "folder") == 2
    assert journal.add(make_inspection(make_frame(index=2)), recipe, "folder") == 3
    assert [entry.id for entry in journal.entries()] == [3, 1]
    (lost,) = journal.unreadable()
    assert (lost.id, lost.source) == (2, "folder")
    assert lost.record == {"index": 1, "name": "broken.png", "error": "is empty"}
    assert journal.unreadable(since=lost.time + timedelta(seconds=1)) == []
    assert journal.unreadable(until=lost.time) == []


def test_events_come_newest_first(journal: Journal):
    journal.add_event("source", "GV01 lost")
    journal.add_event("source", "GV01 live")
    assert [(event.kind, event.text) for event in journal.events()] == [
        ("source", "GV01 live"),
        ("source", "GV01 lost"),
    ]


def test_reviews_are_appended_and_the_verdict_stays(url: str):
    with closing(Journal.open(url)) as journal:
        ids = [journal.add(make_inspection(make_frame(index=index)), make_recipe(), "folder") for index in range(3)]
        journal.add_review(ids[1], Verdict.ACCEPT, "Ana", "a scratch of the tray")
        journal.add_review(ids[2], Verdict.REJECT, "Ben", "")
        journal.add_review(ids[1], Verdict.REVIEW, "Ben", "not sure")
    with closing(Journal.open(url)) as journal:
        entry = journal.entry(ids[1])
        assert journal.entry(ids[0]).reviews == ()
    assert [(r.reviewer, r.verdict, r.reason) for r in entry.reviews] == [
        ("Ana", Verdict.ACCEPT, "a scratch of the tray"),
        ("Ben", Verdict.REVIEW, "not sure"),
    ]
    assert entry.verdict is Verdict.REJECT
    assert entry.final_verdict is Verdict.REVIEW


def test_what_is_not_there_is_said(journal: Journal):
    with pytest.raises(InspectorError, match="no inspection 7"):
        journal.entry(7)
    with pytest.raises(InspectorError, match="no inspection 7"):
        journal.add_review(7, Verdict.ACCEPT, "Ana", "")
    with pytest.raises(InspectorError, match="no recipe abc"):
        journal.recipe("abc")


def test_one_thread_adds_while_another_reads_and_reviews(journal: Journal):
    recipe, count = make_recipe(), 40
    failures: list[Exception] = []

    def add() -> None:
        try:
            for index in range(count):
                journal.add(make_inspection(make_frame(index=index, seed=index)), recipe, "folder")
        except Exception as error:
            failures.append(error)

    writer = threading.Thread(target=add)
    writer.start()
    while writer.is_alive():
        for entry in journal.entries(limit=2):
            assert np.array_equal(journal.pixels(entry), make_frame(seed=entry.record["index"]).pixels)
            journal.add_review(entry.id, Verdict.ACCEPT, "Ana", "")
    writer.join()
    assert failures == []
    assert [entry.record["index"] for entry in journal.entries()] == list(range(count))[::-1]
