from datetime import timedelta

import numpy as np
from builders import CAPTURED, make_inspection
from hypothesis import given
from hypothesis import strategies as st

from inspector.gui.state import KEPT_PARTS, THUMBNAIL, LineState, Phase, after, shrink
from inspector.station import Judged, Moved, Skipped, State
from inspector.types import Frame, Unreadable, Verdict


def judged(index: int, verdict: Verdict = Verdict.ACCEPT, seconds: float = 0.0) -> Judged:
    frame = Frame(np.zeros((16, 16), np.uint8), index, f"{index}", "p", CAPTURED + timedelta(seconds=seconds))
    return Judged(index + 1, make_inspection(frame, verdict=verdict))


def skipped(index: int) -> Skipped:
    return Skipped(index + 1, Unreadable(index, f"{index}.png", "damaged"))


def run(events: list) -> LineState:
    state = LineState(1)
    for event in events:
        state = after(state, event)
    return state


@given(st.lists(st.sampled_from([*Verdict, None]), max_size=80))
def test_every_part_is_counted_and_the_newest_are_kept(verdicts: list[Verdict | None]) -> None:
    events = [judged(i, verdict) if verdict else skipped(i) for i, verdict in enumerate(verdicts)]
    state = run(events)
    assert state.counts == {verdict: verdicts.count(verdict) for verdict in Verdict}
    assert state.unreadable == verdicts.count(None)
    assert state.lost == 0
    expected = [str(i) if verdicts[i] else f"{i}.png" for i in range(len(verdicts))][::-1][:KEPT_PARTS]
    assert [part.name for part in state.parts] == expected


def test_gaps_in_the_count_of_frames_are_lost_frames() -> None:
    assert run([judged(0), judged(3), skipped(5), judged(6)]).lost == 3


def test_the_takt_is_the_time_between_frames_and_a_pause_is_none() -> None:
    pause = [Moved(State.PAUSED), Moved(State.RUNNING)]
    state = run([judged(0), judged(1, seconds=0.5), judged(2, seconds=1.0), *pause, judged(3, seconds=60)])
    assert state.takt is None
    assert after(state, judged(4, seconds=60.4)).takt == 400


def test_a_fault_is_a_phase_with_its_reason() -> None:
    state = run([judged(0), Moved(State.FAULT, "disk full")])
    assert (state.phase, state.text) == (Phase.FAULT, "disk full")


def test_yield_is_the_share_of_accepted_parts() -> None:
    assert LineState(1).yield_share is None
    assert run([judged(0), judged(1, Verdict.REJECT), judged(2, Verdict.REVIEW), judged(3)]).yield_share == 0.5


@given(st.integers(1, 3000), st.integers(1, 3000), st.booleans())
def test_thumbnails_fit_their_place(height: int, width: int, colour: bool) -> None:
    pixels = np.zeros((height, width, 3) if colour else (height, width), np.uint8)
    small = shrink(pixels)
    assert small.shape[0] <= THUMBNAIL[1]
    assert small.shape[1] <= THUMBNAIL[0]
    assert small.shape[2:] == pixels.shape[2:]
