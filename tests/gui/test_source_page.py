from pathlib import Path

import pytest
from gui.conftest import write_frame
from gui.driving import Driver
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sources.fake_camera import FakeCamera

from inspector.gui.source_page import SourcePage
from inspector.gui.state import Phase


@pytest.fixture
def driver(open_window) -> Driver:
    driver = open_window()
    driver.key(Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    return driver


@pytest.fixture
def page(driver: Driver) -> SourcePage:
    assert driver.window.page is driver.window.sources
    return driver.window.sources


def write(page: SourcePage, address: str) -> None:
    page.address.clear()
    QTest.keyClicks(page.address, address)


def choose(page: SourcePage, title: str) -> None:
    (item,) = [item for i in range(page.list.count()) if title in (item := page.list.item(i)).text()]
    page.list.setCurrentItem(item)


def test_a_source_is_chosen_tried_and_put_to_use(driver: Driver, page: SourcePage) -> None:
    choose(page, "Demo line")
    assert page.address.text() == "demo?rate=2"
    driver.click(page.test)
    driver.see(lambda: "512 x 512 px, grey" in page.result.text())
    assert (page.picture.shows.width(), page.picture.shows.height()) == (512, 512)
    driver.click(page.use)
    driver.see(lambda: driver.state.source == "demo" and driver.state.judged > 0)
    assert driver.window.page is driver.window.station
    assert driver.window.setup.settings.source == "demo?rate=2"


def test_settings_and_address_say_the_same(page: SourcePage) -> None:
    choose(page, "Demo line")
    assert page.form.fields["rate"].text() == "2"
    page.form.fields["rate"].clear()
    QTest.keyClicks(page.form.fields["rate"], "7")
    assert page.address.text() == "demo?rate=7"
    write(page, "demo?rate=3&seed=5")
    assert {name: field.text() for name, field in page.form.fields.items()} == {"rate": "3", "seed": "5"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("demo?rate=quick", "rate=quick"),
        ("demo?speed=3", "there is no option 'speed'; there are rate, seed"),
        ("nowhere", "no source 'nowhere'"),
        ("camera:", "no source 'camera:'"),
    ],
)
def test_what_is_no_source_is_told_while_it_is_written(page: SourcePage, address: str, said: str) -> None:
    write(page, address)
    assert said in page.error.text()
    assert not page.use.isEnabled()
    assert not page.test.isEnabled()


def test_a_pattern_names_parts_and_shows_what_it_makes_of_the_files(
    driver: Driver, page: SourcePage, tmp_path: Path
) -> None:
    folder = tmp_path / "plates"
    folder.mkdir()
    write(page, str(folder))
    driver.see(lambda: page.part.settled)
    assert page.part.example.text() == "plate7_cam1.png  →  part plate7_cam1\nplate7_cam2.png  →  part plate7_cam2"
    for name in ("p10_a", "p2_a", "p2_b", "p1_a"):
        write_frame(folder / f"{name}.png", 9.0)
    write(page, f"folder:{folder}")
    driver.see(lambda: "p1_a" in page.part.example.text())
    QTest.keyClicks(page.part.field, "(.+)_")
    assert page.part.example.text() == "p1_a.png  →  part p1\np2_a.png  →  part p2\np2_b.png  →  part p2"
    driver.click(page.use)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert [part.inspection.frame.part for part in driver.state.parts] == ["p10", "p2", "p2", "p1"]
    assert driver.window.setup.settings.part == "(.+)_"


@pytest.mark.parametrize(("pattern", "said"), [("(", "is malformed"), ("[a-z]+", "has no group")])
def test_a_bad_pattern_is_told_at_its_field(page: SourcePage, frames: Path, pattern: str, said: str) -> None:
    write(page, str(frames))
    QTest.keyClicks(page.part.field, pattern)
    assert said in page.part.problem.problem
    assert said in page.part.field.accessibleDescription()
    assert not page.part.example.isVisible()
    assert not page.use.isEnabled()
    page.part.field.clear()
    assert not page.part.problem.isVisible()
    assert page.use.isEnabled()


def test_only_files_have_a_pattern(driver: Driver, page: SourcePage, frames: Path) -> None:
    write(page, str(frames))
    QTest.keyClicks(page.part.field, "(part)")
    write(page, "demo?rate=9")
    assert not page.part.isVisible()
    driver.click(page.use)
    driver.see(lambda: driver.state.source == "demo" and driver.state.judged > 0)
    assert driver.window.setup.settings.part == ""


def test_parts_may_be_folders(driver: Driver, page: SourcePage, frames: Path) -> None:
    (frames.parent / "parts").mkdir()
    frames.rename(frames.parent / "parts" / "A7")
    write(page, str(frames.parent / "parts"))
    driver.see(lambda: page.part.example.text().startswith("A7-part-0.png  →  part A7\n"))
    write(page, f"watch:{frames.parent / 'parts'}")
    driver.see(lambda: page.part.settled)
    assert "A7" not in page.part.example.text()


def test_the_page_shows_what_the_line_takes(open_window, frames: Path) -> None:
    driver = open_window(part="(.+)-")
    page = driver.window.sources
    assert (page.address.text(), page.part.text) == (str(frames), "(.+)-")
    driver.window.setup.use_source("rtsp://admin:secret@127.0.0.1:1/live")
    assert page.address.text() == ""


def test_a_source_that_gives_no_picture_says_why(driver: Driver, page: SourcePage, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(page, str(tmp_path / "empty"))
    QTest.keyClick(page.address, Qt.Key.Key_Return)
    driver.see(lambda: "holds no images" in page.result.text())
    assert page.picture.shows.isEmpty()


def test_the_page_says_how_the_line_s_source_stands(driver: Driver, page: SourcePage) -> None:
    driver.see(lambda: driver.state.phase is Phase.FINISHED)
    driver.see(lambda: page.live.text().endswith("frames (stopped)"))


def test_a_camera_on_the_network_is_found_tried_lost_and_back(driver: Driver, page: SourcePage) -> None:
    with FakeCamera() as camera:
        driver.click(page.look)
        driver.see(lambda: any("GV01" in page.list.item(i).text() for i in range(page.list.count())))
        choose(page, "GV01")
        driver.click(page.test)
        driver.see(lambda: "512 x 512 px, grey" in page.result.text())
        driver.click(page.use)
        driver.see(lambda: driver.state.judged > 1)
        camera.kill()
        driver.see(lambda: driver.word in ("SOURCE STALE", "SOURCE LOST"))
        judged = driver.state.judged
        camera.start()
        driver.see(lambda: driver.state.judged > judged and driver.banner == "")
        assert driver.state.lost == 0
        driver.window.line.pause()
