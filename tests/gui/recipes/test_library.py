"""Whole recipes: chosen, copied, saved, put to use, compared, deleted, exported and imported."""

from pathlib import Path

from gui.recipes.engineer import CTRL, KEYS, Engineer
from PySide6.QtTest import QTest

from inspector.gui.recipe_list import COMPARE, DELETE, EXPORT, IMPORT, NEW
from inspector.recipe import Recipe
from inspector.recipe_library import Kept


def test_those_that_ship_are_marked_and_read_only(engineer: Engineer) -> None:
    assert engineer.listed() == [
        "demo line\nships, read-only · in use",
        "magnetic tile\nships, read-only",
        "tile\nyours",
    ]
    engineer.choose(engineer.library.all()[0])
    engineer.type(engineer.field("threshold"), "9")
    editor = engineer.page.editor
    assert engineer.field("threshold").text() == "4.07"
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
    assert engineer.field("threshold").hasFocus()
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


def test_a_question_that_is_asked_twice_gives_the_focus_back_to_where_it_began(engineer: Engineer) -> None:
    engineer.type(engineer.field("threshold"), "6.5")
    for _ in range(2):
        engineer.key(KEYS.Key_S, CTRL)
    engineer.key(KEYS.Key_Escape)
    assert engineer.field("threshold").hasFocus()


def test_what_is_asked_is_about_what_was_typed(engineer: Engineer) -> None:
    engineer.type(engineer.field("threshold"), "6.5")
    engineer.click(engineer.page.editor.save)
    engineer.type(engineer.field("threshold"), "7")
    assert not engineer.page.files.question.isVisible()


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
    assert engineer.field("threshold").text() == "4.07"
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


def test_an_export_has_a_name_proposed_and_overwrites_nothing(engineer: Engineer, tile: Kept, tmp_path: Path) -> None:
    engineer.do(EXPORT)
    dialog = engineer.page.files.dialog
    assert [Path(name).name for name in dialog.selectedFiles()] == ["tile.zip"]
    dialog.close()
    out = tmp_path / "out.zip"
    out.write_bytes(b"somebody's")
    engineer.page.files.export_to(tile.recipe, out)
    engineer.settle()
    assert "out.zip is there already; choose another name" in engineer.troubles[0]
    assert out.read_bytes() == b"somebody's"


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
