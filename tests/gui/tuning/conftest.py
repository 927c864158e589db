"""The page that tunes T, with a recipe, a journal and a set of spots."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from gui.tuning.person import Tuner
from spot_dataset import write_spot_dataset

from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary


@pytest.fixture
def library(tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> RecipeLibrary:
    """A library of one recipe, and the cache of nobody."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    library = RecipeLibrary(tmp_path / "recipes")
    library.add(Recipe(name="tile", model=str(bundle), threshold=4.0), "Ana", "new product", "made")
    return library


@pytest.fixture
def tile(library: RecipeLibrary) -> Kept:
    return next(kept for kept in library.all() if kept.name == "tile")


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    return write_spot_dataset(tmp_path / "spots")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal.open(f"sqlite:///{tmp_path / 'log.db'}")) as journal:
        yield journal


@pytest.fixture
def open_page(qtbot, library: RecipeLibrary, journal: Journal) -> Iterator[Callable[[], Tuner]]:
    opened: list[Tuner] = []

    def open_one() -> Tuner:
        opened.append(Tuner(qtbot, library, lambda: journal, "tile"))
        return opened[-1]

    yield open_one
    for tuner in opened:
        tuner.close()
        assert tuner.elsewhere == []
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("inspector")] == []


@pytest.fixture
def tuner(open_page, spots: Path) -> Tuner:
    """The page with the dataset measured."""
    tuner = open_page()
    tuner.measure(spots, "test")
    return tuner
