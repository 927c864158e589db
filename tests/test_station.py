import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import make_frame
from lines import WAIT, Camera, Line, OneFrame, lines

from inspector.events import Event, Judged, Linked, Moved, Skipped, State
from inspector.journal.store import Journal
from inspector.sources.base import SourceState, Status
from inspector.types import Verdict


@pytest.fixture
def make_line(tmp_path: Path) -> Iterator[Callable[..., Line]]:
    with lines(tmp_path) as make:
        yield make


def test_every_frame_is_judged_or_logged_as_unreadable(make_line: Callable[..., Line]) -> None:
    line = make_line()
    line.wait(lambda: line.ended)
    assert [event.inspection.verdict for event in line.judged] == [Verdict.REJECT, Verdict.ACCEPT]
    (skipped,) = (event for event in line.events if isinstance(event, Skipped))
    assert (skipped.unreadable.index, skipped.unreadable.name) == (1, "part-2.png")
    assert line.events[-1] == Moved(State.FINISHED)
    assert [entry.record["error"] for entry in line.journal.unreadable()] == [skipped.unreadable.error]


def test_a_verdict_is_published_only_when_it_can_be_read_from_the_journal(tmp_path: Path) -> None:
    line = Line(tmp_path)
    seen: list[tuple[Verdict, Verdict]] = []

    def publish(event: Event) -> None:
        if isinstance(event, Judged):
            other = Journal.open(f"sqlite:///{(tmp_path / 'journal.db').as_posix()}", create=False)
            entry = other.entry(event.entry_id)
            assert (other.levels(entry) == event.inspection.measurement.levels).all()
            seen.append((entry.verdict, event.inspection.verdict))
            other.close()

    line.station._publish = publish
    line.station.run()
    line.journal.close()
    assert seen == [(Verdict.REJECT, Verdict.REJECT), (Verdict.ACCEPT, Verdict.ACCEPT)]


def test_steps_judge_one_part_each_and_a_recipe_counts_from_the_next_part_on(make_line: Callable[..., Line]) -> None:
    line = make_line(paused=True)
    line.wait(lambda: line.events == [Moved(State.PAUSED)])
    line.station.set_recipe(line.recipe.with_threshold(11.5))
    line.station.step()
    line.wait(lambda: len(line.judged) == 1)
    assert line.judged[0].inspection.threshold == 11.5
    assert line.judged[0].inspection.verdict is Verdict.ACCEPT
    assert line.journal.recipe(line.journal.entry(line.judged[0].entry_id).recipe).threshold == 11.5
    line.station.resume()
    line.wait(lambda: line.ended)
    assert Moved(State.RUNNING) in line.events


def test_a_paused_line_takes_no_frame_from_its_source(make_line: Callable[..., Line], tmp_path: Path) -> None:
    line = make_line(paused=True)
    line.wait(lambda: line.events == [Moved(State.PAUSED)])
    (tmp_path / "parts" / "part-1.png").unlink()
    line.station.resume()
    line.wait(lambda: line.ended)
    assert [event.unreadable.index for event in line.events if isinstance(event, Skipped)] == [0, 1]


def test_stop_ends_a_paused_line(make_line: Callable[..., Line]) -> None:
    line = make_line(paused=True)
    line.station.stop()
    line.thread.join(WAIT)
    assert not line.thread.is_alive()
    assert not line.judged


def test_a_journal_that_can_not_be_written_stops_the_line_with_the_reason(make_line: Callable[..., Line]) -> None:
    line = make_line(paused=True)
    folder = line.journal.folder
    folder.rmdir()
    folder.write_bytes(b"a file where the pictures should go")
    line.station.resume()
    line.wait(lambda: line.ended)
    fault = line.events[-1]
    assert isinstance(fault, Moved)
    assert fault.state is State.FAULT
    assert "journal" in fault.text
    assert not line.judged
    assert not line.journal.entries()


def test_a_verdict_does_not_wait_for_the_next_frame(make_line: Callable[..., Line]) -> None:
    line = make_line(source=OneFrame())
    line.wait(lambda: len(line.judged) == 1)
    assert not line.ended
    line.station.stop()
    line.wait(lambda: line.ended)


def test_a_part_that_can_not_be_written_is_a_fault_at_once(make_line: Callable[..., Line]) -> None:
    """Though no other frame comes that would notice."""
    line = make_line(source=OneFrame(), paused=True)
    line.journal.folder.rmdir()
    line.journal.folder.write_bytes(b"a file where the pictures should go")
    line.station.resume()
    line.wait(lambda: line.ended)
    assert not line.judged
    assert "journal" in line.events[-1].text


def test_what_was_judged_before_a_fault_is_logged_and_shown_first(tmp_path: Path) -> None:
    """Even if the source fails before the part has begun to be written."""
    source = OneFrame(fails=True)
    line = Line(tmp_path, source)
    log = line.station._log

    def late(write: Callable[[], Event]) -> None:
        assert source.closed.wait(WAIT)
        log(write)

    line.station._log = late
    line.station.run()
    assert [type(event) for event in line.events] == [Moved, Judged, Moved]
    assert line.events[-1] == Moved(State.FAULT, "the camera is gone; plug it in")
    assert len(line.journal.entries()) == 1
    line.journal.close()


def test_a_frame_that_came_during_a_pause_is_not_judged_after_it(make_line: Callable[..., Line]) -> None:
    camera = Camera()
    line = make_line(source=camera)
    line.wait(lambda: Moved(State.RUNNING) in line.events)
    line.station.pause()
    camera.items.put(make_frame((64, 64), index=0))
    while not camera.items.empty():
        time.sleep(0.01)
    line.station.resume()
    camera.items.put(make_frame((64, 64), index=1))
    line.wait(lambda: len(line.judged) == 1)
    assert line.judged[0].inspection.frame.index == 1
    assert camera.discarded == [1]


def test_a_step_waits_for_a_part_and_not_for_news_of_the_source(make_line: Callable[..., Line]) -> None:
    camera = Camera()
    line = make_line(source=camera, paused=True)
    camera.items.put(Status(SourceState.LIVE))
    line.station.step()
    line.wait(lambda: Linked(Status(SourceState.LIVE)) in line.events)
    camera.items.put(make_frame((64, 64), index=0))
    line.wait(lambda: len(line.judged) == 1)


def test_that_a_source_is_lost_is_in_the_journal_before_it_is_told(make_line: Callable[..., Line]) -> None:
    camera = Camera()
    line = make_line(source=camera)
    lost = Status(SourceState.LOST, "the cable is out; plug it in")
    for status in (Status(SourceState.CONNECTING), lost, Status(SourceState.LIVE)):
        camera.items.put(status)
    line.wait(lambda: Linked(Status(SourceState.LIVE)) in line.events)
    told = [(event.kind, event.text) for event in line.journal.events()]
    assert told == [("source live", camera.name), ("source lost", f"{camera.name}: the cable is out; plug it in")]
