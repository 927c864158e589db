import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.types import Verdict

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MODELS = TEXT.filter(lambda text: "\0" not in text)
AREAS = st.builds(Area, value=st.floats(0, 1e9), unit=st.sampled_from(["px2", "mm2"]))
ROWS = st.builds(PolicyRow, kind=TEXT, min_area=AREAS, min_severity=st.floats(0, 12), verdict=st.sampled_from(Verdict))
RECIPES = st.builds(
    Recipe,
    name=TEXT,
    model=MODELS,
    threshold=st.floats(0, 12),
    cluster_distance=st.floats(0, 64),
    min_area=AREAS,
    mm_per_px=st.floats(1e-6, 100),
    policy=st.lists(ROWS, max_size=3).map(tuple),
)
GOOD = 'name = "tile"\nmodel = "demo"\nthreshold = 5.4\n'


@settings(deadline=None)
@given(RECIPES)
def test_a_recipe_survives_its_file(recipe: Recipe) -> None:
    again = Recipe.from_toml(recipe.to_toml(), "memory")
    assert again == recipe
    assert again.digest == recipe.digest


@given(RECIPES, st.floats(0, 12))
def test_another_t_is_another_digest(recipe: Recipe, threshold: float) -> None:
    other = recipe.with_threshold(threshold)
    assert (other.digest == recipe.digest) == (repr(other.threshold) == repr(recipe.threshold))
    assert other.with_threshold(recipe.threshold) == recipe


@pytest.mark.parametrize("threshold", [-0.1, 12.1, float("nan"), float("inf")])
def test_a_t_off_the_scale_is_refused(threshold: float) -> None:
    with pytest.raises(InspectorError, match="between 0 and 12"):
        Recipe.from_toml(GOOD, "memory").with_threshold(threshold)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("threshold = ", "not valid TOML"),
        ('model = "demo"\nthreshold = 5', "name: Field required"),
        (GOOD.replace("5.4", "12.5"), "threshold: "),
        (GOOD.replace("5.4", "nan"), "threshold: "),
        (GOOD.replace("5.4", '"high"'), "threshold: "),
        (GOOD.replace('"tile"', '""'), "name: "),
        (GOOD + "tresh = 3", "tresh: Extra"),
        (GOOD + "cluster_distance = -1", "cluster_distance: "),
        (GOOD + 'min_area = "2 cm2"', 'min_area: an area is a number of px2 or a text like "2.5 mm2"'),
        (GOOD + "min_area = -3", "min_area"),
        (GOOD + "min_area = inf", "min_area"),
        (GOOD + "mm_per_px = 0", "mm_per_px: "),
        (GOOD + "mm_per_px = inf", "mm_per_px: "),
        (GOOD + "mm_per_px = nan", "mm_per_px: "),
        (GOOD + "mm_per_px = 1e308", "mm_per_px: "),
        (GOOD + 'min_area = "2 mm2"', "areas in mm2 need mm_per_px"),
        (GOOD + '[[policy]]\nverdict = "accept"\nmin_area = "2 mm2"', "areas in mm2 need mm_per_px"),
        (GOOD + '[[policy]]\nkind = "crack"', "policy.0.verdict: Field required"),
        (GOOD + '[[policy]]\nverdict = "scrap"', "policy.0.verdict: "),
        (GOOD + '[[policy]]\nverdict = "accept"\nseverity = 3', "policy.0.severity: Extra"),
        (GOOD + 'min_area = {value = 2, unit = "furlong2"}\nmm_per_px = 1', "min_area.unit: "),
        (GOOD + "min_area = {value = 2, size = 3}", "min_area.size: Extra"),
        (GOOD + f'min_area = "{"9" * 100_000}"', "min_area: an area is a number"),
        (GOOD.replace("demo", "a" * 256), "model: it is neither the name of a model nor the path of one"),
        (GOOD.replace("demo", "b/" * 600), "model: it is neither"),
        (GOOD.replace("demo", "a\\u0000b"), "model: it is neither"),
        (GOOD.replace("5.4", "9" * 5000), "not valid TOML: Exceeds"),
        ("a = " + "[" * 5000, "not valid TOML: its values are nested too deeply"),
        ("a." * 100_000 + "a = 1", "not valid TOML: it holds more than 4000 dots"),
    ],
)
def test_a_malformed_recipe_is_told_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(InspectorError) as told:
        Recipe.from_toml(text, "line.toml")
    assert str(told.value).startswith("recipe line.toml")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_what_a_recipe_leaves_out_has_defaults() -> None:
    recipe = Recipe.from_toml(GOOD, "memory")
    assert (recipe.cluster_distance, recipe.min_area, recipe.mm_per_px, recipe.policy) == (4, Area(value=0), None, ())


@pytest.mark.parametrize(("written", "px2"), [("12", 12), ("2.5", 2.5), ('"7 px2"', 7), ('"0.5mm2"', 50)])
def test_areas_carry_their_unit(written: str, px2: float) -> None:
    recipe = Recipe.from_toml(f"{GOOD}mm_per_px = 0.1\nmin_area = {written}", "memory")
    assert recipe.min_area.in_px2(recipe.mm_per_px) == pytest.approx(px2)


@pytest.mark.parametrize("mm_per_px", [5e-324, 1e-200, 1e6])
def test_a_scale_of_any_size_gives_an_area(mm_per_px: float) -> None:
    """The square of a small one is nothing to divide by."""
    recipe = Recipe.from_toml(f'{GOOD}mm_per_px = {mm_per_px!r}\nmin_area = "2 mm2"', "memory")
    assert (recipe.min_area.in_px2(recipe.mm_per_px) > 1) == (mm_per_px < 1)


def test_a_model_beside_the_recipe_is_found_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    path = tmp_path / "line.toml"
    Recipe(name="tile", model="models/mine", threshold=5).save(path)
    assert Path(Recipe.load(path).model) == tmp_path / "models" / "mine"
    Recipe(name="tile", model="demo", threshold=5).save(path)
    assert Recipe.load(path).model == "demo"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00name"])
def test_a_file_that_can_not_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "line.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InspectorError, match=r"line\.toml can't be read"):
        Recipe.load(path)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are those of Unix")
def test_what_never_ends_is_no_recipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "endless.toml").symlink_to("/dev/zero")
    (tmp_path / "large.toml").write_text(GOOD + "#" * (1 << 20))
    for name, said in (("pipe", "it is no file"), ("endless", "it is no file"), ("large", "it is too large")):
        with pytest.raises(InspectorError, match=rf"{name}\.toml can't be read: .*{said}"):
            Recipe.load(tmp_path / f"{name}.toml")
