"""Two stations share a journal on a real PostgreSQL server that dies under load, and one of them is killed too."""

import json
import os
import random
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg
import pytest
from postgres import Server
from torture.stations import WAIT, command, environment, scale, wait_for

from inspector.journal.checking import check
from inspector.journal.store import Journal
from inspector.simulation.part import simulate_part
from inspector.sources.simulated import DEMO_SEED

ROUNDS = scale("server", 1)


class Line:
    """A headless station of its own profile; what it prints is kept over its starts."""

    def __init__(self, home: Path, url: str, recipe: str) -> None:
        home.mkdir()
        self._home = home
        self._command = command(
            "station", "--headless", "--source", "demo?rate=20", "--recipe", recipe, "--journal", url
        )

    def __enter__(self) -> "Line":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.runs():
            self.end(signal.SIGKILL)

    def start(self) -> None:
        with (self._home / "out").open("ab") as out, (self._home / "err").open("ab") as errors:
            self._process = subprocess.Popen(self._command, stdout=out, stderr=errors, env=environment(self._home))

    def end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(WAIT)
        out = self._home / "out"
        if half := out.read_bytes().rpartition(b"\n")[2]:  # a line that was not printed whole
            os.truncate(out, out.stat().st_size - len(half))

    def runs(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return (self._home / "err").read_text()

    def told(self) -> list[dict]:
        whole = (self._home / "out").read_bytes().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]


def arrived(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM inspections").fetchone()
    return row[0] if row else 0


def go_on(lines: list[Line], count: int) -> None:
    """Wait until each has told so many parts more."""
    goals = [len(line.told()) + count for line in lines]

    def gone_on() -> bool:
        assert all(line.runs() for line in lines), [line.said() for line in lines]
        return all(len(line.told()) >= goal for line, goal in zip(lines, goals, strict=True))

    wait_for(gone_on, "both stations go on", pause=0.1)


@pytest.mark.parametrize("crash", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_a_server_that_goes_away_under_load_loses_nothing(
    server: Server, shared_url: str, tmp_path: Path, quick: str, crash: signal.Signals
) -> None:
    chance = random.Random(5)
    with Line(tmp_path / "one", shared_url, quick) as one, Line(tmp_path / "two", shared_url, quick) as two:
        lines = [one, two]
        go_on(lines, 1)
        for number in range(ROUNDS):
            time.sleep(chance.uniform(0, 1))
            server.stop(crash)
            go_on(lines, 10)
            if number % 2 == 0:  # while the server is away and while it comes back
                one.end(signal.SIGKILL)
                one.start()
            server.start()
            go_on(lines, 5)
            two.end(signal.SIGKILL)
            two.start()
        go_on(lines, 5)
        for line in lines:
            line.end(signal.SIGINT)
            assert "can't be reached" in line.said()
            assert "Traceback" not in line.said()
    told = [entry for line in lines for entry in line.told()]
    assert len({entry["id"] for entry in told}) == len(told)
    for home in ("one", "two"):  # what a station still had goes to the server at its next start
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_DATA_HOME", str(tmp_path / home))
            Journal.open(shared_url).close()
    with closing(Journal.open(shared_url)) as journal:
        entries = {entry.id: entry for entry in journal.read(journal.ids())}
        assert arrived(shared_url) == len(entries)
        for one in told:
            assert {"id": one["id"], **entries[one["id"]].record} == one
            shown = simulate_part(DEMO_SEED, one["index"]).pixels
            assert np.array_equal(journal.pixels(entries[one["id"]]), shown)
        # A kill between the commit and the print leaves a row that nobody was told of.
        assert len(entries) - len(told) <= 2 * ROUNDS + 2
        assert check(journal).faults == ()
