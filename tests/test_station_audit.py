"""Who changed what judges parts is in the journal's audit, and what the journal has to say reaches the line."""

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import make_frame
from lines import Camera, Line, lines

from inspector.events import Noticed
from inspector.journal.audit import check_chain


@pytest.fixture
def make_line(tmp_path: Path) -> Iterator[Callable[..., Line]]:
    with lines(tmp_path) as make:
        yield make


def judge_under(line: Line, camera: Camera, thresholds: list[float]) -> None:
    for threshold in thresholds:
        line.station.set_recipe(line.recipe.with_threshold(threshold))
        done = len(line.judged)
        camera.items.put(make_frame((64, 64)))
        line.wait(lambda: len(line.judged) > done)  # noqa: B023


def test_what_judges_is_in_the_audit_but_not_each_t_of_a_drag(make_line: Callable[..., Line]) -> None:
    camera = Camera()
    line = make_line(source=camera)
    judge_under(line, camera, [5, 5, 5.1, 5.2, 5.3, 4.8, 4.8, 4.8, 6, 4.8])
    rows = line.journal.audit()[::-1]
    assert [(row.change.what, row.change.old, row.change.new) for row in rows] == [
        ("judged by, on camera", "", "spots: T 5, model tiny"),
        ("judged by, on camera", "T: 5", "T: 4.8"),
    ]
    assert {row.change.who for row in rows} == {getpass.getuser()}
    assert check_chain(rows, "journal") == 2
    assert rows[0].time < line.journal.entry(line.judged[0].entry_id).time


def test_what_the_journal_has_to_say_is_told_once_and_taken_back(
    make_line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = Camera()
    line = make_line(source=camera)
    said = iter(["", "the disk fills", "the disk fills", "", ""])
    monkeypatch.setattr(line.journal, "make_room", lambda: next(said))
    judge_under(line, camera, [5] * 5)
    notices = [event for event in line.events if isinstance(event, Noticed)]
    assert notices == [Noticed("the disk fills"), Noticed("")]
