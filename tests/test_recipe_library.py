"""Recipes kept, changed with who and why, and carried from one machine to another."""

import shutil
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_bundle import write_tiny_bundle

from inspector import recipe_transfer
from inspector.errors import InspectorError
from inspector.files import file_stem
from inspector.networks.bundle import load_model
from inspector.paths import find_model, find_recipe, shipped
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.recipe_history import Difference, append_change, differences, read_changes
from inspector.recipe_library import Kept, RecipeLibrary, model_kinds
from inspector.recipe_transfer import export_recipe, export_suffix, import_recipe
from inspector.types import Verdict

TILE = Recipe(
    name="Tile 7",
    model="demo",
    threshold=5.4,
    min_area=Area(value=2, unit="mm2"),
    mm_per_px=0.1,
    policy=(PolicyRow(kind="stain", min_severity=9, verdict=Verdict.REJECT), PolicyRow(verdict=Verdict.REVIEW)),
)


@pytest.fixture
def library(tmp_path: Path) -> RecipeLibrary:
    return RecipeLibrary(tmp_path / "station" / "recipes")


@pytest.fixture
def elsewhere(tmp_path: Path) -> RecipeLibrary:
    return RecipeLibrary(tmp_path / "other station" / "recipes")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


def own(library: RecipeLibrary) -> list[Kept]:
    return [kept for kept in library.all() if not kept.shipped]


def everything(library: RecipeLibrary) -> list[str]:
    return sorted(path.relative_to(library.folder).as_posix() for path in library.folder.rglob("*"))


def test_those_that_ship_are_listed_and_can_not_be_changed(library: RecipeLibrary) -> None:
    demo = library.all()[0]
    assert (demo.name, demo.shipped, demo.recipe) == ("demo line", True, Recipe.load(shipped("recipes", "demo.toml")))
    before = demo.path.read_bytes()
    for act in (lambda: library.save(demo, TILE, "Ana", "no"), lambda: library.delete(demo, "Ana", "no")):
        with pytest.raises(InspectorError, match="'demo line' ships with the program"):
            act()
    assert demo.path.read_bytes() == before


def test_a_copy_is_kept_and_found_again(library: RecipeLibrary) -> None:
    added = library.add(TILE, "Ana", "a new product", "copied from demo line")
    assert added == Kept(library.folder / "tile-7.toml", False, TILE)
    assert own(RecipeLibrary(library.folder)) == [added]
    (change,) = library.history(added)
    assert (change.who, change.why) == ("Ana", "a new product")
    assert change.what == (Difference("recipe", "", "copied from demo line"),)


def test_a_taken_name_is_refused_or_numbered(library: RecipeLibrary) -> None:
    library.add(TILE, "Ana", "", "copy")
    for name in ("tile 7", "Demo Line"):
        with pytest.raises(InspectorError, match="already; choose another name"):
            library.add(TILE.model_copy(update={"name": name}), "Ana", "", "copy")
    assert library.free_name("Tile 7") == "Tile 7 2"
    assert library.free_name("tile 8") == "tile 8"
    other = library.add(TILE.model_copy(update={"name": "Tile-7"}), "Ana", "", "copy")
    assert other.path.name == "tile-7-2.toml"
    with pytest.raises(InspectorError, match="already"):
        library.save(other, TILE, "Ana", "the name of the first")


def test_a_change_is_saved_with_who_when_why_and_what(library: RecipeLibrary) -> None:
    first = library.add(TILE, "Ana", "a new product", "copied from demo line")
    second = library.save(first, TILE.with_threshold(6.0), "Ben", "too many rejects of dust")
    assert second.recipe == Recipe.load(first.path) == TILE.with_threshold(6.0)
    newest, oldest = library.history(second)
    assert (newest.who, newest.why) == ("Ben", "too many rejects of dust")
    assert newest.what == (Difference("T", "5.4", "6"),)
    assert oldest.time <= newest.time
    assert everything(library) == ["tile-7.changes.jsonl", "tile-7.toml"]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(library: RecipeLibrary) -> None:
    opened = library.add(TILE, "Ana", "", "copy")
    library.save(opened, TILE.with_threshold(6.0), "Ben", "first")
    with pytest.raises(InspectorError, match="was changed since it was opened"):
        library.save(opened, TILE.with_threshold(7.0), "Cem", "second")
    assert Recipe.load(opened.path).threshold == 6.0


@pytest.mark.parametrize("blocked", ["tile-7.toml.tmp", "tile-7.changes.jsonl"])
def test_a_change_that_can_not_be_written_leaves_the_recipe_as_it_was(library: RecipeLibrary, blocked: str) -> None:
    kept = library.add(TILE, "Ana", "", "copy")
    changes = (library.folder / "tile-7.changes.jsonl").read_bytes()
    (library.folder / blocked).unlink(missing_ok=True)
    (library.folder / blocked).mkdir()
    with pytest.raises(InspectorError, match=r"tile-7\.toml can't be saved"):
        library.save(kept, TILE.with_threshold(6.0), "Ana", "it fails")
    assert Recipe.load(kept.path) == TILE
    (library.folder / blocked).rmdir()
    if blocked.endswith(".tmp"):
        assert (library.folder / "tile-7.changes.jsonl").read_bytes() == changes
    else:
        assert everything(library) == ["tile-7.toml"]


def test_a_deleted_recipe_is_kept_with_its_changes(library: RecipeLibrary) -> None:
    kept = library.add(TILE, "Ana", "a new product", "copied from demo line")
    older = library.delete(kept, "Ben", "not made any more")
    assert own(library) == []
    assert Recipe.load(older) == TILE
    assert older.parent == library.folder / "older"
    assert [change.why for change in library.history(Kept(older, False, TILE))] == [
        "not made any more",
        "a new product",
    ]
    assert library.add(TILE, "Ana", "again", "copy").path == kept.path
    assert len(library.history(kept)) == 1


def test_a_damaged_recipe_is_listed_with_its_trouble(library: RecipeLibrary) -> None:
    (library.folder / "broken.toml").write_text("threshold = ", encoding="utf-8")
    (broken,) = own(library)
    assert (broken.name, broken.recipe) == ("broken", None)
    assert "not valid TOML" in broken.trouble
    with pytest.raises(InspectorError, match="changed since it was opened"):
        library.save(broken, TILE, "Ana", "")
    library.delete(broken, "Ana", "broken")
    assert own(library) == []


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path, library: RecipeLibrary) -> None:
    kept = library.add(TILE, "Ana", "first", "copy")
    file = library.folder / "tile-7.changes.jsonl"
    change = read_changes(file)[0]
    file.write_bytes(file.read_bytes() + file.read_bytes()[:30])
    append_change(file, change)
    assert read_changes(file) == [change, change]
    assert library.history(kept) == [change, change]


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"time": "2026-01-01T00:00:00+00:00", "who": ["Ana"], "why": "", "what": []}',
        b'{"time": "2026-01-01T00:00:00", "who": "Ana", "why": "", "what": []}',
        b'{"time": "2026-01-01T00:00:00Z", "who": "A", "why": "", "what": [{"field": 1, "before": "", "after": ""}]}',
    ],
)
def test_a_line_that_no_change_is_costs_no_other(library: RecipeLibrary, line: bytes) -> None:
    library.add(TILE, "Ana", "first", "copy")
    file = library.folder / "tile-7.changes.jsonl"
    known = read_changes(file)
    file.write_bytes(line + b"\n" + file.read_bytes())
    assert read_changes(file) == known


@pytest.mark.parametrize("find", [find_recipe, find_model])
def test_a_name_that_no_file_can_have_is_refused(find) -> None:
    for name in ("x" * 300, "x" * 300 + ".toml", "a\0b"):
        with pytest.raises(InspectorError, match="it is neither a file nor one that ships"):
            find(name)


def test_differences_are_said_in_words() -> None:
    rows = (*TILE.policy[:1], PolicyRow(kind="pit", min_area=Area(value=40), min_severity=2.5, verdict=Verdict.ACCEPT))
    other = TILE.model_copy(
        update={"model": "mine", "min_area": Area(value=144), "mm_per_px": None, "policy": (*rows, *TILE.policy[1:])}
    )
    assert differences(TILE, other) == (
        Difference("model", "demo", "mine"),
        Difference("minimum area", "2 mm2", "144 px2"),
        Difference("mm per px", "0.1", "none"),
        Difference("policy row 2", "none", "pit of 40 px2 or more and of severity 2.5 or more: accept"),
    )
    assert differences(other, TILE)[-1] == Difference(
        "policy row 2", "pit of 40 px2 or more and of severity 2.5 or more: accept", "none"
    )
    swapped = TILE.model_copy(update={"policy": TILE.policy[::-1]})
    assert {one.field for one in differences(TILE, swapped)} == {"policy row 1", "policy row 2"}
    assert differences(TILE, TILE) == ()


@given(st.text(max_size=80))
def test_any_name_gives_a_file_name(name: str) -> None:
    stem = file_stem(name)
    assert stem == Path(stem).name
    assert stem[0] not in ".-"
    assert file_stem(stem) in (stem, stem.rstrip("-"), f"{stem}-")


def test_names_of_devices_are_no_file_names() -> None:
    assert (file_stem("CON"), file_stem("../etc/passwd"), file_stem("///")) == ("con-", "etc-passwd", "unnamed")


def test_kinds_come_from_the_model_alone(bundle: Path) -> None:
    assert model_kinds(str(bundle)) == ("spot",)
    assert "crack" in model_kinds("demo")
    with pytest.raises(InspectorError, match="no model 'none'"):
        model_kinds("none")


def test_a_recipe_of_a_model_that_ships_is_carried_as_its_toml(
    library: RecipeLibrary, elsewhere: RecipeLibrary, tmp_path: Path
) -> None:
    installed = TILE.model_copy(update={"model": str(find_model("demo"))})
    assert export_suffix(installed) == ".toml"
    export_recipe(installed, tmp_path / "out.toml")
    added = import_recipe(elsewhere, tmp_path / "out.toml", "Ben")
    assert added.recipe == TILE
    again = import_recipe(elsewhere, tmp_path / "out.toml", "Ben")
    assert again.name == "Tile 7 2"
    assert elsewhere.history(again)[0].what == (Difference("recipe", "", "imported from out.toml"),)


def test_a_recipe_with_a_model_of_the_user_s_own_is_carried_with_it(
    elsewhere: RecipeLibrary, tmp_path: Path, bundle: Path
) -> None:
    recipe = TILE.model_copy(update={"model": str(bundle)})
    assert export_suffix(recipe) == ".zip"
    export_recipe(recipe, tmp_path / "out.zip")
    added = import_recipe(elsewhere, tmp_path / "out.zip", "Ben")
    model = elsewhere.folder / "models" / "tiny"
    assert added.recipe == TILE.model_copy(update={"model": str(model)})
    assert load_model(model).digest == load_model(bundle).digest
    assert 'model = "models/tiny"' in added.path.read_text()
    moved = elsewhere.folder.rename(tmp_path / "moved")
    assert Recipe.load(moved / added.path.name).model == str(moved / "models" / "tiny")
    again = import_recipe(RecipeLibrary(moved), tmp_path / "out.zip", "Ben")
    assert Path(again.recipe.model).name == "tiny-2"
    assert set(map(str, (moved / "models" / "tiny", moved / "models" / "tiny-2"))) < set(RecipeLibrary(moved).models())


def test_a_damaged_model_is_not_exported(tmp_path: Path, bundle: Path) -> None:
    damaged = shutil.copytree(bundle, tmp_path / "damaged")
    (damaged / "kinds.onnx").write_bytes(b"nothing")
    out = tmp_path / "out.zip"
    out.write_bytes(b"an older export")
    with pytest.raises(InspectorError, match="damaged or altered"):
        export_recipe(TILE.model_copy(update={"model": str(damaged)}), out)
    assert out.read_bytes() == b"an older export"
    assert not list(tmp_path.glob("*.tmp"))


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../escaped.toml", b"x", "it holds '../escaped.toml'"),
        ("model/../../escaped.toml", b"x", "it holds"),
        ("/etc/escaped.toml", b"x", "it holds"),
        ("model\\..\\escaped.toml", b"x", "it holds"),
        ("model/sub/file.onnx", b"x", "it holds"),
        ("model/.hidden", b"x", "it holds"),
        (link("model/kinds.safetensors"), b"/etc/passwd", "it holds"),
        ("model/extra.bin", b"x", "holds extra.bin"),
        ("model/SEVERITY.ONNX", b"x", "missing or twice"),
        ("model/big.toml", b" " * (1024**2 + 1), "too large"),
    ],
    ids=str,
)
def test_an_archive_that_no_export_writes_is_refused(
    elsewhere: RecipeLibrary, tmp_path: Path, bundle: Path, name: str | zipfile.ZipInfo, content: bytes, said: str
) -> None:
    export_recipe(TILE.model_copy(update={"model": str(bundle)}), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip", "a") as archive:
        archive.writestr(name, content)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(InspectorError, match=r"out\.zip") as told:
        import_recipe(elsewhere, tmp_path / "out.zip", "Eve")
    assert said in str(told.value)
    assert set(tmp_path.rglob("*")) - before <= {elsewhere.folder / "models"}
    assert own(elsewhere) == []


@pytest.mark.parametrize("file", ["severity.onnx", "model.toml", "golden-map.png"])
def test_a_model_that_is_not_what_was_exported_is_refused(
    elsewhere: RecipeLibrary, tmp_path: Path, bundle: Path, file: str
) -> None:
    altered = tmp_path / "altered.zip"
    with zipfile.ZipFile(altered, "w") as archive:
        archive.writestr("recipe.toml", TILE.model_copy(update={"model": "model"}).to_toml())
        for path in bundle.iterdir():
            archive.writestr(f"model/{path.name}", path.read_bytes() + (b"\x00" if path.name == file else b""))
    with pytest.raises(InspectorError, match=r"damaged"):
        import_recipe(elsewhere, altered, "Eve")
    assert everything(elsewhere) == []


@pytest.mark.parametrize("cut", [0, 100, -30])
def test_a_file_that_is_no_whole_archive_is_refused(
    elsewhere: RecipeLibrary, tmp_path: Path, bundle: Path, cut: int
) -> None:
    export_recipe(TILE.model_copy(update={"model": str(bundle)}), tmp_path / "out.zip")
    (tmp_path / "out.zip").write_bytes((tmp_path / "out.zip").read_bytes()[:cut])
    with pytest.raises(InspectorError, match="can't be read as an exported recipe"):
        import_recipe(elsewhere, tmp_path / "out.zip", "Eve")
    assert everything(elsewhere) == []


def test_an_archive_is_not_unpacked_beyond_the_limit(
    elsewhere: RecipeLibrary, tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe_transfer, "_MAX_BYTES", 10_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("recipe.toml", TILE.to_toml())
        archive.writestr("model/model.toml", (bundle / "model.toml").read_text())
        archive.writestr("model/severity.onnx", bytes(20_000_000))
    with pytest.raises(InspectorError, match="too large"):
        import_recipe(elsewhere, tmp_path / "bomb.zip", "Eve")
    assert everything(elsewhere) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\nmodel = "none of ours"\nthreshold = 5', "no model 'none of ours'"),
        ("threshold = ", "not valid TOML"),
        ("#" * (1024**2 + 1), "too large"),
    ],
    ids=["model", "form", "size"],
)
def test_a_toml_that_is_of_no_use_here_is_refused(
    elsewhere: RecipeLibrary, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "in.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InspectorError, match=said):
        import_recipe(elsewhere, tmp_path / "in.toml", "Eve")
    assert everything(elsewhere) == []


def test_what_was_written_by_hand_is_kept_with_its_comments(library: RecipeLibrary) -> None:
    text = 'name = "tile"\nmodel = "demo"  # until ours is trained\nthreshold = 5.4\n'
    path = library.folder / "tile.toml"
    path.write_text(text, encoding="utf-8")
    (kept,) = own(library)
    for threshold in (6.0, 7.0):  # the second time nobody's hand is in it
        kept = library.save(kept, kept.recipe.with_threshold(threshold), "Ana", "dust")
    assert kept.recipe.threshold == 7.0
    (older,) = (library.folder / "older").iterdir()
    assert older.read_text(encoding="utf-8") == text
    newest, first = library.history(kept)
    assert first.what[-1] == Difference("file", "", f"was written by hand, kept with its comments as {older.name}")
    assert newest.what == (Difference("T", "6", "7"),)


def test_a_change_that_cannot_be_told_is_not_made(tmp_path: Path) -> None:
    library = RecipeLibrary(tmp_path)
    kept = library.add(Recipe(name="tile", model="demo", threshold=5), "anna", "new", "copied")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def refuse(name: str, change: object) -> None:
        raise InspectorError("the journal is not open")

    library.tell = refuse
    assert kept.recipe is not None
    for change in (
        lambda: library.save(kept, kept.recipe.with_threshold(4), "anna", "why"),
        lambda: library.delete(kept, "anna", "why"),
        lambda: library.add(Recipe(name="other", model="demo", threshold=5), "anna", "new", "copied"),
    ):
        with pytest.raises(InspectorError, match="not open"):
            change()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
