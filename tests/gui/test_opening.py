"""What a person opens, usable or not: the window lives on."""

import shutil
from pathlib import Path

import cv2
import pytest
from gui.driving import spot_frame
from PySide6.QtCore import Qt

from inspector.gui.state import Phase
from inspector.gui.theme import Theme
from inspector.recipe import Recipe
from inspector.settings import Settings
from inspector.types import Verdict


def test_a_dropped_folder_becomes_the_source(open_window, tmp_path: Path) -> None:
    driver = open_window().finish()
    other = tmp_path / "other"
    other.mkdir()
    cv2.imwrite(str(other / "good.png"), spot_frame(0))
    driver.drop(other)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert driver.state.judged == 1
    assert driver.word == "ACCEPT"
    assert driver.window.station.thumbnails.count() == 1


def test_a_dropped_image_is_judged_alone(open_window, frames: Path) -> None:
    driver = open_window().finish()
    driver.drop(frames / "part-1.png")
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert driver.state.judged == 1
    assert driver.word == "REJECT"


def test_a_dropped_recipe_is_used_for_the_same_source(open_window, tmp_path: Path, recipe: Path) -> None:
    driver = open_window().finish()
    tolerant = tmp_path / "tolerant.toml"
    Recipe.load(recipe).with_threshold(8.0).save(tolerant)
    driver.drop(tolerant)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert driver.state.counts[Verdict.REJECT] == 1
    assert driver.window.station.viewer.threshold == 8.0


def test_other_files_are_not_taken(open_window, tmp_path: Path) -> None:
    driver = open_window().finish()
    text = tmp_path / "notes.txt"
    text.write_text("x")
    driver.drop(text)
    assert driver.window.line.state.number == 1


def test_a_damaged_bundle_is_said_and_another_recipe_can_be_opened(
    open_window, tmp_path: Path, bundle: Path, recipe: Path
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(bundle, damaged)
    with (damaged / "severity.onnx").open("ab") as file:
        file.write(b"x")
    bad = tmp_path / "bad.toml"
    Recipe(name="bad", model=str(damaged), threshold=5).save(bad)
    driver = open_window(recipe=bad)
    driver.see(lambda: "severity.onnx is damaged" in driver.banner)
    driver.see(lambda: driver.word == "STOPPED")
    driver.drop(recipe)
    driver.see(lambda: driver.state.number == 2)
    assert driver.banner == ""
    driver.finish()
    assert driver.state.judged == 5


@pytest.mark.parametrize(
    ("text", "said"), [("name = ", "not valid TOML"), ('name = "x"\nmodel = "y"\nthreshold = 13', "threshold")]
)
def test_a_malformed_recipe_is_said_in_the_banner(open_window, tmp_path: Path, text: str, said: str) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(text)
    driver = open_window(recipe=bad)
    driver.see(lambda: said in driver.banner)
    assert driver.window.isEnabled()


def test_a_journal_that_can_not_be_opened_is_said_and_the_next_try_can_succeed(open_window, tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.write_text("a file where the folder should be")
    driver = open_window()
    driver.see(lambda: driver.word == "STOPPED")
    assert "journal" in driver.banner
    place.unlink()
    driver.click(driver.window.station.run)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert driver.banner == ""


def test_a_missing_source_is_said_in_the_banner(open_window, tmp_path: Path) -> None:
    driver = open_window(source=tmp_path / "nowhere")
    driver.see(lambda: "no source" in driver.banner)


def test_a_journal_that_fails_stops_the_line_and_shows_no_verdict(open_window, tmp_path: Path) -> None:
    driver = open_window(source=Path("demo"))
    driver.see(lambda: driver.state.judged > 0)
    driver.key(Qt.Key.Key_R)
    driver.see(lambda: driver.state.phase is Phase.PAUSED)
    judged = driver.state.judged
    pictures = tmp_path / "log" / "journal"
    shutil.rmtree(pictures)
    pictures.write_text("a file where the folder should be")
    driver.key(Qt.Key.Key_S)
    driver.see(lambda: driver.word == "STOPPED")
    assert driver.state.judged == judged
    assert driver.banner


def test_what_is_open_is_told_to_be_remembered_at_once(open_window, frames: Path) -> None:
    driver = open_window().finish()
    told: list[Settings] = []
    driver.window.setup.settings_changed.connect(told.append)
    driver.drop(frames / "part-1.png")
    assert told[-1].source == str(frames / "part-1.png")
    driver.window.set_theme(Theme.LIGHT)
    assert told[-1].theme == "light"


def test_the_theme_can_be_chosen(open_window) -> None:
    driver = open_window().finish()
    driver.window.set_theme(Theme.DARK)
    dark = driver.window.palette().window().color().lightness()
    driver.window.set_theme(Theme.LIGHT)
    assert dark < 128 < driver.window.palette().window().color().lightness()
    assert driver.window.setup.settings.theme == "light"


def test_a_pattern_names_the_parts_of_its_own_source_alone(open_window, frames: Path, tmp_path: Path) -> None:
    driver = open_window(part="(part)-").finish()
    assert {part.inspection.frame.part for part in driver.state.parts} == {"part"}
    driver.key(Qt.Key.Key_R)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert {part.inspection.frame.part for part in driver.state.parts} == {"part"}
    frames.rename(tmp_path / "others")
    driver.drop(tmp_path / "others")
    driver.see(lambda: driver.state.number == 3)
    driver.finish()
    assert len({part.inspection.frame.part for part in driver.state.parts}) == 5
    assert driver.window.setup.settings.part == ""
