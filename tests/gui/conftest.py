"""A window on a real line: tiny bundle, images in a folder, a journal on disk."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from gui.driving import Driver, spot_frame
from tiny_bundle import write_tiny_bundle

from inspector.networks.bundle import Model, load_model
from inspector.recipe import Recipe
from inspector.settings import Settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SPOTS = {"part-0": 0.0, "part-1": 9.0, "part-2": 4.5, "part-3": 0.0, "part-4": 7.0}
"""Severity of the one spot of each frame; T of the recipe is 5."""

Opener = Callable[..., Driver]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def recipe(tmp_path: Path, bundle: Path) -> Path:
    path = tmp_path / "tile.toml"
    Recipe(name="tile", model=str(bundle), threshold=5.0).save(path)
    return path


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    for name, severity in SPOTS.items():
        write_frame(folder / f"{name}.png", severity)
    return folder


def write_frame(path: Path, severity: float) -> None:
    cv2.imwrite(str(path), spot_frame(severity))


@pytest.fixture
def journal_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log' / 'journal.db'}"


def load_tiny(name: str) -> Model:
    return load_model(Path(name), threads=1)


@pytest.fixture
def open_window(qtbot, tmp_path: Path, recipe: Path, frames: Path, journal_url: str) -> Iterator[Opener]:
    """Opens windows as a person would, and closes them; no thread may outlive its window."""
    opened: list[Driver] = []

    def open_one(
        source: Path = frames,
        recipe: Path = recipe,
        journal: str = journal_url,
        load: Callable[[str], Model] = load_tiny,
        part: str = "",
        dataset: str = "",
    ) -> Driver:
        settings = Settings(recipe=str(recipe), source=str(source), part=part, dataset=dataset, theme="light")
        driver = Driver(qtbot, settings, journal, load, tmp_path / "profile")
        opened.append(driver)
        return driver

    yield open_one
    for driver in opened:
        driver.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("inspector")] == []
