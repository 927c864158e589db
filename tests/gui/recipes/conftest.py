"""A library with one recipe of its own, a journal judged by it, and an engineer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from builders import CAPTURED
from gui.conftest import load_tiny
from gui.driving import spot_frame
from gui.recipes.engineer import Engineer

from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.types import Frame

SEVERITIES = (0.0, 9.0, 4.5, 0.0, 7.0)


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
