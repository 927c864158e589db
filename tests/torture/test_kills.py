"""SIGKILL at any moment of a station's life loses nothing that was printed, and the next start needs no hand."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from torture.small_disk import SmallDisk
from torture.stations import Station, scale, until_writing, wait_for
from torture.witness import Witness

KILLS = scale("kills", 4)
FEWER = -(-KILLS // 6)


def moments(chance: random.Random) -> Iterator[tuple[str, float]]:
    """Where in a station's life it is killed: a phase, and how far into it from 0 to 1.

    Each third round of a phase lies in another third of it, so that few kills are spread as well as many.
    """
    for number in count():
        for phase in ("starting", "working", "writing"):
            yield phase, (number % 3 + chance.random()) / 3


def kill(station: Station, pictures: Path, phase: str, share: float, start: float) -> None:
    """Kill it at that moment; `start` is the seconds from its start to its first line."""
    if phase == "starting":
        time.sleep(share * start)
    else:
        station.until(1 + int(4 * share))
        if phase == "writing":  # most of the time of a part is the network's: few blind kills would hit this
            until_writing(pictures)
            time.sleep(0.02 * share)
        else:
            time.sleep(0.3 * share)
    assert station.runs(), station.said
    station.kill()


def test_kills_lose_nothing_and_leave_nothing(tmp_path: Path) -> None:
    database = tmp_path / "line" / "journal.db"
    witness, chance, phases, halves = Witness(), random.Random(19), Counter[str](), 0
    began = time.monotonic()
    with Station(database, frames=1) as station:
        station.until(1)
        start = time.monotonic() - began
        assert station.finish() == 0
    witness.hear(station.lines)
    for number, (phase, share) in zip(range(KILLS), moments(chance), strict=False):
        with Station(database) as station:
            kill(station, database.with_suffix(""), phase, share, start)
        witness.hear(station.lines)
        phases[phase if station.lines else "before the first line"] += 1
        ids = witness.check(database)
        stored = len(ids) - len(witness.told)
        assert stored <= number + 1  # a kill between the commit and the print, at most once each
        halves += len(list(database.with_suffix("").rglob("*.png*"))) != 2 * len(ids)
    with Station(database, frames=3) as station:
        assert station.finish() == 0, station.said
    witness.hear(station.lines)
    assert len(station.lines) == 3
    witness.check(database, every_picture=True)
    told = f"{len(witness.told)} lines, {stored} rows more"
    print(f"{KILLS} kills, {dict(phases)}; {told}; {halves} left a picture without a row")


@pytest.mark.parametrize("number", range(FEWER))
def test_a_kill_at_the_birth_of_a_journal_leaves_one_that_opens(tmp_path: Path, quick: str, number: int) -> None:
    database = tmp_path / "line" / "journal.db"
    witness = Witness()
    with Station(database, quick) as station:
        wait_for(database.exists, "a journal", pause=0)
        time.sleep(0.1 * random.Random(number).random())
        station.kill()
    witness.hear(station.lines)
    witness.check(database)
    with Station(database, quick, frames=2) as station:
        assert station.finish() == 0, station.said
    witness.hear(station.lines)
    assert len(witness.check(database)) - len(witness.told) <= 1


def test_kills_while_pictures_are_removed_to_make_room(tmp_path: Path, quick: str) -> None:
    (tmp_path / "disk").mkdir()
    database = tmp_path / "disk" / "line" / "journal.db"
    witness, chance = Witness(), random.Random(23)
    with SmallDisk(tmp_path / "disk", "size=10m") as disk:
        seen = disk.content / "line" / "journal.db"

        def run(frames: int) -> None:
            with Station(database, quick, frames=frames, within=disk.within) as station:
                if frames:
                    assert station.finish() == 0, station.said
                else:
                    station.until(chance.randint(1, 3))
                    until_writing(seen.with_suffix(""))
                    time.sleep(chance.uniform(0, 0.02))
                    station.kill()
            witness.hear(station.lines)

        run(frames=60)
        for kills in range(1, FEWER + 1):
            run(frames=0)
            ids = witness.check(seen, beside=tmp_path)
            assert len(ids) - len(witness.told) <= kills
        run(frames=3)
        ids = witness.check(seen, beside=tmp_path, every_picture=True)
        files = list(seen.with_suffix("").rglob("*.png*"))
    assert len(files) < 2 * len(ids)  # room was made, and every file but of these pictures is there
