"""Whether a journal knows all that stations have printed about it, and holds together."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from torture.stations import WAIT, command, environment, url_of

from inspector.journal.entry import Entry
from inspector.journal.store import Journal
from inspector.simulation.part import simulate_part
from inspector.sources.simulated import DEMO_SEED
from inspector.types import Verdict


class Witness:
    """Remembers each line that a station printed; ids come once."""

    def __init__(self) -> None:
        self.told: dict[int, dict[str, Any]] = {}
        self._seen: set[int] = set()

    def hear(self, lines: Sequence[dict[str, Any]]) -> None:
        for line in lines:
            assert line["id"] not in self.told, f"id {line['id']} was printed twice"
            assert line["id"] > max(self.told, default=0), f"id {line['id']} came after {max(self.told)}"
            self.told[line["id"]] = line

    def check(self, database: Path, *, beside: Path | None = None, every_picture: bool = False) -> list[int]:
        """Look at the journal as its next opening would leave it, without touching it; returns its ids, the last first.

        Parameters
        ----------
        database : Path
            It lies in a folder of its own.
        beside : Path or None
            Where there is space for the copy that is looked at; None is beside the journal's folder.
        every_picture : bool
            Decode those too that an earlier check has decoded.
        """
        space = beside or database.parent.parent
        with _copied(database, space) as copy, closing(Journal.open(url_of(copy))) as journal:
            ids = sorted(journal.ids(), reverse=True)
            assert len(set(ids)) == len(ids)
            assert set(self.told) <= set(ids), f"printed but not stored: {sorted(set(self.told) - set(ids))}"
            expected = set[str]()
            for entry in journal.read(ids):
                if entry.id in self.told:
                    assert {"id": entry.id, **entry.record} == self.told[entry.id]
                if entry.pictures_removed is not None:
                    assert entry.verdict is Verdict.ACCEPT  # no other's may go, as nobody has reviewed one
                    continue
                expected |= {entry.frame_path, entry.map_path}
                if every_picture or entry.id not in self._seen:
                    _check_pictures(journal, entry)
            self._seen |= set(ids)
            files = (path for path in journal.folder.rglob("*") if path.is_file())
            found = {path.relative_to(journal.folder).as_posix() for path in files}
            assert found == expected, f"left: {sorted(found - expected)}, missing: {sorted(expected - found)}"
            with closing(sqlite3.connect(copy)) as raw:
                assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return ids


def listed(database: Path, *options: str) -> list[dict[str, Any]]:
    """The lines of ``inspector log list --json``."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            command("log", "list", "--json", "--journal", url_of(database), *options),
            env=environment(Path(home)),
            capture_output=True,
            check=True,
            timeout=WAIT,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _check_pictures(journal: Journal, entry: Entry) -> None:
    pixels, levels = journal.pixels(entry), journal.levels(entry)
    assert np.array_equal(pixels, simulate_part(DEMO_SEED, entry.record["index"]).pixels)
    assert levels.shape == tuple(-(-side // entry.record["cell"]) for side in pixels.shape)
    assert levels.dtype == np.uint8


@contextmanager
def _copied(database: Path, beside: Path) -> Iterator[Path]:
    """The journal as it lies there; pictures are linked, as nobody changes one in place."""
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(database.parent, copy, copy_function=_link_picture)
        yield copy / database.name


def _link_picture(source: str, target: str) -> None:
    if source.endswith(".png") and Path(source).stat().st_dev == Path(target).parent.stat().st_dev:
        os.link(source, target)
    else:
        shutil.copy2(source, target)
