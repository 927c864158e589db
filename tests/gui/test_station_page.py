import threading
from pathlib import Path

import cv2
import pytest
from gui.driving import CountingEngine, Driver, counted, spot_frame
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest

from inspector.gui.state import Phase
from inspector.journal.store import Journal
from inspector.networks.bundle import Model, load_model
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.sources.base import SourceState
from inspector.types import Verdict

KEYS = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def counts(driver: Driver) -> tuple[int, int, int]:
    return tuple(driver.state.counts[verdict] for verdict in Verdict)


def test_a_folder_is_judged_to_its_end(open_window, journal_url: str) -> None:
    driver = open_window().finish()
    assert counts(driver) == (3, 0, 2)
    assert driver.state.kinds == {"spot": 2}
    assert driver.word == "REJECT"
    assert driver.window.station.verdict.worst.text() == "spot\n36 px² · severity 7.0"
    assert driver.window.station.thumbnails.count() == 5
    assert "finished" in driver.window.header.source.text()
    driver.close()
    assert len(Journal.open(journal_url).entries()) == 5


def test_every_part_is_counted_however_seldom_the_window_paints(open_window, frames: Path, journal_url: str) -> None:
    for i in range(100):
        cv2.imwrite(str(frames / f"more-{i}.png"), spot_frame(9.0 if i % 4 == 0 else 0.0))
    driver = open_window().finish()
    assert sum(counts(driver)) == 105
    assert driver.state.counts[Verdict.REJECT] == 27
    assert driver.state.lost == 0
    listed = driver.window.station.thumbnails
    assert listed.count() == len(driver.state.parts)


def test_a_line_that_is_paused_while_its_model_loads_starts_paused_and_goes_step_by_step(open_window) -> None:
    driver, gate = open_gated(open_window)
    driver.see(lambda: "loading model" in driver.window.header.source.text())
    driver.key(KEYS.Key_R)
    gate.set()
    driver.see(lambda: driver.state.phase is Phase.PAUSED)
    assert sum(counts(driver)) == 0
    for judged in (1, 2):
        driver.key(KEYS.Key_S)
        driver.see(lambda judged=judged: sum(counts(driver)) == judged)
    driver.settle()
    assert driver.word == "REJECT"
    driver.click(driver.window.station.run)
    driver.finish()
    assert sum(counts(driver)) == 5


def test_the_window_answers_while_a_model_loads(open_window) -> None:
    driver, gate = open_gated(open_window)
    driver.see(lambda: driver.word == "LOADING")
    driver.key(KEYS.Key_F1)
    driver.see(lambda: driver.window.guide is not None and driver.window.guide.isVisible())
    driver.click(driver.window.header.tabs, driver.window.header.tabs.tabRect(1).center())
    assert driver.window.page is driver.window.review
    gate.set()
    driver.finish()


def test_running_a_finished_folder_again_starts_it_anew(open_window) -> None:
    driver = open_window().finish()
    driver.click(driver.window.station.run)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert counts(driver) == (3, 0, 2)


def test_moving_t_never_asks_the_severity_network_and_classifies_no_window_twice(open_window) -> None:
    driver, engine = open_counted(open_window)
    driver.finish()
    driver.click_thumbnail(2)
    driver.settle()
    assert driver.word == "ACCEPT"
    driver.drag_threshold(4.8, 4.5, 4.0, 3.0)
    driver.see(lambda: driver.word == "REJECT")
    driver.settle()
    asked, classified = engine.severity_calls, engine.windows
    assert asked == 5
    driver.drag_threshold(11.0, 6.0, 3.5, 2.0, 8.0, 3.0)
    driver.settle()
    driver.see(lambda: driver.word == "REJECT")
    assert engine.severity_calls == asked
    assert engine.windows == classified


def test_a_moved_t_is_marked_as_a_preview_beside_what_was_logged(open_window) -> None:
    driver = open_window().finish()
    driver.click_thumbnail(2)
    type_threshold(driver, "3")
    driver.see(lambda: driver.word == "REJECT")
    assert driver.note == "preview at T 3.00; logged: ACCEPT at T 5.00"
    assert "T 3.00 changed, unsaved" in driver.window.header.recipe.text()
    driver.key(KEYS.Key_0, CTRL)
    driver.see(lambda: driver.word == "ACCEPT")
    assert driver.note == ""
    driver.see(lambda: "unsaved" not in driver.window.header.recipe.text())


def test_the_heatmap_follows_t_at_once(open_window) -> None:
    driver = open_window().finish()
    heat = driver.window.station.viewer.view.heatmap
    driver.drag_threshold(10.0)
    threshold = driver.window.station.viewer.threshold
    assert threshold == pytest.approx(10.0, abs=0.05)
    visible = heat.lut[:, 3] > 0
    assert not visible[: int(9.9 / 12 * 255)].any()
    assert visible[int(10.1 / 12 * 255) + 1 :].all()


def test_t_can_be_typed_with_a_comma(open_window) -> None:
    driver = open_window().finish()
    type_threshold(driver, "4,25")
    assert driver.window.station.viewer.threshold == 4.25
    assert driver.window.station.viewer.bar.value() == 425


def test_parts_after_a_moved_t_are_judged_and_logged_by_it(open_window, journal_url: str) -> None:
    driver, gate = open_gated(open_window)
    driver.key(KEYS.Key_R)
    gate.set()
    driver.see(lambda: driver.state.phase is Phase.PAUSED)
    type_threshold(driver, "4")
    driver.click(driver.window.station.run)
    driver.finish()
    assert counts(driver) == (2, 0, 3)
    assert driver.note == ""
    driver.close()
    assert {entry.record["threshold"] for entry in Journal.open(journal_url).entries()} == {4.0}


def test_a_past_part_stays_on_the_screen_while_the_line_goes_on(open_window) -> None:
    driver, gate = open_gated(open_window)
    driver.key(KEYS.Key_R)
    gate.set()
    for judged in (1, 2):
        driver.see(lambda: driver.state.phase is Phase.PAUSED)
        driver.key(KEYS.Key_S)
        driver.see(lambda judged=judged: sum(counts(driver)) == judged)
    driver.click_thumbnail(1)
    assert driver.word == "ACCEPT"
    assert "PAST PART   part-0.png" in driver.window.station.verdict.title.text()
    driver.click(driver.window.station.run)
    driver.finish()
    assert "PAST PART   part-0.png" in driver.window.station.verdict.title.text()
    driver.key(KEYS.Key_L)
    assert driver.word == "REJECT"
    assert "part-4.png" in driver.window.station.verdict.title.text()


def test_an_unreadable_frame_is_named_and_the_line_goes_on(open_window, frames: Path) -> None:
    (frames / "part-2.png").write_bytes(b"\x89PNG\r\n\x1a\nhalf")
    driver = open_window().finish()
    assert counts(driver) == (2, 0, 2)
    assert driver.state.unreadable == 1
    assert "part-2.png" in driver.banner
    driver.click_thumbnail(2)
    assert driver.word == "UNREADABLE"
    assert driver.window.station.viewer.view.shown is None


def test_n_and_p_go_from_defect_to_defect_and_f_shows_the_whole(open_window, tmp_path: Path) -> None:
    pixels = spot_frame(9.0)
    pixels[80:88, 8:16] += 120
    folder = tmp_path / "two"
    folder.mkdir()
    cv2.imwrite(str(folder / "two.png"), pixels)
    driver = open_window(source=folder).finish()
    view = driver.window.station.viewer.view
    driver.key(KEYS.Key_N)
    first = view.selected
    driver.key(KEYS.Key_N)
    second = view.selected
    assert {first.box, second.box} == {region.box for region in view.shown.regions}
    driver.key(KEYS.Key_P)
    assert view.selected is first
    driver.key(KEYS.Key_F)
    assert view.field.contains(QRectF(0, 0, 128, 96))


def test_h_hides_the_overlay_while_it_is_held(open_window) -> None:
    driver = open_window().finish()
    view = driver.window.station.viewer.view
    view.setFocus()
    QTest.keyPress(view, KEYS.Key_H)
    assert not view.heatmap.isVisible()
    assert not view.boxes.isVisible()
    QTest.keyRelease(view, KEYS.Key_H)
    assert view.heatmap.isVisible()
    assert view.boxes.isVisible()


def test_the_pixel_under_the_mouse_is_read_out(open_window, frames: Path) -> None:
    driver = open_window(source=frames / "part-1.png").finish()
    driver.key(KEYS.Key_N)  # brings the spot into the middle
    viewer = driver.window.station.viewer
    viewport = viewer.view.viewport()
    QTest.mouseMove(viewport, viewport.rect().center() + QPoint(2, 2))
    driver.see(lambda: "spot" in viewer.readout.text())
    assert "grey 245" in viewer.readout.text()
    assert "severity 9.0" in viewer.readout.text()


def test_a_recipe_with_the_new_t_can_be_saved(open_window, tmp_path: Path) -> None:
    driver = open_window().finish()
    type_threshold(driver, "6.5")
    path = tmp_path / "saved.toml"
    driver.window.setup.save_recipe(path)
    assert Recipe.load(path).threshold == 6.5
    driver.see(lambda: "unsaved" not in driver.window.header.recipe.text())


def test_t_saved_into_a_recipe_of_one_s_own_is_in_its_history(open_window, recipe: Path, tmp_path: Path) -> None:
    library = RecipeLibrary(tmp_path / "profile" / "recipes")
    kept = library.add(Recipe.load(recipe), "Ana", "new product", "made")
    driver = open_window(recipe=kept.path).finish()
    type_threshold(driver, "6.5")
    driver.window.setup.save_recipe(kept.path)
    (now,) = [one for one in library.all() if one.path == kept.path]
    assert now.recipe.threshold == 6.5
    newest = library.history(now)[0]
    assert ([change.field for change in newest.what], newest.why) == (["T"], "T was moved at the station")


def test_the_file_in_use_is_proposed_to_save_to_and_no_other_is_overwritten(
    open_window, recipe: Path, tmp_path: Path
) -> None:
    driver = open_window().finish()
    type_threshold(driver, "6.5")
    driver.key(KEYS.Key_S, CTRL)
    dialog = driver.window.setup.dialog
    assert dialog.selectedFiles() == [str(recipe)]
    dialog.close()
    other = tmp_path / "other.toml"
    other.write_text("somebody's")
    driver.window.setup.save_recipe(other)
    assert "other.toml is there already" in driver.banner
    assert other.read_text() == "somebody's"
    driver.window.setup.save_recipe(recipe)
    assert Recipe.load(recipe).threshold == 6.5


def test_a_recipe_that_can_not_be_saved_is_said_in_the_banner(open_window, tmp_path: Path) -> None:
    driver = open_window().finish()
    driver.window.setup.save_recipe(tmp_path / "missing" / "saved.toml")
    assert "can't be saved" in driver.banner


def test_file_dialogs_do_not_block_the_window(open_window) -> None:
    driver = open_window()
    driver.key(KEYS.Key_O, CTRL)
    dialog = driver.window.setup.dialog
    assert dialog is not None
    assert not dialog.isModal()
    driver.finish()
    dialog.close()


def test_a_line_stops_by_itself_when_the_window_closes(open_window) -> None:
    driver = open_window(source=Path("demo"))
    driver.see(lambda: sum(counts(driver)) > 0)
    driver.close()
    assert not driver.window.line.alive


def open_gated(open_window) -> tuple[Driver, threading.Event]:
    """A window whose model loads when the event is set."""
    gate = threading.Event()

    def load(name: str) -> Model:
        gate.wait(30)
        return load_model(Path(name), threads=1)

    return open_window(load=load), gate


def open_counted(open_window) -> tuple[Driver, CountingEngine]:
    """A window and the calls of its networks."""
    engines: list[CountingEngine] = []

    def load(name: str) -> Model:
        model, engine = counted(load_model(Path(name), threads=1))
        engines.append(engine)
        return model

    driver = open_window(load=load)
    driver.see(lambda: bool(engines))
    return driver, engines[0]


def type_threshold(driver: Driver, text: str) -> None:
    driver.key(KEYS.Key_T, CTRL)
    box = driver.window.station.viewer.box
    QTest.keyClicks(box, text)
    QTest.keyClick(box, KEYS.Key_Return)


def test_a_barcode_reader_names_the_part_to_come(open_window, tmp_path: Path, frames: Path) -> None:
    (tmp_path / "line").mkdir()
    driver = open_window(source=f"watch:{tmp_path / 'line'}")
    driver.window.take_part_ids(True)
    page = driver.window.station
    driver.see(lambda: driver.state.link.state is SourceState.LIVE)
    QTest.keyClicks(page.part_id, "SRN-77")  # S, R and N are commands elsewhere
    QTest.keyClick(page.part_id, KEYS.Key_Return)
    assert "SRN-77" in page.part_id.placeholderText()
    (frames / "part-1.png").rename(tmp_path / "line" / "1.png")
    driver.see(lambda: driver.state.judged == 1)
    assert driver.state.parts[0].inspection.frame.part == "SRN-77"
    driver.see(lambda: "SRN-77" not in page.part_id.placeholderText())
    (frames / "part-2.png").rename(tmp_path / "line" / "2.png")
    driver.see(lambda: driver.state.judged == 2)
    assert driver.state.parts[0].inspection.frame.part == "2"
    assert driver.window.setup.settings.part_ids


def test_the_window_says_when_its_source_is_gone_and_when_it_is_back(open_window, tmp_path: Path, frames: Path) -> None:
    driver = open_window(source=f"watch:{tmp_path / 'share'}")
    driver.see(lambda: driver.word == "SOURCE LOST")
    assert "lost" in driver.banner
    frames.rename(tmp_path / "share")
    driver.see(lambda: driver.state.judged == 5)
    driver.see(lambda: driver.banner == "")
    assert driver.word in ("ACCEPT", "REJECT")
    (tmp_path / "share").rename(tmp_path / "gone")
    driver.see(lambda: driver.word == "SOURCE LOST")
    assert "The last part was" in driver.window.station.verdict.reasons.text()
    driver.key(KEYS.Key_R)
    driver.see(lambda: driver.state.phase is Phase.PAUSED)
