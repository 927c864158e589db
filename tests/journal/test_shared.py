"""A journal on a real PostgreSQL server: the line never waits for it, and nothing is lost while it is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest
from builders import make_frame, make_inspection, make_recipe
from postgres import Server
from sqlalchemy import text

from inspector.errors import InspectorError
from inspector.journal.agreement import agreement
from inspector.journal.audit import Change, check_chain
from inspector.journal.query import EntryFilter, Order
from inspector.journal.statistics import accepted_severities, pareto, tallies
from inspector.journal.store import Journal
from inspector.parts import PartVerdict
from inspector.types import Unreadable, Verdict


@pytest.fixture
def shared(shared_url: str) -> Iterator[Journal]:
    with closing(Journal.open(shared_url)) as journal:
        yield journal


@pytest.fixture
def away(server: Server) -> Iterator[Server]:
    """The server, to be stopped; it runs again afterwards."""
    yield server
    server.stop()
    server.start()


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def arrived(url: str, table: str = "inspections") -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert row is not None
        return int(row[0])


def test_all_that_a_station_adds_is_told_by_the_server(shared: Journal, shared_url: str):
    part, change = (
        PartVerdict("x", Verdict.REJECT, "a crack", 2, 2, Verdict.REVIEW),
        Change("anna", "recipe tile", "T 5", "T 4", "why"),
    )
    inspection = make_inspection(make_frame((24, 32, 3)))
    entry_id = shared.add(inspection, make_recipe(), "folder")
    shared.add_unreadable(Unreadable(1, "broken.png", "is empty"), "folder")
    shared.add_part(part, "folder")
    shared.add_event("source lost", "ä folder")
    shared.add_change(change)
    eventually(lambda: arrived(shared_url, "audit") == 1)
    shared.add_review(entry_id, Verdict.ACCEPT, "bert", "a reflection")

    (entry,) = shared.entries()
    assert entry.id == entry_id
    assert (entry.verdict, entry.final_verdict, entry.kinds) == (Verdict.REJECT, Verdict.ACCEPT, ("crack",))
    assert np.array_equal(shared.pixels(entry), inspection.frame.pixels)
    assert np.array_equal(shared.levels(entry), inspection.measurement.levels)
    assert shared.recipe(entry.recipe) == make_recipe()
    assert shared.ids(EntryFilter(text="CRACK", kinds=("crack",), reviewed=True)) == [entry_id]
    assert shared.counts()[Verdict.REJECT] == 1
    assert shared.kinds() == ["crack"]
    assert [lost.record["error"] for lost in shared.unreadable()] == ["is empty"]
    assert shared.parts() == [part]
    assert [event.text for event in shared.events()] == ["ä folder"]
    assert [row.change for row in shared.audit()] == [change]


def test_another_station_reads_what_this_one_sent(shared: Journal, shared_url: str, tmp_path: Path, monkeypatch):
    mine = shared.add(make_inspection(), make_recipe(), "folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    with closing(Journal.open(shared_url)) as other:
        assert other.station != shared.station
        theirs = other.add(make_inspection(), make_recipe(), "folder")
        eventually(lambda: arrived(shared_url) == 2)
        assert sorted([mine, theirs]) == sorted(other.ids()) == sorted(shared.ids())
        assert other.ids(EntryFilter(station=other.station)) == [theirs]
        assert shared.ids(EntryFilter(station=shared.station)) == [mine]
        for entry in other.entries():
            assert other.levels(entry).max() == 200
        for station in (shared, other):
            station.add_change(Change("anna", f"recipe of {station.station}", "", "", ""))
        eventually(lambda: arrived(shared_url, "audit") == 2)
        assert [check_chain([row], "journal") for row in other.audit()] == [1, 1]


def test_the_line_goes_on_without_the_server_and_catches_up(shared: Journal, shared_url: str, away: Server):
    first = shared.add(make_inspection(), make_recipe(), "folder")
    eventually(lambda: arrived(shared_url) == 1)
    away.stop()
    added = [shared.add(make_inspection(make_frame(seed=n)), make_recipe(), "folder") for n in range(130)]
    eventually(lambda: "can't be reached" in shared.make_room())
    assert "inspections are kept on this station, to be sent later" in shared.make_room()
    entry = shared.entry(added[7])
    assert np.array_equal(shared.pixels(entry), make_frame(seed=7).pixels)
    with pytest.raises(InspectorError, match="can't be reached"):
        shared.ids()
    with pytest.raises(InspectorError, match="can't be reached"):
        shared.add_review(first, Verdict.ACCEPT, "bert", "")

    away.start()
    eventually(lambda: arrived(shared_url) == 131)
    assert shared.make_room() == ""
    assert shared.ids() == [*reversed(added), first]
    for number, entry_id in enumerate(added):
        entry = shared.entry(entry_id)
        assert np.array_equal(shared.pixels(entry), make_frame(seed=number).pixels)


def test_a_station_starts_without_the_server_and_sends_later(shared_url: str, away: Server):
    Journal.open(shared_url).close()
    away.stop()
    with closing(Journal.open(shared_url)) as journal:
        kept = journal.add(make_inspection(), make_recipe(), "folder")
        eventually(lambda: journal.make_room() != "")
    away.start()
    with closing(Journal.open(shared_url)) as journal:
        eventually(lambda: arrived(shared_url) == 1)
        assert journal.ids() == [kept]
        assert journal.add(make_inspection(), make_recipe(), "folder") == kept + 1


def test_the_first_start_needs_the_server(shared_url: str, away: Server):
    away.stop()
    with pytest.raises(InspectorError, match=r"can't be reached .* first start needs it") as refused:
        Journal.open(shared_url)
    assert "\n" not in str(refused.value)


def test_closing_waits_for_what_is_on_its_way(shared_url: str):
    with closing(Journal.open(shared_url)) as journal:
        for number in range(120):
            journal.add(make_inspection(make_frame(seed=number)), make_recipe(), "folder")
    assert arrived(shared_url) == 120
    assert arrived(shared_url, "pictures") == 240


def test_the_spool_empties_but_for_the_last(shared_url: str, tmp_path: Path):
    for _ in range(2):  # the second time it is sent again, and is there only once
        with closing(Journal.open(shared_url)) as journal:
            for number in range(3):
                journal.add(make_inspection(make_frame(seed=number)), make_recipe(), "folder")
    (spool,) = (tmp_path / "data" / "inspector" / "spool").glob("*.db")
    assert len(list(spool.with_suffix("").glob("*/*.png"))) == 2
    assert arrived(shared_url) == 6


def test_a_database_that_is_not_there_or_refuses(server: Server):
    with pytest.raises(InspectorError, match="no such database or user"):
        Journal.open(server.url("elsewhere"))
    with pytest.raises(InspectorError, match="correct what follows the \\? in the URL"):
        Journal.open(f"{server.url()}?pictures=/data")


def test_a_server_that_was_replaced_does_not_mix_stations(shared_url: str, server: Server):
    Journal.open(shared_url).close()
    with psycopg.connect(shared_url) as connection:
        connection.execute("DELETE FROM stations")
    with pytest.raises(InspectorError, match="does not know this station, number 1"):
        Journal.open(shared_url)


def test_a_newer_server_is_left_alone(shared_url: str):
    Journal.open(shared_url).close()
    with psycopg.connect(shared_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num='99'")
    with pytest.raises(InspectorError, match="newer"):
        Journal.open(shared_url)


VERSION_3 = """
ALTER TABLE inspection_kinds DROP COLUMN time;
ALTER TABLE inspection_kinds ADD PRIMARY KEY (kind, inspection_id);
ALTER TABLE parts DROP COLUMN replaces;
DROP TABLE masks;
ALTER TABLE reviews DROP COLUMN blind;
DROP INDEX ix_inspections_verdict_time, ix_inspections_severity_time, ix_inspections_verdict_severity_time;
CREATE INDEX ix_inspections_verdict ON inspections (verdict);
CREATE INDEX ix_inspections_recipe ON inspections (recipe);
UPDATE alembic_version SET version_num = '3';
"""


def test_an_older_server_is_brought_up_to_date(shared_url: str):
    with closing(Journal.open(shared_url)) as journal:
        entry_id = journal.add(make_inspection(), make_recipe(), "folder")
        eventually(lambda: arrived(shared_url) == 1)
        journal.add_review(entry_id, Verdict.ACCEPT, "anna", "")
    with psycopg.connect(shared_url) as connection:
        connection.execute(VERSION_3.encode())
    with closing(Journal.open(shared_url)) as journal:
        journal.add_mask(entry_id, np.ones((24, 32), np.uint8), ("background", "crack"), "anna", "")
        assert [review.blind for review in journal.entry(entry_id).reviews] == [False]
        assert journal.ids(EntryFilter(kinds=("crack",), until=datetime.now(UTC))) == [entry_id]
        assert journal.masks(entry_id)[0].pixels.all()


def test_lists_and_figures_come_from_the_server(shared: Journal, shared_url: str):
    told = ((Verdict.ACCEPT, ()), (Verdict.REJECT, ("pit",)), (Verdict.REVIEW, ("pit",)), (Verdict.ACCEPT, ()))
    first, second, third, fourth = (
        shared.add(make_inspection(verdict=verdict, kinds=kinds), make_recipe(), "folder") for verdict, kinds in told
    )
    eventually(lambda: arrived(shared_url) == 4)
    shared.add_review(second, Verdict.ACCEPT, "anna", "a reflection")
    shared.add_review(second, Verdict.REJECT, "bert", "", blind=True)

    assert shared.ids(order=Order.WORST) == [second, third, fourth, first]
    assert shared.ids(order=Order.WORST, limit=2, offset=1) == [third, fourth]
    assert shared.ids(order=Order.MOST_SEVERE) == [third, second, fourth, first]
    assert shared.following(shared.entry(third)) == second
    assert shared.following(shared.entry(second), order=Order.MOST_SEVERE) == fourth
    wanted = EntryFilter(final_verdicts=(Verdict.ACCEPT,), sources=("folder",), recipes=(make_recipe().digest,))
    assert shared.ids(wanted) == [fourth, second, first]
    assert shared.ids(EntryFilter(not_by="anna", max_severity=12, min_severity=0)) == [fourth, third, first]
    assert shared.ids(EntryFilter(text="A CRACK OF")) == [fourth, third, second, first]
    assert (shared.count(), shared.sources(), list(shared.recipe_names())) == (4, ["folder"], ["tile"])

    since = shared.entry(first).time
    (hour, *_) = tallies(shared, [since, since + timedelta(hours=1)], final=True)
    assert (hour.total, hour.yield_share) == (4, 3 / 4)
    assert [(one.kind, one.count) for one in pareto(shared, EntryFilter(since=since))] == [("pit", 2)]
    (point,) = accepted_severities(shared, size=2)
    assert shared.ids(point.wanted) == [fourth, first]
    assert agreement(shared, "anna", "bert").counts == {(Verdict.ACCEPT, Verdict.REJECT): 1}


def test_one_reading_sees_one_state(shared: Journal, shared_url: str):
    stations = text("SELECT count(*) FROM stations")
    with shared.reading() as (connection, _):
        before = connection.scalar(stations)
        with psycopg.connect(shared_url) as other:
            other.execute("INSERT INTO stations (name, time) VALUES ('another', now())")
        assert connection.scalar(stations) == before
    with shared.reading() as (connection, _):
        assert connection.scalar(stations) == before + 1
