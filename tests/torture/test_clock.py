"""The clock is set back, while a station runs or between two: ids keep the order, and nothing is lost."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from torture.stations import ROOT, Station, until_writing
from torture.witness import Witness, listed

SHIFTED = Path(__file__).with_name("shifted")
LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
DAY = 24 * 60 * 60


class Clock:
    """The time of day of one station, which a test may set."""

    def __init__(self, way: str, folder: Path) -> None:
        self._shift = folder / "shift"
        self.set(0)
        if way == "python":
            self.more = {"PYTHONPATH": os.pathsep.join([str(SHIFTED), str(ROOT)]), "CLOCK_SHIFT": str(self._shift)}
        else:
            self.more = {
                "LD_PRELOAD": str(LIBRARY),
                "FAKETIME_TIMESTAMP_FILE": str(self._shift),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }

    def set(self, seconds: int) -> None:
        """So many seconds from now."""
        draft = self._shift.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}")
        draft.replace(self._shift)


@pytest.fixture(params=["python", "libfaketime"])
def clock(request: pytest.FixtureRequest, tmp_path: Path) -> Clock:
    """Python's own clock, which all times in the journal come from; and the system's, where that can be had."""
    if request.param == "libfaketime" and LIBRARY is None:
        pytest.skip("the system's clock can be set for one process with libfaketime, which is not installed")
    return Clock(request.param, tmp_path)


def steps(rows: list[dict[str, Any]]) -> Iterator[timedelta]:
    """From each row to the next one of `inspector log list`, which is older."""
    times = [datetime.fromisoformat(row["time"]) for row in rows]
    return (newer - older for newer, older in pairwise(times))


def test_the_clock_is_set_back_while_the_station_runs(tmp_path: Path, quick: str, clock: Clock) -> None:
    database = tmp_path / "line" / "journal.db"
    witness = Witness()
    with Station(database, quick, more=clock.more) as station:
        for shift in (0, -DAY - 3600, 2 * DAY, -60):
            clock.set(shift)
            station.until(station.look() + 4)  # one may have its time from before
        station.kill()
    witness.hear(station.lines)
    ids = witness.check(database)
    rows = listed(database)
    assert [row["id"] for row in rows] == ids
    assert listed(database, "--limit", "6") == rows[:6]
    assert [row["index"] for row in rows] == list(range(len(rows)))[::-1]
    assert sum(step < timedelta(hours=-24) for step in steps(rows)) == 2  # it was set back twice
    assert len(list(database.with_suffix("").iterdir())) >= 3  # days


def test_the_clock_is_set_back_between_two_runs_that_were_killed(tmp_path: Path, quick: str, clock: Clock) -> None:
    database = tmp_path / "line" / "journal.db"
    pictures = database.with_suffix("")
    witness = Witness()
    for shift in (0, -2 * DAY, -DAY, -1, 0):
        clock.set(shift)
        with Station(database, quick, more=clock.more) as station:
            station.until(2)
            until_writing(pictures)
            station.kill()
        witness.hear(station.lines)
        witness.check(database)
    with Station(database, quick, frames=1, more=clock.more) as station:
        assert station.finish() == 0, station.said
    witness.hear(station.lines)
    ids = witness.check(database, every_picture=True)
    rows = listed(database)
    assert [row["id"] for row in rows] == ids
    assert sum(step < timedelta(hours=-24) for step in steps(rows)) == 1
    assert len(list(pictures.rglob("*.png*"))) == 2 * len(ids)  # what each kill left is gone, of whatever day
