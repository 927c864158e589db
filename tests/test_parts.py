from dataclasses import replace

import pytest
from builders import make_frame, make_inspection
from hypothesis import given
from hypothesis import strategies as st

from inspector.parts import OPEN_PARTS, PartBook, PartVerdict
from inspector.types import Inspection, Unreadable, Verdict

ACCEPT, REVIEW, REJECT = Verdict


Outcome = Verdict | str | None
"""Of a frame: its verdict, why it can't be read, or None where it never comes."""

OUTCOMES = st.sampled_from([ACCEPT, ACCEPT, REVIEW, REJECT, "damaged", None])


def seen(name: str, verdict: Verdict = ACCEPT, part: str = "", index: int = 0) -> Inspection:
    """A frame of a source that names parts, or none."""
    frame = make_frame(name=f"{name}.png", part=part or name, index=index)
    return make_inspection(frame, verdict=verdict, reasons=("crack of 40 px2",))


def item(outcome: Verdict | str, name: str, part: str = "", index: int = 0) -> Inspection | Unreadable:
    if isinstance(outcome, Verdict):
        return seen(name, outcome, part, index)
    return Unreadable(index, f"{name}.png", outcome, part or name)


def counted_off(book: PartBook, *items: Inspection | Unreadable, given: str = "") -> list[PartVerdict]:
    """What a book says of frames that it claims itself."""
    for item in items:
        if isinstance(item, Unreadable):
            book.add(book.claim(item, given))
        else:
            frame = book.claim(item.frame, given)
            book.add(replace(item, measurement=replace(item.measurement, frame=frame)))
    return book.ended()


def closed(book: PartBook) -> list[PartVerdict]:
    book.close()
    return book.ended()


def worst(*verdicts: Verdict) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.rank)


def due(outcomes: list[Outcome]) -> Verdict:
    """What a part of these frames deserves: its worst frame, and review where one can't be judged."""
    return worst(*(one if isinstance(one, Verdict) else REVIEW for one in outcomes))


def test_the_part_s_verdict_is_the_worst_of_its_frames() -> None:
    ended = counted_off(PartBook(3), seen("a"), seen("b", REJECT), seen("c", REVIEW))
    assert ended == [PartVerdict("a", REJECT, "b.png: crack of 40 px2", 3, 3)]


def test_a_part_without_a_defect_passes_when_it_is_complete() -> None:
    book = PartBook(2)
    assert counted_off(book, seen("a")) == []
    assert counted_off(book, seen("b")) == [PartVerdict("a", ACCEPT, "no defect in 2 frames", 2, 2)]
    assert closed(book) == []


def test_a_part_that_lacks_a_frame_does_not_pass() -> None:
    book = PartBook(3)
    assert counted_off(book, seen("1", part="x"), seen("2", part="x")) == []
    assert closed(book) == [PartVerdict("x", REVIEW, "incomplete: 2 of 3 frames came", 2, 3)]


def test_a_rejected_part_that_lacks_a_frame_stays_rejected_and_says_both() -> None:
    book = PartBook(3)
    counted_off(book, seen("1", REJECT, part="x"))
    assert closed(book) == [PartVerdict("x", REJECT, "1.png: crack of 40 px2; incomplete: 1 of 3 frames came", 1, 3)]


def test_a_frame_that_can_not_be_read_keeps_its_part_from_passing() -> None:
    ended = counted_off(PartBook(3), seen("a"), Unreadable(1, "b.png", "damaged"), seen("c"), seen("d"))
    assert ended == [PartVerdict("a", REVIEW, "incomplete: 1 of 3 frames can't be read", 2, 3)]


def test_a_part_may_begin_with_a_frame_that_can_not_be_read() -> None:
    ended = counted_off(PartBook(2), Unreadable(0, "a.png", "damaged"), seen("b"), seen("c"), seen("d"))
    assert [(part.part, part.verdict) for part in ended] == [("a.png", REVIEW), ("c", ACCEPT)]


def test_a_frame_that_can_not_be_read_is_of_the_part_that_its_source_names() -> None:
    book = PartBook(2)
    ended = counted_off(book, seen("1", part="x"), item("damaged", "1", "y"), seen("2", part="x"))
    assert ended == [PartVerdict("x", ACCEPT, "no defect in 2 frames", 2, 2)]
    ended = counted_off(book, seen("2", part="y"))
    assert ended == [PartVerdict("y", REVIEW, "incomplete: 1 of 2 frames can't be read", 1, 2)]


def test_frames_of_a_part_may_come_after_another_part_began() -> None:
    ended = counted_off(
        PartBook(2), seen("1", part="x"), seen("1", part="y"), seen("2", REJECT, part="y"), seen("2", part="x")
    )
    assert [(part.part, part.verdict) for part in ended] == [("y", REJECT), ("x", ACCEPT)]


def test_a_frame_that_comes_again_under_its_name_does_not_stand_for_a_missing_one() -> None:
    book = PartBook(2)
    assert counted_off(book, seen("cam1", part="x"), seen("cam1", REJECT, part="x")) == []
    assert counted_off(book, seen("cam2", part="x")) == [PartVerdict("x", REJECT, "cam1.png: crack of 40 px2", 2, 2)]


def test_frames_of_one_name_are_counted_off_all_the_same() -> None:
    """A camera PC may write each picture over the one before."""
    assert [part.frames for part in counted_off(PartBook(2), seen("now"), seen("now"))] == [2]


def test_a_part_is_given_up_when_too_many_wait_behind_it() -> None:
    book = PartBook(2)
    names = [f"p{k}" for k in range(OPEN_PARTS + 1)]
    assert counted_off(book, *(seen("1", part=name) for name in names[:-1])) == []
    ended = counted_off(book, seen("1", part=names[-1]))
    assert ended == [PartVerdict("p0", REVIEW, "incomplete: 1 of 2 frames came", 1, 2)]
    assert [part.part for part in closed(book)] == names[1:]


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (ACCEPT, []),
        (REVIEW, []),
        ("damaged", []),
        (REJECT, [(REJECT, "late.png: crack of 40 px2; this frame came after the part's verdict")]),
    ],
)
def test_a_frame_that_comes_too_late_can_only_make_its_part_worse(late: Verdict | str, said: list) -> None:
    book = PartBook(2)
    counted_off(book, *(seen("1", part=f"p{k}") for k in range(OPEN_PARTS + 1)))
    ended = counted_off(book, item(late, "late", "p0"))
    assert [(part.verdict, part.reason) for part in ended] == said
    assert [part.replaces for part in ended] == [REVIEW for _ in said]  # it was given up, and said to be incomplete
    again = counted_off(book, seen("1", part="p0"), seen("2", part="p0"))
    assert [(part.part, part.verdict) for part in again] == [("p1", REVIEW), ("p0", ACCEPT)]  # it was brought back


def test_a_frame_that_was_lost_keeps_its_part_from_passing_and_the_next_ones_in_step() -> None:
    book = PartBook(3)
    frames = {index: seen(str(index), index=index) for index in range(9)}
    ended = counted_off(book, *(frames[index] for index in (0, 1, 4, 5, 6, 7, 8)))
    assert [(part.part, part.verdict, part.frames) for part in ended] == [
        ("0", REVIEW, 2),
        ("4", REVIEW, 2),
        ("6", ACCEPT, 3),
    ]


def test_a_part_in_whose_midst_frames_may_have_passed_uncounted_does_not_pass() -> None:
    book = PartBook(2)
    counted_off(book, seen("a"), seen("1", part="named"))
    counted_off(book, seen("b"))
    book.interrupt()
    ended = counted_off(book, seen("c"), seen("d"), seen("2", part="named"))
    assert [(part.part, part.verdict) for part in ended] == [("b", REVIEW), ("c", ACCEPT), ("named", ACCEPT)]


def test_an_id_that_was_read_off_the_part_counts_before_names() -> None:
    ended = counted_off(PartBook(2), seen("a"), seen("b", part="x"), given="SN-77")
    assert [part.part for part in ended] == ["SN-77"]


def test_another_id_ends_the_part_before() -> None:
    book = PartBook(3)
    counted_off(book, seen("a"), given="SN-1")
    assert [part.part for part in counted_off(book, seen("b"), given="SN-2")] == ["SN-1"]


def test_an_id_is_not_for_the_part_after_one_whose_last_frames_were_lost() -> None:
    book = PartBook(2)
    ended = counted_off(book, seen("0", index=0), seen("2", index=2), given="SN-1")
    assert [(part.part, part.verdict) for part in ended] == [("SN-1", REVIEW)]
    assert book.claim(make_frame(name="3.png", part="3", index=3)).part == "2"


def test_of_parts_with_one_frame_nothing_is_said() -> None:
    book = PartBook(1)
    assert counted_off(book, seen("a", REJECT), seen("b")) == []
    assert closed(book) == []


@given(st.data(), st.integers(2, 4))
def test_frames_that_are_counted_off_are_of_the_part_that_their_number_says(data, views: int) -> None:
    outcomes = data.draw(st.lists(OUTCOMES, max_size=30))
    came = [item(one, str(k), index=k) for k, one in enumerate(outcomes) if one is not None]
    book = PartBook(views)
    ended = counted_off(book, *came) + closed(book)
    parts = [outcomes[first : first + views] for first in range(0, len(outcomes), views)]
    parts = [part + [None] * (views - len(part)) for part in parts if any(part)]
    assert [part.verdict for part in ended] == [due(part) for part in parts]
    assert [part.frames for part in ended] == [sum(isinstance(one, Verdict) for one in part) for part in parts]


@given(st.data(), st.integers(2, 4), st.integers(1, OPEN_PARTS + 6))
def test_in_whatever_order_frames_come_each_counts_for_its_own_part(data, views: int, count: int) -> None:
    parts = {f"p{k}": data.draw(st.lists(OUTCOMES, min_size=views, max_size=views)) for k in range(count)}
    frames = [(name, k) for name, outcomes in parts.items() for k in range(views) if outcomes[k] is not None]
    order = data.draw(st.permutations(frames))
    book = PartBook(views)
    ended = counted_off(book, *(item(parts[name][k], f"{name}-{k}", name) for name, k in order)) + closed(book)
    assert {part.part for part in ended} == {name for name, _ in frames}
    for name, outcomes in parts.items():
        told = [part.verdict for part in ended if part.part == name]
        if told:
            assert told == sorted(told, key=lambda verdict: verdict.rank)
            assert told[-1] is due(outcomes) or (told[-1] is REVIEW and due(outcomes) is ACCEPT)
    if count <= OPEN_PARTS:
        assert sorted((part.part, part.verdict) for part in ended) == sorted(
            (name, due(outcomes)) for name, outcomes in parts.items() if any(outcomes)
        )


@pytest.mark.parametrize("views", [1, 2])
def test_frames_keep_the_part_that_their_source_names(views: int) -> None:
    assert PartBook(views).claim(make_frame(name="2.png", part="x")).part == "x"
