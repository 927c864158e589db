"""The disk under the journal gets full, at any byte; and then it has space again."""

import re
from pathlib import Path

import pytest
from torture.small_disk import SmallDisk
from torture.stations import Station, scale
from torture.witness import Witness

DISKS = scale("disks", 2)
SIZES = [int(4096 + 1_000_000 * (number / DISKS) ** 1.5) // 4096 * 4096 for number in range(DISKS)]
"""In bytes, and denser below 300 kB: from disks on which no journal can begin to those that take some frames."""
FILES = 12
"""So many files and folders let the frame of the third entry be written, and not its map."""
# SQLite says "disk I/O error" where the file cannot grow that its processes share as memory.
FULL = re.compile(
    r"error: (the station stopped: )?journal .*(is full|No space left|I/O error|too little to go on).*(disk|space)"
)


@pytest.mark.parametrize("options", [*(f"size={size}" for size in SIZES), f"nr_inodes={FILES}"])
def test_a_full_disk_stops_the_station_and_space_lets_it_go_on(tmp_path: Path, quick: str, options: str) -> None:
    (tmp_path / "disk").mkdir()
    database = tmp_path / "disk" / "line" / "journal.db"
    witness = Witness()
    with SmallDisk(tmp_path / "disk", options) as disk:
        seen = disk.content / "line" / "journal.db"
        for _ in range(2):  # the second start finds the full disk
            with Station(database, quick, within=disk.within) as station:
                code = station.finish()
            sentence = station.sentence()
            assert FULL.match(sentence), sentence
            assert code == (3 if "the station stopped" in sentence else 2)
            witness.hear(station.lines)
            assert len(witness.check(seen, beside=tmp_path)) == len(witness.told)
        disk.make_space()
        with Station(database, quick, frames=3, within=disk.within) as station:
            assert station.finish() == 0, station.said
        assert len(station.lines) == 3
        witness.hear(station.lines)
        assert len(witness.check(seen, beside=tmp_path, every_picture=True)) == len(witness.told)
    print(f"{options}: {len(witness.told) - 3} frames, then {sentence}")
