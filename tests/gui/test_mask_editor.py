"""A person draws the defects of a part with mouse and keys, and what was drawn is in the journal."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from gui.conftest import load_tiny
from gui.driving import SHAPE, spot_frame
from gui.mask_person import CTRL, LEFT, NONE, SHIFT, SPOT, Person
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from inspector.journal.store import Journal
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.types import Frame


@pytest.fixture
def journal(bundle: Path, journal_url: str) -> Iterator[Journal]:
    """A reject with a spot, and a part without."""
    recipe, model = Recipe(name="tile", model=str(bundle), threshold=5.0), load_tiny(str(bundle))
    with closing(Journal.open(journal_url)) as opened:
        for number, severity in enumerate((9.0, 0.0)):
            frame = Frame(spot_frame(severity), number, f"part-{number}.png", "", datetime.now(UTC))
            opened.add(judge(measure(frame, model), recipe), recipe, "folder")
        yield opened


@pytest.fixture
def person(qtbot, journal: Journal) -> Iterator[Person]:
    one = Person(qtbot, journal)
    yield one
    one.editor.close_threads()
    one.editor.close()


def test_it_begins_with_what_was_found(person: Person):
    person.open()
    assert (person.mask[42:46, 50:54] == 1).all()
    assert not person.mask[:36].any()
    assert set(np.unique(person.mask)) == {0, 1}
    assert person.editor.desk.kinds.classes[:2] == ("background", "spot")
    assert person.editor.desk.about.text() == "Begins with what was found."
    assert not person.editor.unsaved


def test_what_is_brushed_and_saved_is_in_the_journal(person: Person):
    person.open(2)
    person.editor.desk.canvas.set_radius(2)
    person.stroke((20, 30), (40, 30), (60, 30))
    assert (person.mask[28:33, 20:61] == 1).all()
    assert not person.mask[36:].any()
    assert person.editor.unsaved
    drawn = person.mask.copy()
    person.say_why("overlooked")
    person.key(Qt.Key.Key_Return)
    person.see(lambda: ("saved", 2) in person.told)
    (mask,) = person.journal.masks(2)
    assert np.array_equal(mask.pixels, drawn)
    assert (mask.reason, mask.classes[1]) == ("overlooked", "spot")
    assert ("closed", None) in person.told
    assert not person.editor.unsaved


def test_it_begins_with_what_was_drawn_last(person: Person):
    drawn = np.zeros(SHAPE, np.uint8)
    drawn[5:9, 5:9] = 2
    person.journal.add_mask(1, drawn, ("background", "dust", "hair"), "anna", "two hairs")
    person.open()
    assert np.array_equal(person.mask, drawn)
    assert person.editor.desk.kinds.classes[:3] == ("background", "dust", "hair")
    assert "spot" in person.editor.desk.kinds.classes
    assert "anna" in person.editor.desk.about.text()
    assert "two hairs" in person.editor.desk.about.text()
    assert not person.editor.desk.save.isEnabled()


def test_the_eraser_and_del(person: Person):
    person.open()
    person.keys(Qt.Key.Key_E)
    person.editor.desk.canvas.set_radius(1)
    person.stroke((48, 41), (55, 41))
    assert not person.mask[40:43, 48:56].any()
    assert person.mask[43:46, 50:54].all()
    person.move(*SPOT[::-1])
    person.keys(Qt.Key.Key_Delete)
    assert not person.mask.any()


def test_a_polygon_is_closed_by_enter_or_a_double_click_and_given_up_by_escape(person: Person):
    person.open(2)
    person.keys(Qt.Key.Key_P)
    for corner in ((10, 10), (30, 10), (30, 20)):
        person.click_at(*corner)
    assert person.editor.unsaved
    person.keys(Qt.Key.Key_Return)
    assert person.mask[12, 28] == 1
    assert not person.editor.desk.canvas.corners
    filled = person.mask.copy()
    person.click_at(60, 60)
    person.click_at(80, 60)
    person.keys(Qt.Key.Key_B, Qt.Key.Key_P)
    assert len(person.editor.desk.canvas.corners) == 2
    person.keys(Qt.Key.Key_Escape)
    assert np.array_equal(person.mask, filled)
    for corner in ((60, 60), (80, 60)):
        person.click_at(*corner)
    person.click_at(10, 90)
    person.keys(Qt.Key.Key_Backspace)
    person.click_at(80, 80)
    QTest.mouseDClick(person.paper, LEFT, NONE, person.at(80, 80))
    assert person.mask[65, 78] == 1
    assert person.mask[70, 50] == 0
    person.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(person.mask, filled)


def test_undo_and_redo_by_keys(person: Person):
    person.open(2)
    person.stroke((20, 30), (40, 30))
    once = person.mask.copy()
    person.stroke((20, 60), (40, 60))
    twice = person.mask.copy()
    person.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(person.mask, once)
    person.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert np.array_equal(person.mask, twice)
    person.key(Qt.Key.Key_Z, CTRL)
    person.key(Qt.Key.Key_Z, CTRL)
    assert not person.mask.any()
    assert not person.editor.unsaved


def test_digits_choose_the_kind_and_a_click_gives_it_to_a_defect(person: Person):
    person.open()
    kinds = person.editor.desk.kinds
    person.keys(Qt.Key.Key_0)
    person.editor.desk.canvas.set_radius(1)
    person.stroke((5, 5), (9, 5))
    assert person.mask[5, 7] == IGNORE
    QTest.keyClicks(kinds.new, "hair")
    QTest.keyClick(kinds.new, Qt.Key.Key_Return)
    hair = kinds.classes.index("hair")
    assert person.editor.desk.canvas.kind == hair
    person.editor.desk.canvas.setFocus()
    person.keys(Qt.Key.Key_K)
    person.click_at(*SPOT[::-1])
    assert (person.mask[42:46, 50:54] == hair).all()
    person.keys(Qt.Key.Key_1)
    assert person.editor.desk.canvas.kind == 1
    person.say_why("a hair")
    person.key(Qt.Key.Key_S, CTRL)
    person.see(lambda: ("saved", 1) in person.told)
    (mask,) = person.journal.masks(1)
    assert mask.classes[hair] == "hair"


def test_a_new_kind_that_is_not_drawn_is_not_kept(person: Person):
    person.open()
    kinds = person.editor.desk.kinds
    before = kinds.classes
    QTest.keyClicks(kinds.new, "never")
    person.click(kinds.add)
    person.say_why("right as it is")
    person.key(Qt.Key.Key_S, CTRL)
    person.see(lambda: ("saved", 1) in person.told)
    assert person.journal.masks(1)[0].classes == before


def test_the_size_of_the_brush_by_keys_and_by_the_wheel(person: Person):
    person.open()
    canvas = person.editor.desk.canvas
    size = canvas.radius
    person.keys(Qt.Key.Key_BracketRight)
    assert canvas.radius > size
    person.keys(Qt.Key.Key_BracketLeft)
    assert canvas.radius == size
    field = canvas.field
    person.wheel(2, CTRL)
    assert canvas.radius > size
    assert canvas.field == field
    assert person.editor.desk.tools.radius.value() == canvas.radius
    person.wheel(1, NONE)
    assert canvas.field.width() < field.width()


def test_space_moves_the_picture_and_draws_nothing(person: Person):
    person.open(2)
    canvas = person.editor.desk.canvas
    canvas.actual_size()
    field = canvas.field
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    person.move(40, 40)
    person.press(40, 40)
    person.move(50, 60)
    person.release(50, 60)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.field != field
    assert not person.mask.any()


def test_h_hides_the_mask_while_it_is_held_and_o_leaves_outlines(person: Person):
    person.open()
    desk = person.editor.desk
    QTest.keyPress(desk.canvas, Qt.Key.Key_H)
    assert not desk.canvas.layer.isVisible()
    QTest.keyRelease(desk.canvas, Qt.Key.Key_H)
    assert desk.canvas.layer.isVisible()
    filled = desk.fill.value()
    person.keys(Qt.Key.Key_O)
    assert desk.fill.value() == 0
    person.keys(Qt.Key.Key_O)
    assert desk.fill.value() == filled


def test_a_reason_is_needed_and_a_polygon_that_is_not_closed_is_not_lost(person: Person):
    person.open(2)
    person.keys(Qt.Key.Key_P)
    person.click_at(10, 10)
    person.say_why("a scratch")
    person.key(Qt.Key.Key_S, CTRL)
    assert "polygon" in person.editor.desk.note.problem
    person.keys(Qt.Key.Key_Escape, Qt.Key.Key_B)
    person.stroke((20, 30), (40, 30))
    person.editor.desk.reason.clear()
    person.key(Qt.Key.Key_S, CTRL)
    assert "why" in person.editor.desk.note.problem
    assert person.editor.desk.reason.hasFocus()
    assert person.journal.masks(2) == []


def test_leaving_with_strokes_asks_in_the_page(person: Person):
    person.open(2)
    leaving = person.editor.desk.leaving
    person.stroke((20, 30), (40, 30))
    person.keys(Qt.Key.Key_Escape)
    assert leaving.isVisible()
    assert person.told == []
    person.click(leaving.stay)
    assert not leaving.isVisible()
    assert person.editor.unsaved
    person.click(person.editor.desk.close_button)
    person.click(leaving.discard)
    assert person.told == [("closed", None)]
    assert person.journal.masks(2) == []


def test_another_part_waits_until_the_strokes_are_saved(person: Person):
    person.open(2)
    person.stroke((20, 30), (40, 30))
    person.editor.open(person.journal, person.journal.entry(1), load_tiny, "anna")
    assert person.editor.desk.leaving.isVisible()
    assert person.mask.any()
    person.say_why("overlooked")
    person.editor.desk.leaving.save.setFocus()
    person.key(Qt.Key.Key_Return)
    person.see(lambda: ("saved", 2) in person.told)
    person.settle()
    assert person.editor.desk.title.text().startswith("No. 1 ")
    assert (person.mask[42:46, 50:54] == 1).all()
    assert ("closed", None) not in person.told


def test_what_is_being_saved_when_the_window_closes_is_saved(person: Person):
    person.open(2)
    person.stroke((20, 30), (40, 30))
    person.say_why("overlooked")
    person.key(Qt.Key.Key_S, CTRL)
    person.editor.close_threads()
    assert len(person.journal.masks(2)) == 1


def test_a_mask_that_can_not_be_saved_stays_on_the_screen(person: Person, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise InspectorError("the disk is full; make room")

    person.open(2)
    person.stroke((20, 30), (40, 30))
    drawn = person.mask.copy()
    person.say_why("overlooked")
    with monkeypatch.context() as broken:
        broken.setattr(type(person.journal), "add_mask", refuse)
        person.key(Qt.Key.Key_S, CTRL)
        person.see(lambda: ("troubled", "the disk is full; make room") in person.told)
    assert np.array_equal(person.mask, drawn)
    assert person.editor.unsaved
    person.key(Qt.Key.Key_S, CTRL)
    person.see(lambda: ("saved", 2) in person.told)


def test_without_its_model_it_begins_empty_and_says_why(person: Person):
    def gone(name: str):
        raise InspectorError(f"there is no model {name}")

    person.open(load=gone)
    assert not person.mask.any()
    assert "there is no model" in person.editor.desk.about.text()
    assert person.editor.desk.kinds.classes == ("background", "spot")


def test_without_its_picture_there_is_nothing_to_draw_on(person: Person, journal_url: str):
    entry = person.journal.entry(1)
    (Path(journal_url.removeprefix("sqlite:///")).with_suffix("") / entry.frame_path).unlink()
    person.open()
    (_, text), closed = person.told
    assert entry.frame_path in text
    assert closed == ("closed", None)
    assert not person.editor.desk.save.isEnabled()
