"""What was typed and not saved outlives the window, and is in nobody's way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from gui.recipes.engineer import CTRL, KEYS, Engineer

from inspector.gui.recipe_list import DELETE, NEW
from inspector.recipe import Recipe
from inspector.recipe_library import Kept


@pytest.fixture
def typed(engineer: Engineer, tile: Kept) -> Engineer:
    """A policy row and another T are typed, and nothing is saved."""
    engineer.type(engineer.field("threshold"), "6.5")
    engineer.click(engineer.page.editor.policy.add)
    engineer.type(engineer.page.editor.policy.rows[0].severity, "8")
    return engineer


def files(library_of: Engineer) -> list[str]:
    return sorted(path.name for path in library_of.library.folder.iterdir())


def test_what_was_typed_is_there_again_after_the_window_was_closed_or_killed(
    typed: Engineer, open_page: Callable[[], Engineer], tile: Kept
) -> None:
    again = open_page()  # the first one still stands, as after a kill: nothing was done for its end
    assert again.listed()[2] == "tile\nyours · edited"
    again.choose(tile)
    assert again.field("threshold").text() == "6.5"
    assert [row.severity.text() for row in again.page.editor.policy.rows] == ["8"]
    note = again.page.editor.note.text()
    assert note.startswith("Unsaved changes from 20")
    assert Recipe.load(tile.path) == tile.recipe
    again.click(again.page.editor.save)
    again.answer(who="Ben", why="dust")
    assert Recipe.load(tile.path).threshold == 6.5
    assert files(again) == ["tile.changes.jsonl", "tile.toml"]


def test_changes_are_discarded_and_taken_back_again(
    typed: Engineer, open_page: Callable[[], Engineer], tile: Kept
) -> None:
    again = open_page()
    again.choose(tile)
    again.click(again.page.editor.discard)
    assert again.field("threshold").text() == "5"
    assert again.page.editor.note.text().startswith("Saved as")
    assert not again.page.editor.discard.isEnabled()
    assert files(again) == ["tile.changes.jsonl", "tile.toml"]
    again.key(KEYS.Key_Z, CTRL)
    assert again.field("threshold").text() == "6.5"
    assert "tile.unsaved.json" in files(again)
    again.type(again.field("threshold"), "5")
    again.page.editor.policy.rows[0].buttons["remove"].click()
    assert files(again) == ["tile.changes.jsonl", "tile.toml"]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    typed: Engineer, open_page: Callable[[], Engineer], tile: Kept
) -> None:
    typed.library.save(tile, tile.recipe.with_threshold(8.0), "Cem", "elsewhere")
    again = open_page()
    again.choose(tile)
    assert "saved elsewhere meanwhile" in again.page.editor.note.text()
    assert not again.page.editor.save.isEnabled()
    again.key(KEYS.Key_S, CTRL)
    assert not again.page.files.question.isVisible()
    again.do(NEW)
    again.answer(name="mine", who="Ben", why="dust")
    assert Recipe.load(again.library.folder / "mine.toml").threshold == 6.5
    again.choose(next(kept for kept in again.library.all() if kept.name == "tile"))
    again.click(again.page.editor.discard)
    assert again.field("threshold").text() == "8"
    assert again.page.editor.policy.rows == []


def test_undo_goes_from_what_was_found_to_what_was_saved(
    typed: Engineer, open_page: Callable[[], Engineer], tile: Kept
) -> None:
    again = open_page()
    again.choose(tile)
    again.key(KEYS.Key_Z, CTRL)
    assert again.field("threshold").text() == "5"
    assert not again.page.editor.undo.isEnabled()


def test_what_was_typed_into_a_deleted_recipe_is_gone_with_it(typed: Engineer) -> None:
    typed.do(DELETE)
    typed.answer(who="Ben", why="not made any more")
    assert files(typed) == ["older"]


def test_what_can_not_be_kept_is_told_and_stays_in_the_page(engineer: Engineer, tile: Kept) -> None:
    (engineer.library.folder / "tile.unsaved.json.tmp").mkdir()
    engineer.type(engineer.field("threshold"), "6.5")
    assert "what is typed into tile.toml is kept in this window alone" in engineer.troubles[-1]
    assert engineer.field("threshold").text() == "6.5"
    engineer.key(KEYS.Key_S, CTRL)
    engineer.answer(who="Ben", why="dust")
    assert Recipe.load(tile.path).threshold == 6.5


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b'{"name": "tile"}'])
def test_a_damaged_file_of_what_was_typed_is_in_nobody_s_way(
    open_page: Callable[[], Engineer], tile: Kept, content: bytes
) -> None:
    Path(tile.path.with_suffix(".unsaved.json")).write_bytes(content)
    engineer = open_page()
    engineer.choose(tile)
    assert engineer.listed()[2] == "tile\nyours"
    engineer.type(engineer.field("threshold"), "6.5")
    assert b"6.5" in tile.path.with_suffix(".unsaved.json").read_bytes()
