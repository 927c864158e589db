"""Whatever happens, a row has its pictures and a verdict that was told is kept."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from builders import make_frame, make_inspection, make_recipe

from inspector.errors import InspectorError
from inspector.journal.store import Journal

TESTS = Path(__file__).parent.parent


def stored_files(journal: Journal) -> set[str]:
    return {path.relative_to(journal.folder).as_posix() for path in journal.folder.rglob("*") if path.is_file()}


def files_of_rows(journal: Journal) -> set[str]:
    return {path for entry in journal.entries(limit=None) for path in (entry.frame_path, entry.map_path)}


def test_a_kill_at_any_moment_loses_nothing_that_was_told(url: str, tmp_path: Path):
    chance = random.Random(7)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    command = [sys.executable, str(Path(__file__).with_name("adding.py")), url]
    told: list[int] = []
    for _ in range(6):
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            told += [int(process.stdout.readline()) for _ in range(chance.randint(1, 12))]
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            told += [int(line) for line in process.stdout if line.endswith(b"\n")]

        with closing(Journal.open(url)) as journal:
            entries = journal.entries(limit=None)
            assert set(told) <= {entry.id for entry in [*entries, *journal.unreadable()]}
            for entry in entries:
                assert np.array_equal(journal.pixels(entry), make_frame((64, 64), seed=entry.record["index"]).pixels)
                assert journal.levels(entry).max() == 200
            assert stored_files(journal) == files_of_rows(journal)
    assert len(told) == len(set(told))
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_opening_removes_what_a_kill_left_and_nothing_else(url: str):
    with closing(Journal.open(url)) as journal:
        journal.add(make_inspection(), make_recipe(), "folder")
        kept = stored_files(journal)
        (journal.folder / "note.txt").write_text("the user's")
        for day in ("2026-01-01", next(iter(kept)).split("/")[0]):
            (journal.folder / day).mkdir(exist_ok=True)
            for name in ("000002-frame.png", "000002-map.png.tmp"):
                (journal.folder / day / name).write_bytes(b"half")
    with closing(Journal.open(url)) as journal:
        assert stored_files(journal) == {*kept, "note.txt"}


def test_a_picture_that_cannot_be_written_leaves_no_row(journal: Journal):
    first = journal.entry(journal.add(make_inspection(), make_recipe(), "folder"))
    day = journal.folder / f"{first.time:%Y-%m-%d}"
    day.rename(journal.folder / "elsewhere")
    day.write_text("a file where the folder of the day belongs")
    with pytest.raises(InspectorError, match="can't be written"):
        journal.add(make_inspection(), make_recipe(), "folder")
    assert journal.ids() == [1]
    day.unlink()
    assert journal.add(make_inspection(), make_recipe(), "folder") == 2


@contextmanager
def file_size_limit(size: int):
    """No file may grow beyond `size` bytes, as on a disk that fills up."""
    resource = pytest.importorskip("resource", reason="a full disk can be had by a limit on POSIX only")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("shape", [(400, 400), (8, 8)], ids=["frame too large", "row too large"])
def test_a_full_disk_leaves_no_half_entry(url: str, shape: tuple[int, int]):
    with closing(Journal.open(url)) as journal:
        before = journal.add(make_inspection(), make_recipe(), "folder")
        with file_size_limit(50_000), pytest.raises(InspectorError, match=r"journal .* (can't|failed)"):
            journal.add(make_inspection(make_frame(shape), reasons=("x" * 60_000,)), make_recipe(), "folder")
        assert journal.ids() == [before]
    with closing(Journal.open(url)) as journal:
        assert stored_files(journal) == files_of_rows(journal)
        assert journal.add(make_inspection(), make_recipe(), "folder") == before + 1


def test_a_locked_journal_is_said_and_works_again_when_free(url: str, tmp_path: Path):
    with (
        closing(Journal.open(f"{url}?timeout=0.1")) as journal,
        closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as other,
    ):
        journal.add(make_inspection(), make_recipe(), "folder")
        files = stored_files(journal)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InspectorError, match="locked by another program"):
            journal.add(make_inspection(), make_recipe(), "folder")
        with pytest.raises(InspectorError, match="locked by another program"):
            Journal.open(f"{url}?timeout=0.1")
        assert len(journal.entries()) == 1
        other.execute("COMMIT")
        assert stored_files(journal) == files
        assert journal.add(make_inspection(), make_recipe(), "folder") == 2


@pytest.mark.parametrize("read", [Journal.pixels, Journal.levels])
def test_a_missing_or_damaged_picture_is_said_and_its_row_stays(journal: Journal, read):
    entry = journal.entry(journal.add(make_inspection(), make_recipe(), "folder"))
    path = journal.folder / (entry.frame_path if read is Journal.pixels else entry.map_path)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], b""):
        path.write_bytes(damaged)
        with pytest.raises(InspectorError, match=r"\.png of journal .* is damaged"):
            read(journal, entry)
    path.unlink()
    with pytest.raises(InspectorError, match=r"\.png can't be read"):
        read(journal, entry)
    assert journal.entries() == [entry]
