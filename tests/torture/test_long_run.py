"""A station that runs for days needs no more memory and no more file handles than on its first morning."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
from torture.stations import Station, scale, url_of

from inspector.journal.store import Journal

FRAMES = scale("frames", 240)
WARM = min(2000, FRAMES // 4)
"""Frames until caches and pools are full."""
WINDOW = FRAMES // 20
"""Frames over which a median is taken; one frame in work is 4 MB more or less."""
GROWTH = 0.02 if WARM == 2000 else 0.1
"""Of the memory, from the first window to the last. Few frames end while SQLite's cache still grows, by about 3 %; to
keep a frame or a map of each part would be 35 % and more, and is seen all the same."""
PART_BYTES = 250_000


class Sample(NamedTuple):
    """What the process holds after so many lines.

    Attributes
    ----------
    lines, handles : int
    resident, own : int
        kB; `own` without pages of programs and other files, which the kernel drops and loads as it likes.
    """

    lines: int
    resident: int
    own: int
    handles: int


def samples(station: Station) -> Iterator[Sample]:
    """One after each line, until it ends."""
    process = Path(f"/proc/{station.pid}")
    while station.runs():
        before = len(station.lines)
        station.until_next()
        with suppress(OSError, KeyError):  # it has just ended
            status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
            resident, own = (int(status[name].split()[0]) for name in ("VmRSS", "RssAnon"))
            handles = len(list((process / "fd").iterdir()))
            if len(station.lines) > before:
                yield Sample(len(station.lines), resident, own, handles)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for many pictures, which is gone after the test."""
    with tempfile.TemporaryDirectory() as name:
        needed, free = FRAMES * PART_BYTES, shutil.disk_usage(name).free
        assert free > needed, f"{FRAMES} frames take {needed / 1e9:.1f} GB and {name} has {free / 1e9:.1f} GB free"
        yield Path(name)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process holds is read from Linux' /proc")
def test_memory_and_handles_stay_and_every_frame_is_there(folder: Path, quick: str) -> None:
    with Station(folder / "journal.db", quick, frames=FRAMES) as station:
        found = list(samples(station))
        assert station.finish() == 0, station.said
    early = [sample for sample in found if WARM < sample.lines <= WARM + WINDOW]
    late = [sample for sample in found if sample.lines > FRAMES - WINDOW]
    for sample in found[:: max(1, len(found) // 25)]:
        print(f"{sample.lines:>6} frames: {sample.resident} kB, {sample.own} kB own, {sample.handles} handles")
    first, last = (median(sample.own for sample in window) for window in (early, late))
    growth = (last - first) / median(sample.resident for sample in early)
    print(f"own from {first:.0f} to {last:.0f} kB, that is {growth:+.2%} of all memory")
    # Of handles the fewest, for a picture that is just being written has one too.
    assert min(sample.handles for sample in late) <= min(sample.handles for sample in early)
    assert growth < GROWTH

    with closing(Journal.open(url_of(folder / "journal.db"))) as journal:
        ids = journal.ids()[::-1]
        assert ids == [line["id"] for line in station.lines]
        assert [line["index"] for line in station.lines] == list(range(FRAMES))
        stored = Counter(entry.verdict for entry in journal.read(ids))
    assert stored == Counter(line["verdict"] for line in station.lines)
    assert len(list(journal.folder.rglob("*.png"))) == 2 * FRAMES
