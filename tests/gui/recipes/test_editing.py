"""A recipe is typed: what is wrong with it, its policy, its steps, and what it would change."""

import threading
from pathlib import Path

import pytest
from gui.conftest import load_tiny
from gui.recipes.engineer import CTRL, KEYS, SHIFT, Engineer
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListWidget, QWidget
from tiny_bundle import write_tiny_bundle

from inspector.gui.shown import show_entry
from inspector.journal.replay import rejudge
from inspector.networks.bundle import Model
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.recipe_library import Kept
from inspector.types import Verdict


@pytest.mark.parametrize(
    ("name", "text", "said", "right"),
    [
        ("name", "Demo Line", "another recipe has that name", "other"),
        ("threshold", "13", "from 0 to 12", "5"),
        ("min_area", "2 cm2", "2.5 mm2", "2"),
        ("min_area", "2 mm2", "", "2"),
        ("mm_per_px", "-1", "over 0", "0.1"),
    ],
)
def test_a_wrong_field_is_told_under_it_and_nothing_is_saved(
    engineer: Engineer, tile: Kept, name: str, text: str, said: str, right: str
) -> None:
    engineer.type(engineer.field(name), text)
    told = "mm_per_px" if not said else name
    assert said in engineer.problem(told)
    assert engineer.problem(told)
    assert engineer.field(told).accessibleDescription() == engineer.problem(told)
    editor = engineer.page.editor
    assert not editor.save.isEnabled()
    assert not editor.adopt.isEnabled()
    engineer.key(KEYS.Key_S, CTRL)
    assert not engineer.page.files.question.isVisible()
    assert engineer.field(told).hasFocus()
    engineer.settle()
    assert engineer.page.preview.summary.text() == "Correct the fields to see what would change."
    engineer.type(engineer.field(name), right)
    assert not engineer.problem(told)
    assert Recipe.load(tile.path) == tile.recipe


def test_a_model_that_is_not_there_is_told(engineer: Engineer, bundle: Path) -> None:
    form = engineer.page.editor.form
    engineer.type(form.model.lineEdit(), "nobody's")
    assert "no model" in engineer.problem("model")
    engineer.type(form.model.lineEdit(), str(bundle))
    assert not engineer.problem("model")
    assert [form.model.itemText(i) for i in range(form.model.count())][:2] == ["demo", "magnetic-tile"]


def test_a_policy_is_made_by_the_keyboard(engineer: Engineer, tile: Kept) -> None:
    policy = engineer.page.editor.policy
    for _ in range(3):
        policy.add.setFocus()
        engineer.key(KEYS.Key_Space)
    first, second, third = policy.rows
    assert third.kind.hasFocus()
    assert [first.kind.itemText(i) for i in range(first.kind.count())] == ["any kind", "spot"]
    engineer.pick(second.kind, "spot")
    engineer.type(second.area, "40")
    engineer.type(second.severity, "6,5")
    engineer.pick(second.verdict, "accept")
    second.buttons["move up"].setFocus()
    engineer.key(KEYS.Key_Space)
    assert policy.rows[0].buttons["remove"].hasFocus()
    policy.rows[2].buttons["remove"].setFocus()
    engineer.key(KEYS.Key_Space)
    assert policy.rest.text() == "everything else: reject"
    engineer.key(KEYS.Key_S, CTRL)
    engineer.answer(who="Ben", why="small spots do no harm")
    assert Recipe.load(tile.path).policy == (
        PolicyRow(kind="spot", min_area=Area(value=40), min_severity=6.5, verdict=Verdict.ACCEPT),
        PolicyRow(verdict=Verdict.REVIEW),
    )


def test_a_wrong_row_is_told_under_it(engineer: Engineer) -> None:
    policy = engineer.page.editor.policy
    engineer.click(policy.add)
    engineer.type(policy.rows[0].severity, "13")
    assert "from 0 to 12" in policy.rows[0].problem.problem
    engineer.key(KEYS.Key_S, CTRL)
    assert policy.rows[0].severity.hasFocus()


def test_steps_are_taken_back_and_done_again_from_wherever_the_focus_is(engineer: Engineer) -> None:
    policy = engineer.page.editor.policy
    engineer.type(engineer.field("threshold"), "6.5")
    engineer.click(policy.add)
    engineer.pick(policy.rows[0].verdict, "accept")
    engineer.key(KEYS.Key_Z, CTRL)
    assert policy.rows[0].verdict.currentText() == "review"
    engineer.key(KEYS.Key_Z, CTRL)
    assert policy.rows == []
    engineer.field("name").setFocus()
    engineer.key(KEYS.Key_Z, CTRL)
    assert engineer.field("threshold").text() == "5"
    assert not engineer.page.editor.undo.isEnabled()
    for _ in range(3):
        engineer.key(KEYS.Key_Z, CTRL | SHIFT)
    assert engineer.field("threshold").text() == "6.5"
    assert policy.rows[0].verdict.currentText() == "accept"
    assert not engineer.page.editor.redo.isEnabled()
    engineer.click(engineer.page.editor.undo)
    assert policy.rows[0].verdict.currentText() == "review"


def test_the_preview_counts_and_lists_what_would_change(engineer: Engineer, tile: Kept) -> None:
    preview, arrow = engineer.page.preview, "\N{RIGHTWARDS ARROW}"
    assert preview.summary.text() == "Would change none of the last 5 verdicts"
    policy = engineer.page.editor.policy
    engineer.click(policy.add)
    engineer.type(policy.rows[0].severity, "8")
    engineer.click(policy.add)
    engineer.pick(policy.rows[1].verdict, "accept")
    engineer.settle()
    assert preview.summary.text() == (
        f"Would change 2 of the last 5 verdicts: 1 reject {arrow} accept, 1 reject {arrow} review"
    )
    assert preview.changes.texts == [
        f"No. 5   part-4.png   reject {arrow} accept\nspot of 36 px², severity 7.0",
        f"No. 2   part-1.png   reject {arrow} review\nspot of 52 px², severity 9.0, over the limit of severity 8",
    ]


def test_the_preview_of_another_t_is_that_of_a_replay(engineer: Engineer, tile: Kept) -> None:
    engineer.type(engineer.field("threshold"), "4")
    engineer.settle()
    flips = list(rejudge(engineer.journal, engineer.journal.entries(), tile.recipe.with_threshold(4.0), load_tiny))
    changed = [flip.id for flip in flips if flip.flipped]
    assert changed == [3]
    assert [text.split()[1] for text in engineer.page.preview.changes.texts] == ["3"]
    engineer.key(KEYS.Key_Z, CTRL)
    engineer.settle()
    assert engineer.page.preview.changes.texts == []


def test_the_part_on_the_screen_is_judged_under_what_is_typed(engineer: Engineer, tile: Kept) -> None:
    preview = engineer.page.preview
    assert not preview.headline.isVisible()
    entry = engineer.journal.entry(2)
    engineer.shown = show_entry(engineer.journal, entry, load_tiny)
    engineer.see(lambda: preview.headline.isVisible() and preview.headline.word == "REJECT")
    engineer.type(engineer.field("min_area"), "100")
    engineer.see(lambda: preview.headline.word == "ACCEPT")
    assert "1 region smaller than 100 px² left out" in preview.reasons.text()
    engineer.type(engineer.field("min_area"), "x")
    engineer.see(lambda: not preview.headline.isVisible())


def test_a_part_of_another_model_is_measured_anew(engineer: Engineer, tmp_path: Path) -> None:
    stronger = write_tiny_bundle(tmp_path / "stronger", gain=6.0)
    engineer.shown = show_entry(engineer.journal, engineer.journal.entry(3), load_tiny)  # severity 4.5 of the first
    preview = engineer.page.preview
    engineer.see(lambda: preview.headline.isVisible() and preview.headline.word == "ACCEPT")
    engineer.type(engineer.page.editor.form.model.lineEdit(), str(stronger))
    engineer.see(lambda: preview.headline.word == "REJECT")
    engineer.settle()
    assert preview.summary.text() == "None of the last verdicts can be judged again."
    assert "5 could not be judged again" in preview.note.text()


def test_the_page_answers_while_it_judges(open_page, tile: Kept) -> None:
    gate = threading.Event()

    def load(name: str) -> Model:
        gate.wait(15)
        return load_tiny(name)

    engineer = open_page(load)
    try:
        engineer.page.list.names.setCurrentRow(2)
        engineer.type(engineer.field("threshold"), "13")
        assert "from 0 to 12" in engineer.problem("threshold")
        engineer.type(engineer.field("threshold"), "4")
        engineer.key(KEYS.Key_S, CTRL)
        engineer.type(engineer.page.files.question.fields["why"], "a test")
        QTest.keyClick(engineer.page.files.question.fields["why"], KEYS.Key_Return)
        engineer.see(lambda: Recipe.load(tile.path).threshold == 4.0)
        assert not engineer.page.preview.settled
    finally:
        gate.set()
    engineer.settle()
    assert "Would change 1 of the last 5 verdicts" in engineer.page.preview.summary.text()


def test_everything_has_a_name_and_is_reached_by_tab(engineer: Engineer) -> None:
    engineer.click(engineer.page.editor.policy.add)
    controls = [
        widget
        for kind in (QLineEdit, QComboBox, QAbstractButton, QListWidget)
        for widget in engineer.page.findChildren(kind)
        if widget.isVisibleTo(engineer.page) and not widget.objectName().startswith("qt_")
    ]
    assert len(controls) > 20
    nameless = [widget for widget in controls if not (widget.accessibleName() or _text(widget))]
    assert nameless == []
    reached: set[QWidget] = set()
    engineer.page.list.names.setFocus()
    for _ in range(200):
        engineer.key(KEYS.Key_Tab)
        reached.add(engineer.page.focusWidget())
    enabled = {widget for widget in controls if widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus}
    unreached = [widget for widget in enabled - reached if widget.focusProxy() not in reached]
    assert [(type(widget).__name__, widget.accessibleName(), _text(widget)) for widget in unreached] == []


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""
