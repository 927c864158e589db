"""Parts of several frames, and ids that are read off them, at a station that runs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import make_frame
from lines import Camera, Line, lines

from inspector.events import PartJudged, Skipped
from inspector.sources.base import SourceState, Status
from inspector.types import Unreadable, Verdict


@pytest.fixture
def make_line(tmp_path: Path) -> Iterator[Callable[..., Line]]:
    with lines(tmp_path) as make:
        yield make


def test_a_part_of_several_frames_has_one_verdict_in_the_journal_before_it_is_told(make_line) -> None:
    """The folder's three frames, one with a defect and one that can't be read, are one part."""
    line = make_line(views=3)
    line.wait(lambda: line.ended)
    (told,) = [event.part for event in line.events if isinstance(event, PartJudged)]
    assert (told.part, told.verdict, told.frames, told.views) == ("part-1", Verdict.REJECT, 2, 3)
    assert told.reason.startswith("part-1.png: ")
    assert told.reason.endswith("incomplete: 1 of 3 frames can't be read")
    assert line.journal.parts() == [told]
    assert {entry.record["part"] for entry in line.journal.entries()} == {"part-1"}


def test_a_part_that_the_line_ends_in_is_flagged(make_line) -> None:
    line = make_line(views=2)
    line.wait(lambda: line.ended)
    parts = [event.part for event in line.events if isinstance(event, PartJudged)]
    assert [(part.part, part.frames) for part in parts] == [("part-1", 1), ("part-3", 1)]
    assert parts[1].verdict is Verdict.REVIEW
    assert line.journal.parts() == parts[::-1]


def test_an_id_that_was_read_off_a_part_is_for_that_part_alone(make_line) -> None:
    camera = Camera()
    line = make_line(source=camera)
    line.station.set_part("SN-77")
    for index in (0, 1):
        camera.items.put(make_frame((64, 64), index=index))
    line.wait(lambda: len(line.judged) == 2)
    assert [event.inspection.frame.part for event in line.judged] == ["SN-77", "tile"]


def parts_of(line: Line) -> list[tuple[str, Verdict, int]]:
    ended = [event.part for event in line.events if isinstance(event, PartJudged)]
    return [(part.part, part.verdict, part.frames) for part in ended]


def test_an_id_that_is_read_before_the_last_part_has_all_its_frames_is_for_all_of_the_next(make_line) -> None:
    camera = Camera()
    line = make_line(source=camera, views=2)
    line.station.set_part("SN-1")
    camera.items.put(make_frame((64, 64), index=0))
    line.wait(lambda: len(line.judged) == 1)
    line.station.set_part("SN-2")
    for index in (1, 2, 3):
        camera.items.put(make_frame((64, 64), index=index))
    line.wait(lambda: len(line.judged) == 4)
    assert [event.inspection.frame.part for event in line.judged] == ["SN-1", "SN-2", "SN-2", "tile"]
    assert [(part, frames) for part, _, frames in parts_of(line)] == [("SN-1", 1), ("SN-2", 2)]


def test_a_frame_that_can_not_be_read_has_its_part_s_id(make_line) -> None:
    camera = Camera()
    line = make_line(source=camera)
    line.station.set_part("SN-77")
    camera.items.put(Unreadable(0, "0.png", "damaged"))
    camera.items.put(make_frame((64, 64), index=1))
    line.wait(lambda: len(line.judged) == 1)
    (skipped,) = (event.unreadable for event in line.events if isinstance(event, Skipped))
    assert skipped == Unreadable(0, "0.png", "damaged", "SN-77")
    assert line.judged[0].inspection.frame.part == "tile"


def test_a_part_that_was_in_hand_when_a_camera_was_lost_does_not_pass(make_line) -> None:
    """Nobody knows how many frames of it, and of the next ones, passed meanwhile."""
    camera = Camera()
    line = make_line(source=camera, views=2)
    line.station.set_part("SN-1")
    lost = Status(SourceState.LOST, "the cable is out; plug it in", missed=True)
    for item in (make_frame((64, 64), index=0), lost, make_frame((64, 64), index=1)):
        camera.items.put(item)
    line.wait(lambda: len(line.judged) == 2)
    assert [(part, frames) for part, _, frames in parts_of(line)] == [("SN-1", 1)]
    assert line.judged[1].inspection.frame.part == "tile"


def test_a_share_that_was_away_kept_the_frames_of_the_part_in_hand(make_line) -> None:
    source = Camera()
    line = make_line(source=source, views=2)
    for item in (make_frame((64, 64), index=0), Status(SourceState.LOST), make_frame((64, 64), index=1)):
        source.items.put(item)
    line.wait(lambda: len(parts_of(line)) == 1)
    assert [frames for _, _, frames in parts_of(line)] == [2]


def test_a_part_that_was_in_hand_during_a_pause_does_not_pass(make_line) -> None:
    camera = Camera()
    line = make_line(source=camera, views=2)
    camera.items.put(make_frame((64, 64), index=0))
    line.wait(lambda: len(line.judged) == 1)
    line.station.pause()
    camera.items.put(make_frame((64, 64), index=1))
    while not camera.items.empty():
        time.sleep(0.01)
    line.station.resume()
    camera.items.put(make_frame((64, 64), index=1))
    line.wait(lambda: len(line.judged) == 2)
    assert [frames for _, _, frames in parts_of(line)] == [1]
