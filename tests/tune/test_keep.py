import csv
import hashlib
from pathlib import Path

import pytest
from swept_sets import random_set

from inspector.errors import InspectorError
from inspector.recipe import Area, Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.tune.costs import Costs
from inspector.tune.keep import save_threshold
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial

RECIPE = Recipe(name="tile", model="demo", threshold=5.4)


@pytest.fixture(scope="module")
def trial() -> Trial:
    swept, _, _ = random_set(2, 1, 4.0, frames=4)
    return Trial(swept, RECIPE.model_copy(update={"min_area": Area(value=20)}))


def test_the_audit_keeps_old_and_new_who_when_why_and_the_curve(tmp_path: Path, trial: Trial) -> None:
    library = RecipeLibrary(tmp_path / "recipes")
    kept = library.add(RECIPE, "ada", "first", "made")
    saved = save_threshold(library, kept, trial, 4.2, Costs(5.0), "grace", "fewer escapes")
    assert saved.recipe == RECIPE.model_copy(update={"threshold": 4.2, "min_area": Area(value=20)})
    change = library.history(saved)[0]
    assert change.who == "grace"
    assert [(one.field, one.before, one.after) for one in change.what] == [
        ("T", "5.4", "4.2"),
        ("minimum area", "0 px2", "20 px2"),
    ]
    assert change.why.startswith("fewer escapes (curve: curves/tile-")
    file = library.folder / change.why.removeprefix("fewer escapes (curve: ").removesuffix(")")
    assert hashlib.sha256(file.read_bytes()).hexdigest()[:16] == file.stem.split("-")[2]
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert int(rows[column(4.2)]["escapes"]) == trial.escapes[column(4.2)]


def test_a_recipe_that_can_not_be_saved_leaves_no_curve(tmp_path: Path, trial: Trial) -> None:
    library = RecipeLibrary(tmp_path / "recipes")
    shipped = next(kept for kept in library.all() if kept.shipped)
    with pytest.raises(InspectorError, match="ships with the program"):
        save_threshold(library, shipped, trial, 4.2, Costs(), "grace", "fewer escapes")
    assert not list((tmp_path / "recipes" / "curves").iterdir())


def test_a_curve_that_can_not_be_written_changes_nothing(tmp_path: Path, trial: Trial) -> None:
    library = RecipeLibrary(tmp_path / "recipes")
    kept = library.add(RECIPE, "ada", "first", "made")
    (library.folder / "curves").write_text("in the way", "utf-8")
    with pytest.raises(InspectorError, match=r"the curve .* can't be saved"):
        save_threshold(library, kept, trial, 4.2, Costs(), "grace", "fewer escapes")
    assert library.history(kept)[0].who == "ada"
