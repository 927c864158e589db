"""Brush, polygon, erasing, another kind and undo change the pixels that they should, and no others."""

import numpy as np
import pytest

from inspector.journal.drawing import Drawing


@pytest.fixture
def drawing() -> Drawing:
    """12 x 16 px with a defect of kind 1, 3 x 4 px."""
    pixels = np.zeros((12, 16), np.uint8)
    pixels[2:5, 3:7] = 1
    return Drawing(pixels)


def changed(drawing: Drawing, before: np.ndarray) -> set[tuple[int, int]]:
    """(x, y) of the pixels that differ."""
    rows, columns = np.nonzero(drawing.pixels != before)
    return set(zip(columns.tolist(), rows.tolist(), strict=True))


def test_a_thin_brush_draws_a_line(drawing: Drawing):
    before = drawing.pixels.copy()
    drawing.brush([(8, 8), (12, 8), (12, 10)], radius=0, kind=2)
    line = {(8, 8), (9, 8), (10, 8), (11, 8), (12, 8), (12, 9), (12, 10)}
    assert changed(drawing, before) == line
    assert {int(drawing.pixels[y, x]) for x, y in line} == {2}


def test_a_thick_brush_is_round_and_may_leave_the_frame(drawing: Drawing):
    before = drawing.pixels.copy()
    drawing.brush([(15, 9)], radius=3, kind=2)
    drawn = changed(drawing, before)
    assert {(15, 9), (12, 9), (15, 6), (15, 11)} <= drawn
    assert not {(12, 6), (11, 9), (15, 5)} & drawn


@pytest.mark.parametrize("radius", [0, 1, 2, 5])
def test_a_stroke_is_as_wide_as_the_brush(radius: int):
    across = Drawing(np.zeros((40, 40), np.uint8))
    across.brush([(10, 20), (30, 20)], radius, kind=1)
    assert np.flatnonzero(across.pixels[:, 20]).tolist() == list(range(20 - radius, 21 + radius))
    assert np.flatnonzero(across.pixels[20]).tolist() == list(range(10 - radius, 31 + radius))


def test_the_brush_erases(drawing: Drawing):
    drawing.brush([(3, 2), (6, 2)], radius=0, kind=0)
    assert drawing.pixels[2].sum() == 0
    assert (drawing.pixels[3:5, 3:7] == 1).all()


def test_a_polygon_is_filled_with_its_outline(drawing: Drawing):
    before = drawing.pixels.copy()
    drawing.polygon([(9, 6), (13, 6), (13, 10), (9, 10)], kind=3)
    assert changed(drawing, before) == {(x, y) for x in range(9, 14) for y in range(6, 11)}


def test_a_defect_gets_another_kind_and_its_neighbour_keeps_its_own(drawing: Drawing):
    drawing.polygon([(10, 2), (12, 2), (12, 4), (10, 4)], kind=1)
    drawing.recolour((4, 3), kind=2)
    assert (drawing.pixels[2:5, 3:7] == 2).all()
    assert (drawing.pixels[2:5, 10:13] == 1).all()
    drawing.recolour((0, 0), kind=2)
    assert drawing.pixels[0, 0] == 0


def test_undo_and_redo_walk_through_the_strokes(drawing: Drawing):
    states = [drawing.pixels.copy()]
    assert not drawing.can_undo
    drawing.brush([(4, 4), (9, 9)], radius=1, kind=2)
    states.append(drawing.pixels.copy())
    drawing.recolour((4, 2), kind=0)
    states.append(drawing.pixels.copy())
    for state in (states[1], states[0]):
        drawing.undo()
        assert np.array_equal(drawing.pixels, state)
    assert not drawing.can_undo
    for state in states[1:]:
        drawing.redo()
        assert np.array_equal(drawing.pixels, state)
    assert not drawing.can_redo
    drawing.undo()
    drawing.brush([(0, 0)], radius=0, kind=1)
    assert not drawing.can_redo


def test_a_stroke_that_changes_nothing_is_not_to_be_undone(drawing: Drawing):
    drawing.brush([(4, 3)], radius=0, kind=1)
    assert not drawing.can_undo


def test_a_stroke_is_seen_while_it_is_drawn_and_undone_as_one(drawing: Drawing):
    before = drawing.pixels.copy()
    boxes = [drawing.begin((1, 8), radius=2, kind=2), drawing.extend((9, 9)), drawing.extend((20, 30))]
    for top, left, bottom, right in boxes:
        assert 0 <= top <= bottom <= 12
        assert 0 <= left <= right <= 16
    seen = changed(drawing, before)
    reached = {(x, y) for top, left, bottom, right in boxes for x in range(left, right) for y in range(top, bottom)}
    assert seen
    assert seen <= reached
    assert not drawing.can_undo
    drawing.finish()
    whole = Drawing(before)
    whole.brush([(1, 8), (9, 9), (20, 30)], radius=2, kind=2)
    assert np.array_equal(drawing.pixels, whole.pixels)
    drawing.undo()
    assert np.array_equal(drawing.pixels, before)
    assert not drawing.can_undo


def test_a_stroke_beside_the_frame_changes_nothing(drawing: Drawing):
    before = drawing.pixels.copy()
    drawing.brush([(-20, 4), (-15, 40)], radius=2, kind=2)
    assert not changed(drawing, before)
    assert not drawing.can_undo


def test_what_it_began_with_stays():
    given = np.zeros((4, 4), np.uint8)
    drawing = Drawing(given)
    drawing.brush([(1, 1)], radius=0, kind=1)
    assert not given.any()
    with pytest.raises(ValueError, match="read-only"):
        drawing.pixels[0, 0] = 1
