"""Damaged recipes: each is refused, or is a recipe that can judge, be written and be read again."""

from pathlib import Path
from random import Random

from builders import CELL, make_frame, make_levels
from fuzz.mutation import damage_text
from fuzz.refusals import refusal
from fuzz.traces import untouched

from inspector.paths import find_model
from inspector.pipeline import judge
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.types import Measurement, Verdict

WHOLE = Recipe(
    name="Tile 7",
    model="demo",
    threshold=5.4,
    min_area=Area(value=0.02, unit="mm2"),
    mm_per_px=0.1,
    views=2,
    policy=(
        PolicyRow(kind="stain", min_area=Area(value=3), min_severity=9, verdict=Verdict.REJECT),
        PolicyRow(verdict=Verdict.REVIEW),
    ),
)
_FRAME = make_frame()
MEASUREMENT = Measurement(_FRAME, make_levels(_FRAME), CELL, None, "digest", 1.0)


def case(folder: Path, number: int) -> str:
    """One damaged recipe, read alone and by the library that it lies in."""
    chance = Random(f"recipes {number}")
    path = folder / "tile-7.toml"
    path.write_bytes(damage_text(WHOLE.to_toml(), chance, str(folder.parent / "canary" / "written")))
    with untouched(folder):
        recipe, said = refusal(lambda: Recipe.load(path))
        (kept,) = (kept for kept in RecipeLibrary(folder).all() if not kept.shipped)
    assert (kept.recipe, kept.trouble) == (recipe, said)
    if recipe is None:
        return "refused"
    assert judge(MEASUREMENT, recipe).verdict in Verdict
    assert Recipe.from_toml(recipe.to_toml(), "memory") == recipe
    refusal(lambda: find_model(recipe.model))
    return "the same recipe" if recipe == WHOLE else "another recipe"
