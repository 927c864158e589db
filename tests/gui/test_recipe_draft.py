"""What is typed into a recipe, read and checked, and its steps."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.gui.recipe_draft import Draft, RowDraft, draft_of, read_draft
from inspector.gui.recipe_edits import Edits
from inspector.gui.recipe_unsaved import keep_unsaved, read_unsaved
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.types import Verdict

AREAS = st.builds(Area, value=st.floats(0, 1e9), unit=st.sampled_from(["px2", "mm2"]))
ROWS = st.builds(
    PolicyRow,
    kind=st.sampled_from(["*", "crack", "stain"]),
    min_area=AREAS,
    min_severity=st.floats(0, 12),
    verdict=st.sampled_from(Verdict),
)
RECIPES = st.builds(
    Recipe,
    name=st.just("tile"),
    model=st.just("mine"),
    threshold=st.floats(0, 12),
    cluster_distance=st.floats(0, 64),
    min_area=AREAS,
    mm_per_px=st.floats(1e-6, 100),
    views=st.integers(1, 1000),
    policy=st.lists(ROWS, max_size=3).map(tuple),
)
TILE = Recipe(name="tile", model="mine", threshold=5.4, policy=(PolicyRow(kind="crack", verdict=Verdict.ACCEPT),))


def kinds_of(model: str) -> tuple[str, ...]:
    if model != "mine":
        raise InspectorError(f"no model {model!r}")
    return ("crack", "stain")


def typed(**texts: object) -> Draft:
    return replace(draft_of(TILE), **texts)


def problems(draft: Draft) -> dict:
    reading = read_draft(draft, kinds_of)
    assert (reading.recipe is None) == bool(reading.problems)
    return reading.problems


@settings(deadline=None)
@given(RECIPES)
def test_what_is_shown_of_a_recipe_is_the_recipe(recipe: Recipe) -> None:
    assert read_draft(draft_of(recipe), kinds_of) == (recipe, {})


@settings(deadline=None, max_examples=25)
@given(RECIPES, st.text())
def test_what_was_typed_is_the_same_from_disk(recipe: Recipe, text: str) -> None:
    draft = replace(draft_of(recipe), name=text, threshold=text)
    with tempfile.TemporaryDirectory() as folder:
        keep_unsaved(Path(folder) / "tile.toml", draft)
        found = read_unsaved(Path(folder) / "tile.toml").draft
    assert (found, found.base) == (draft, recipe)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("", Area(value=0)),
        ("40", Area(value=40)),
        ("40 px2", Area(value=40)),
        ("2,5", Area(value=2.5)),
        (" 2 mm2 ", Area(value=2, unit="mm2")),
        ("0,5mm²", Area(value=0.5, unit="mm2")),
    ],
)
def test_areas_are_typed_with_their_unit_or_in_pixels(text: str, area: Area) -> None:
    recipe = read_draft(typed(min_area=text, mm_per_px="0,1"), kinds_of).recipe
    assert (recipe.min_area, recipe.mm_per_px) == (area, 0.1)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("name", "  ", "can't be empty"),
        ("model", "", "can't be empty"),
        ("model", "theirs", "no model 'theirs'"),
        ("threshold", "12.1", "from 0 to 12"),
        ("threshold", "high", "from 0 to 12"),
        ("threshold", "nan", "from 0 to 12"),
        ("cluster_distance", "65", "from 0 to 64"),
        ("min_area", "2 cm2", "or \"2.5 mm2\""),
        ("min_area", "-1", "or \"2.5 mm2\""),
        ("min_area", "1e400 mm2", "or \"2.5 mm2\""),
        ("mm_per_px", "0", "over 0"),
        ("mm_per_px", "inf", "over 0"),
        ("views", "0", "from 1 to 1000"),
        ("views", "1.5", "from 1 to 1000"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_in_words(field: str, text: str, said: str) -> None:
    told = problems(typed(**{field: text}))
    assert list(told) == [field]
    assert said in told[field]


def test_wrong_rows_are_told_at_their_row() -> None:
    rows = (RowDraft("crack"), RowDraft("dent", min_area="x", min_severity="13"), RowDraft(min_area="2 mm2"))
    told = problems(typed(rows=rows))
    assert set(told) == {(1, "kind"), (1, "min_area"), (1, "min_severity"), "mm_per_px"}
    assert "tells no 'dent' apart" in told[1, "kind"]


def test_a_model_that_is_not_there_is_told_once_and_not_at_its_rows() -> None:
    assert list(problems(typed(model="theirs"))) == ["model"]


def test_typing_at_one_place_is_one_step() -> None:
    edits = Edits(typed())
    for text in ("6", "6.", "6.5"):
        edits.put(replace(edits.draft, threshold=text), "threshold")
    edits.put(replace(edits.draft, min_area="4"), "min_area")
    edits.put(replace(edits.draft, rows=()))
    assert not edits.can_redo
    steps = []
    while edits.can_undo:
        edits.undo()
        steps.append((edits.draft.threshold, edits.draft.min_area, len(edits.draft.rows)))
    assert steps == [("6.5", "4", 1), ("6.5", "", 1), ("5.4", "", 1)]
    for _ in range(5):
        edits.redo()
    assert (edits.draft.threshold, edits.draft.rows) == ("6.5", ())
    edits.undo()
    edits.put(replace(edits.draft, threshold="7"), "threshold")
    assert not edits.can_redo
