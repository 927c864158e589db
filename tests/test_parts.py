from dataclasses import replace

import pytest
from builders import make_frame, make_inspection
from hypothesis import given
from hypothesis import strategies as st

from inspector.parts import PartBook, PartVerdict
from inspector.types import Inspection, Unreadable, Verdict

ACCEPT, REVIEW, REJECT = Verdict


def seen(name: str, verdict: Verdict = ACCEPT, part: str = "") -> Inspection:
    """A frame of a source that names parts, or none."""
    return make_inspection(
        make_frame(name=f"{name}.png", part=part or name), verdict=verdict, reasons=("crack of 40 px2",)
    )


def counted_off(book: PartBook, *items: Inspection | Unreadable, given: str = "") -> list[PartVerdict]:
    """What a book says of frames that it claims itself."""
    ended = []
    for item in items:
        if isinstance(item, Inspection):
            frame = book.claim(item.frame, given)
            item = replace(item, measurement=replace(item.measurement, frame=frame))
        ended += book.add(item)
    return ended


def test_the_part_s_verdict_is_the_worst_of_its_frames() -> None:
    ended = counted_off(PartBook(3), seen("a"), seen("b", REJECT), seen("c", REVIEW))
    assert ended == [PartVerdict("a", REJECT, "b.png: crack of 40 px2", 3, 3)]


def test_a_part_without_a_defect_passes_when_it_is_complete() -> None:
    book = PartBook(2)
    assert counted_off(book, seen("a")) == []
    assert counted_off(book, seen("b")) == [PartVerdict("a", ACCEPT, "no defect in 2 frames", 2, 2)]
    assert book.close() == []


def test_a_part_that_lacks_a_frame_does_not_pass() -> None:
    ended = counted_off(PartBook(3), seen("1", part="x"), seen("2", part="x"), seen("3", part="y"))
    assert ended == [PartVerdict("x", REVIEW, "incomplete: 2 of 3 frames came", 2, 3)]


def test_a_rejected_part_that_lacks_a_frame_stays_rejected_and_says_both() -> None:
    book = PartBook(3)
    counted_off(book, seen("1", REJECT, part="x"))
    assert book.close() == [PartVerdict("x", REJECT, "1.png: crack of 40 px2; incomplete: 1 of 3 frames came", 1, 3)]


def test_a_frame_that_can_not_be_read_keeps_its_part_from_passing() -> None:
    ended = counted_off(PartBook(3), seen("a"), Unreadable(1, "b.png", "damaged"), seen("c"), seen("d"))
    assert ended == [PartVerdict("a", REVIEW, "incomplete: 1 of 3 frames can't be read", 2, 3)]


def test_a_part_may_begin_with_a_frame_that_can_not_be_read() -> None:
    ended = counted_off(PartBook(2), Unreadable(0, "a.png", "damaged"), seen("b"), seen("c"), seen("d"))
    assert [(part.part, part.verdict) for part in ended] == [("a.png", REVIEW), ("c", ACCEPT)]


def test_an_id_that_was_read_off_the_part_counts_before_names() -> None:
    ended = counted_off(PartBook(2), seen("a"), seen("b", part="x"), given="SN-77")
    assert [part.part for part in ended] == ["SN-77"]


def test_another_id_ends_the_part_before() -> None:
    book = PartBook(3)
    counted_off(book, seen("a"), given="SN-1")
    assert [part.part for part in counted_off(book, seen("b"), given="SN-2")] == ["SN-1"]


def test_of_parts_with_one_frame_nothing_is_said() -> None:
    book = PartBook(1)
    assert counted_off(book, seen("a", REJECT), seen("b")) == []
    assert book.close() == []


@given(st.integers(2, 5), st.lists(st.sampled_from(Verdict), max_size=30))
def test_every_frame_is_in_one_part(views: int, verdicts: list[Verdict]) -> None:
    book = PartBook(views)
    ended = counted_off(book, *(seen(str(i), verdict) for i, verdict in enumerate(verdicts))) + book.close()
    assert sum(part.frames for part in ended) == len(verdicts)
    for number, part in enumerate(ended):
        own = verdicts[number * views : (number + 1) * views]
        least = ACCEPT if len(own) == views else REVIEW
        assert part.verdict is max([*own, least], key=lambda verdict: verdict.rank)


@pytest.mark.parametrize("views", [1, 2])
def test_frames_keep_the_part_that_their_source_names(views: int) -> None:
    assert PartBook(views).claim(make_frame(name="2.png", part="x")).part == "x"
