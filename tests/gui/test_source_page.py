from pathlib import Path

import pytest
from gui.driving import Driver
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sources.fake_camera import FakeCamera

from inspector.gui.source_page import SourcePage
from inspector.gui.state import Phase


@pytest.fixture
def driver(open_window) -> Driver:
    driver = open_window()
    driver.key(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
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
    assert driver.window.settings.source == "demo?rate=2"


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
