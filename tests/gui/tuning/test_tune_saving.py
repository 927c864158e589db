"""A tuned T goes into the recipe, with who and why; recipes are compared on one set."""

from pathlib import Path

import pytest
from gui.tuning.person import CTRL, KEYS, Tuner
from tiny_bundle import write_tiny_bundle

from inspector.gui.access import WHY_NOT
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.tune.compare import flips


def test_t_is_saved_with_who_and_why_and_its_curve(tuner: Tuner, library: RecipeLibrary, tile: Kept) -> None:
    tuner.drag(tuner.view.curves.quality, 4.0, 6.0)
    threshold = tuner.view.desk.threshold
    tuner.key(KEYS.Key_S, CTRL)
    assert tuner.view.saving.question.isVisible()
    tuner.answer(who="Grace", why="fewer false rejects")
    saved = next(kept for kept in library.all() if kept.path == tile.path)
    assert saved.recipe.threshold == threshold
    change = library.history(saved)[0]
    assert (change.who, change.why.split(" (curve: ")[0]) == ("Grace", "fewer false rejects")
    assert len(list((library.folder / "curves").iterdir())) == 1
    assert f"is saved with T {threshold:.2f}" in tuner.view.curves.summary.text()
    tuner.key(KEYS.Key_S, CTRL)
    assert tuner.troubles[-1] == "Nothing is changed: there is nothing to save."


def test_a_question_about_another_t_is_asked_no_more(tuner: Tuner) -> None:
    tuner.drag(tuner.view.curves.quality, 4.0, 6.0)
    tuner.click(tuner.view.save)
    assert tuner.view.saving.question.isVisible()
    tuner.drag(tuner.view.curves.parts, 6.0, 7.0)
    assert not tuner.view.saving.question.isVisible()


def test_saving_is_an_engineers(tuner: Tuner, library: RecipeLibrary, tile: Kept) -> None:
    assert tuner.guarded == [tuner.view.save, tuner.view.saving.question]
    tuner.view.save.setEnabled(False)
    tuner.drag(tuner.view.curves.quality, 4.0, 6.0)
    tuner.key(KEYS.Key_S, CTRL)
    assert tuner.troubles[-1] == f"{WHY_NOT}."
    assert not tuner.view.saving.question.isVisible()


def test_a_recipe_that_ships_is_tried_and_not_saved(tuner: Tuner) -> None:
    desk = tuner.view.desk
    tuner.view.setup.recipe_chosen.emit(next(path for path, kept in desk.kept.items() if kept.shipped))
    tuner.key(KEYS.Key_S, CTRL)
    assert "ships and stays as it is" in tuner.troubles[-1]


def test_what_was_saved_elsewhere_is_not_written_over(tuner: Tuner, library: RecipeLibrary, tile: Kept) -> None:
    tuner.drag(tuner.view.curves.quality, 4.0, 6.0)
    library.save(tile, tile.recipe.with_threshold(8.0), "Bob", "meanwhile")
    tuner.page.hide()
    tuner.page.show()  # as one comes back to it
    tuner.key(KEYS.Key_S, CTRL)
    assert "was saved elsewhere meanwhile" in tuner.troubles[-1]
    tuner.view.views.tabs.setCurrentIndex(1)
    tuner.click(tuner.view.settings.discard)
    assert tuner.view.curves.box.value() == 8.0


@pytest.mark.parametrize("gain", [4.0, 2.5])
def test_recipes_and_models_are_compared_on_the_same_set(
    tuner: Tuner,
    library: RecipeLibrary,
    tile: Kept,
    gain: float,
    tmp_path: Path,
) -> None:
    bundle = write_tiny_bundle(tmp_path / "weaker", gain)
    library.add(Recipe(name="other", model=str(bundle), threshold=9.0), "Ana", "x", "made")
    view = tuner.view
    view.reload()
    view.views.tabs.setCurrentIndex(2)
    view.comparing.other.setFocus()
    tuner.qtbot.keyClicks(view.comparing.other, "other")
    tuner.see(lambda: view.session.other is not None)
    found = flips(view.session.other, 9.0, view.session.trial, 4.0)
    assert found
    assert len(view.comparing.found.texts) == len(found)
    assert view.comparing.figures.texts(0)["escapes"] == view.counts.parts.text(1, 0)
    assert view.comparing.figures.texts(1)["T"] == "9.00"
    assert view.curves.quality.plot.lines[-1].name == "other's IoU"
    item = view.comparing.found.item(0)
    tuner.click(view.comparing.found.viewport(), view.comparing.found.visualItemRect(item).center())
    assert view.pictures.isVisible()
    assert len(tuner.frames()) == 2
    assert {view.session.trial.swept.part_of[frame] for frame in tuner.frames()} == {found[0].part}
    view.views.tabs.setCurrentIndex(2)
    tuner.drag(view.curves.quality, 4.0, 9.0)
    assert len(view.comparing.found.texts) == len(
        flips(view.session.other, 9.0, view.session.trial, view.desk.threshold)
    )
