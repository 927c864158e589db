"""Another program holds the lock of the journal's database while the station runs, or when it starts."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from torture.stations import WAIT, Station
from torture.witness import Witness

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""
PATIENCE = 5.0
"""Seconds for which the station waits."""


@contextmanager
def held(database: Path) -> Iterator[None]:
    """Another process has the lock inside the ``with`` block."""
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate("done\n", timeout=WAIT)


def test_a_lock_that_stays_stops_the_station_with_a_sentence(tmp_path: Path, quick: str) -> None:
    database = tmp_path / "line" / "journal.db"
    witness = Witness()
    with Station(database, quick) as station:
        station.until(3)
        with held(database):
            told = station.look()
            assert station.finish() == 3
        assert "is locked by another program; close that program and try again" in station.sentence()
    assert len(station.lines) <= told + 1  # one was stored when the lock was taken
    witness.hear(station.lines)
    assert len(witness.check(database)) == len(station.lines)
    with Station(database, quick, frames=3) as station:
        assert station.finish() == 0, station.said
    witness.hear(station.lines)
    assert len(witness.check(database)) == len(witness.told)


def test_a_lock_that_goes_in_time_costs_no_frame(tmp_path: Path, quick: str) -> None:
    database = tmp_path / "line" / "journal.db"
    witness = Witness()
    with Station(database, quick, frames=20) as station:
        station.until(3)
        with held(database):
            told = station.look()
            time.sleep(0.5 * PATIENCE)
            assert station.look() <= told + 1
        assert station.finish() == 0, station.said
    assert [line["index"] for line in station.lines] == list(range(20))
    witness.hear(station.lines)
    assert len(witness.check(database)) == 20


@pytest.mark.parametrize("stays", [True, False], ids=["stays", "goes in time"])
def test_a_start_waits_for_a_lock_and_not_for_ever(tmp_path: Path, quick: str, stays: bool) -> None:
    database = tmp_path / "line" / "journal.db"
    with Station(database, quick, frames=1) as first:
        assert first.finish() == 0, first.said
    with Station(database, quick, frames=2) as station:
        with held(database):
            if stays:
                assert station.finish() == 2
            else:
                time.sleep(PATIENCE)  # of which a part is its start
        if stays:
            assert "is locked by another program; close that program and try again" in station.sentence()
        else:
            assert station.finish() == 0, station.said
    witness = Witness()
    witness.hear(first.lines + station.lines)
    assert len(witness.check(database)) == len(witness.told) == (1 if stays else 3)
