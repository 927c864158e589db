from dataclasses import replace
from datetime import time, timedelta

import numpy as np
from builders import CAPTURED, make_inspection, make_recipe
from hypothesis import given
from hypothesis import strategies as st

from inspector.events import Judged, Linked, Moved, PartJudged, Skipped, State
from inspector.gui.state import KEPT_PARTS, THUMBNAIL, InHand, LineState, Phase, after, shrink
from inspector.parts import PartVerdict
from inspector.shifts import Shift
from inspector.sources.base import SourceState, Status
from inspector.types import Frame, Unreadable, Verdict


def judged(index: int, verdict: Verdict = Verdict.ACCEPT, seconds: float = 0.0, part: str = "p") -> Judged:
    frame = Frame(np.zeros((16, 16), np.uint8), index, f"{index}", part, CAPTURED + timedelta(seconds=seconds))
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


def test_parts_of_several_frames_are_counted_by_the_part() -> None:
    recipe = make_recipe().model_copy(update={"views": 2})
    state = replace(LineState(1), recipe=recipe)
    for event in (judged(0), skipped(1)):
        state = after(state, event)
    assert (state.judged, state.in_hand) == (0, InHand("p", 2, Verdict.ACCEPT))
    part = PartVerdict("p", Verdict.REVIEW, "incomplete: 1 of 2 frames can't be read", 1, 2)
    state = after(state, PartJudged(part, CAPTURED))
    assert (state.judged, state.counts[Verdict.REVIEW], state.ended, state.in_hand) == (1, 1, part, None)
    state = after(state, judged(2, Verdict.REJECT))
    assert state.in_hand == InHand("p", 1, Verdict.REJECT)


def test_parts_whose_frames_interleave_are_each_counted_by_themselves() -> None:
    state = replace(LineState(1), recipe=make_recipe().model_copy(update={"views": 3}))
    for index, part in enumerate("abab"):
        state = after(state, judged(index, part=part))
    assert state.in_hand == InHand("b", 2, Verdict.ACCEPT)
    state = after(after(state, judged(4, part="a")), PartJudged(PartVerdict("a", Verdict.ACCEPT, "", 3, 3), CAPTURED))
    assert state.in_hand is None  # so that the verdict of "a" is seen
    state = after(state, judged(5, Verdict.REJECT, part="b"))
    assert state.in_hand == InHand("b", 3, Verdict.REJECT)


def test_a_part_whose_verdict_grows_worse_counts_once() -> None:
    state = replace(LineState(1), recipe=make_recipe().model_copy(update={"views": 2}))
    state = after(state, PartJudged(PartVerdict("p", Verdict.REVIEW, "incomplete", 1, 2), CAPTURED))
    state = after(state, judged(9, Verdict.REJECT))
    state = after(state, PartJudged(PartVerdict("p", Verdict.REJECT, "late", 2, 2, Verdict.REVIEW), CAPTURED))
    assert (state.judged, state.counts[Verdict.REJECT]) == (1, 1)


def test_the_line_is_cut_off_while_its_source_gives_nothing() -> None:
    lost = Status(SourceState.LOST, "the cable is out")
    state = run([Moved(State.RUNNING), Linked(Status(SourceState.LIVE)), judged(0), Linked(lost), judged(1)])
    assert state.link == lost  # a frame that came before the loss does not make it live
    assert state.cut_off
    assert not after(state, Linked(Status(SourceState.LIVE))).cut_off
    assert not after(state, Moved(State.PAUSED)).cut_off
    assert after(state, Moved(State.FINISHED)).link.state is SourceState.STOPPED


def test_a_source_that_says_nothing_of_itself_is_live_with_its_first_frame() -> None:
    assert run([Moved(State.RUNNING)]).link.state is SourceState.CONNECTING
    assert run([Moved(State.RUNNING), judged(0)]).link.state is SourceState.LIVE


def test_the_shift_goes_on_counting_over_lines_and_begins_anew_at_its_time() -> None:
    shift = Shift.of(CAPTURED, (time(CAPTURED.hour), time((CAPTURED.hour + 1) % 24)))
    earlier = shift.with_part(Verdict.REJECT, CAPTURED)
    state = after(after(replace(LineState(2), shift=earlier), judged(0)), judged(1, seconds=1))
    assert (state.shift.parts, state.shift.yield_share) == (3, 2 / 3)
    assert after(state, judged(2, seconds=3600)).shift.parts == 1
