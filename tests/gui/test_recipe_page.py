"""Recipes edited as an engineer does: by mouse and keys, with what it would change beside them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from builders import CAPTURED
from gui.conftest import load_tiny
from gui.driving import spot_frame
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QListWidget, QMainWindow, QWidget
from tiny_bundle import write_tiny_bundle

from inspector.gui.models import Models
from inspector.gui.recipe_list import COMPARE, DELETE, EXPORT, IMPORT, NEW
from inspector.gui.recipe_page import RecipePage
from inspector.gui.shown import Shown, show_entry
from inspector.journal.replay import rejudge
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge, measure
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.types import Frame, Verdict

KEYS = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SEVERITIES = (0.0, 9.0, 4.5, 0.0, 7.0)


class Engineer:
    """A page in a window of its own, refreshed as the window does it, and the person before it."""

    def __init__(self, qtbot, library: RecipeLibrary, journal: Journal, load: Callable[[str], Model]) -> None:
        self.qtbot, self.library, self.journal = qtbot, library, journal
        self.shown: Shown | None = None
        self.used = "demo"
        self.adopted: list[tuple[Recipe, Path]] = []
        self.troubles: list[str] = []
        self.page = RecipePage(library, Models(load), lambda: journal, lambda: self.shown, lambda: self.used)
        self.page.adopted.connect(lambda recipe, path: self.adopted.append((recipe, path)))
        self.page.troubled.connect(self.troubles.append)
        self.window, self.elsewhere = QMainWindow(), []
        self.window.setCentralWidget(self.page)
        for keys in ("Ctrl+S", "Ctrl+Z", "Esc", "S"):  # as the window has them
            self.window.addAction(keys, keys, lambda keys=keys: self.elsewhere.append(keys))
        self.window.resize(1280, 760)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)  # keys are for the active window
        self.pulse = QTimer(self.page)
        self.pulse.timeout.connect(self.page.refresh)
        self.pulse.start(10)

    def see(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=15_000)

    def settle(self) -> None:
        self.see(lambda: self.page.settled)

    def choose(self, kept: Kept) -> None:
        """Click its name."""
        names = self.page.list.names
        row = next(i for i in range(names.count()) if names.item(i).toolTip() == str(kept.path))
        at = names.visualItemRect(names.item(row)).center()
        QTest.mouseClick(names.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self.settle()

    def click(self, button: QAbstractButton) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def do(self, what: str) -> None:
        self.click(self.page.list.buttons[what])

    def type(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, KEYS.Key_Delete)
        QTest.keyClicks(field, text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def answer(self, **words: str) -> None:
        """Answer the question in the page and press Enter."""
        question = self.page.files.question
        for word, text in words.items():
            self.type(question.fields[word], text)
        QTest.keyClick(list(question.fields.values())[-1], KEYS.Key_Return)
        self.settle()

    def field(self, name: str) -> QLineEdit:
        return self.page.editor.form.fields[name]

    def problem(self, name: str) -> str:
        return self.page.editor.form.problems[name].problem

    def pick(self, choice: QComboBox, text: str) -> None:
        """Choose by the keyboard: its first letters."""
        choice.setFocus()
        QTest.keyClicks(choice, text)
        assert choice.currentText() == text

    def listed(self) -> list[str]:
        names = self.page.list.names
        return [names.item(i).text() for i in range(names.count())]

    def close(self) -> None:
        self.pulse.stop()
        self.page.close_threads()
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def library(tmp_path: Path) -> RecipeLibrary:
    return RecipeLibrary(tmp_path / "recipes")


@pytest.fixture
def tile(library: RecipeLibrary, bundle: Path) -> Kept:
    """A recipe that rejects every spot of severity 5 or more."""
    return library.add(Recipe(name="tile", model=str(bundle), threshold=5.0), "Ana", "new product", "copied from demo")


@pytest.fixture
def journal(tmp_path: Path, tile: Kept) -> Iterator[Journal]:
    model = load_tiny(tile.recipe.model)
    with closing(Journal.open(f"sqlite:///{tmp_path / 'log.db'}")) as journal:
        for i, severity in enumerate(SEVERITIES):
            frame = Frame(spot_frame(severity), i, f"part-{i}.png", f"{i}", CAPTURED)
            journal.add(judge(measure(frame, model), tile.recipe), tile.recipe, "folder")
        yield journal


@pytest.fixture
def open_page(qtbot, library: RecipeLibrary, journal: Journal) -> Iterator[Callable[..., Engineer]]:
    opened: list[Engineer] = []

    def open_one(load: Callable[[str], Model] = load_tiny) -> Engineer:
        opened.append(Engineer(qtbot, library, journal, load))
        return opened[-1]

    yield open_one
    for engineer in opened:
        assert engineer.elsewhere == []
        engineer.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("inspector")] == []


@pytest.fixture
def engineer(open_page, tile: Kept) -> Engineer:
    engineer = open_page()
    engineer.choose(tile)
    return engineer


def test_those_that_ship_are_marked_and_read_only(engineer: Engineer) -> None:
    assert engineer.listed() == [
        "demo line\nships, read-only · in use",
        "magnetic tile\nships, read-only",
        "tile\nyours",
    ]
    engineer.choose(engineer.library.all()[0])
    engineer.type(engineer.field("threshold"), "9")
    editor = engineer.page.editor
    assert engineer.field("threshold").text() == "4.38"
    kind = editor.policy.rows[0].kind
    kind.setFocus()
    QTest.keyClick(kind, KEYS.Key_Down)
    assert kind.currentText() == "stain"
    assert not any(button.isVisible() for button in (editor.policy.add, *editor.policy.rows[0].buttons.values()))
    assert not engineer.page.list.buttons[DELETE].isEnabled()
    assert "ships with the program" in editor.note.text()


def test_the_one_in_use_is_marked_when_it_changes(engineer: Engineer, tile: Kept) -> None:
    engineer.used = str(tile.path)
    engineer.see(lambda: engineer.listed()[2] == "tile\nyours · in use")
    assert engineer.listed()[0] == "demo line\nships, read-only"
    assert not engineer.page.list.buttons[DELETE].isEnabled()


def test_a_copy_of_one_that_ships_can_be_changed(engineer: Engineer) -> None:
    engineer.choose(engineer.library.all()[0])
    engineer.do(NEW)
    assert engineer.page.files.question.fields["name"].text() == "demo line 2"
    engineer.answer(name="my line", who="Ben", why="for the new belt")
    assert engineer.listed()[2:] == ["my line\nyours", "tile\nyours"]
    kept = engineer.library.all()[2]
    assert kept.recipe == engineer.library.all()[0].recipe.model_copy(update={"name": "my line"})
    assert engineer.field("name").text() == "my line"
    assert not engineer.field("name").isReadOnly()
    assert engineer.library.history(kept)[0].who == "Ben"


def test_a_change_is_saved_with_who_and_why(engineer: Engineer, tile: Kept) -> None:
    engineer.type(engineer.field("threshold"), "6.5")
    assert engineer.listed()[2] == "tile\nyours · edited"
    engineer.key(KEYS.Key_S, CTRL)
    question = engineer.page.files.question
    assert question.isVisible()
    assert question.fields["why"].hasFocus()
    QTest.keyClick(question.fields["why"], KEYS.Key_Return)
    assert "'why'" in question.problem.problem
    assert Recipe.load(tile.path).threshold == 5.0
    engineer.answer(who="Ben", why="dust on the belt")
    assert not question.isVisible()
    assert Recipe.load(tile.path).threshold == 6.5
    newest = engineer.library.history(tile)[0]
    assert (newest.who, newest.why, [one.field for one in newest.what]) == ("Ben", "dust on the belt", ["T"])
    assert engineer.listed()[2] == "tile\nyours"
    assert "is saved as" in engineer.page.editor.note.text()
    assert "Ben: dust on the belt\nT: 5 \N{RIGHTWARDS ARROW} 6.5" in engineer.page.history.changes.texts[0]


def test_escape_leaves_the_question_and_saves_nothing(engineer: Engineer, tile: Kept) -> None:
    engineer.type(engineer.field("threshold"), "6.5")
    engineer.click(engineer.page.editor.save)
    QTest.keyClicks(engineer.page.files.question.fields["why"], "no")
    engineer.key(KEYS.Key_Escape)
    assert not engineer.page.files.question.isVisible()
    assert engineer.field("threshold").text() == "6.5"
    assert Recipe.load(tile.path).threshold == 5.0


def test_what_is_asked_is_about_what_was_typed(engineer: Engineer) -> None:
    engineer.type(engineer.field("threshold"), "6.5")
    engineer.click(engineer.page.editor.save)
    engineer.type(engineer.field("threshold"), "7")
    assert not engineer.page.files.question.isVisible()


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


def test_only_what_is_saved_is_put_to_use(engineer: Engineer, tile: Kept) -> None:
    adopt = engineer.page.editor.adopt
    engineer.type(engineer.field("threshold"), "6.5")
    assert not adopt.isEnabled()
    engineer.key(KEYS.Key_S, CTRL)
    engineer.answer(who="Ben", why="dust")
    engineer.click(adopt)
    assert engineer.adopted == [(tile.recipe.with_threshold(6.5), tile.path)]
    assert Recipe.load(tile.path) == engineer.adopted[0][0]
    demo = engineer.library.all()[0]
    engineer.choose(demo)
    engineer.click(adopt)
    assert engineer.adopted[1] == (demo.recipe, demo.path)


def test_what_was_typed_stays_while_others_are_looked_at(engineer: Engineer, tile: Kept) -> None:
    engineer.type(engineer.field("threshold"), "6.5")
    engineer.choose(engineer.library.all()[0])
    assert engineer.field("threshold").text() == "4.38"
    engineer.choose(tile)
    assert engineer.field("threshold").text() == "6.5"
    engineer.page.hide()
    engineer.page.show()
    assert engineer.field("threshold").text() == "6.5"


def test_what_somebody_else_saved_is_shown_or_told(engineer: Engineer, tile: Kept) -> None:
    engineer.library.save(tile, tile.recipe.with_threshold(7.0), "Cem", "elsewhere")
    engineer.page.reload()
    assert engineer.field("threshold").text() == "7"
    engineer.type(engineer.field("threshold"), "6.5")
    other = next(kept for kept in engineer.library.all() if not kept.shipped)
    engineer.library.save(other, tile.recipe.with_threshold(8.0), "Cem", "elsewhere")
    engineer.key(KEYS.Key_S, CTRL)
    engineer.answer(who="Ben", why="dust")
    assert "was changed since it was opened" in engineer.troubles[0]
    assert Recipe.load(tile.path).threshold == 8.0
    assert engineer.field("threshold").text() == "6.5"


def test_two_recipes_are_compared_in_words(engineer: Engineer) -> None:
    engineer.do(COMPARE)
    compare = engineer.page.compare
    assert compare.other.hasFocus()
    engineer.pick(compare.other, "magnetic tile")
    assert compare.note.text() == "4 differences"
    shipped = next(kept.recipe for kept in engineer.library.all() if kept.name == "magnetic tile")
    assert f"T\nhere: 5\nmagnetic tile: {shipped.threshold:g}" in compare.found.texts
    engineer.type(engineer.field("threshold"), f"{shipped.threshold:g}")
    assert compare.note.text() == "3 differences"


def test_a_deleted_recipe_is_gone_from_the_list_and_kept(engineer: Engineer, tile: Kept) -> None:
    engineer.do(DELETE)
    engineer.answer(who="Ben", why="not made any more")
    assert len(engineer.listed()) == 2
    assert engineer.field("name").text() == "demo line"
    assert [path.suffix for path in sorted((engineer.library.folder / "older").iterdir())] == [".jsonl", ".toml"]


def test_a_recipe_is_exported_and_imported_with_its_model(engineer: Engineer, tile: Kept, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    engineer.do(EXPORT)
    assert engineer.page.files.dialog.isVisible()
    assert not engineer.page.files.dialog.isModal()
    engineer.page.files.dialog.fileSelected.emit(str(out))
    engineer.page.files.dialog.close()
    engineer.settle()
    assert "is exported as" in engineer.page.editor.note.text()
    engineer.do(IMPORT)
    engineer.page.files.dialog.fileSelected.emit(str(out))
    engineer.page.files.dialog.close()
    engineer.settle()
    assert engineer.listed()[2:] == ["tile\nyours", "tile 2\nyours"]
    assert engineer.page.editor.form.model.currentText() == str(engineer.library.folder / "models" / "tiny")
    assert engineer.page.preview.summary.text() == "Would change none of the last 5 verdicts"


def test_a_file_that_can_not_be_imported_is_told(engineer: Engineer, tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(b"no archive")
    engineer.page.files.import_from(tmp_path / "in.zip")
    engineer.settle()
    assert "in.zip can't be read as an exported recipe" in engineer.troubles[0]
    assert len(engineer.listed()) == 3


def test_a_damaged_recipe_says_what_is_wrong_and_can_be_deleted(engineer: Engineer) -> None:
    (engineer.library.folder / "broken.toml").write_text("threshold = ", encoding="utf-8")
    engineer.page.reload()
    assert engineer.listed()[2] == "broken\nyours · can't be read"
    engineer.choose(engineer.library.all()[2])
    assert "not valid TOML" in engineer.page.editor.note.text()
    assert not engineer.page.editor.form.isEnabled()
    engineer.do(DELETE)
    engineer.answer(who="Ben", why="broken")
    assert len(engineer.listed()) == 3


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
