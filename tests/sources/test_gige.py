import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
import viva_genicam
from sources.fake_camera import ADDRESS, FakeCamera

from inspector.errors import InspectorError
from inspector.sources import open_source
from inspector.sources.base import Item, SourceState, Status
from inspector.sources.gige import GigeCamera, GigeOptions, discover
from inspector.sources.gige_network import Found
from inspector.types import Frame, Unreadable

RESTARTS = int(os.environ.get("INSPECTOR_CAMERA_RESTARTS", "5"))
WAIT = 20.0


@pytest.fixture
def camera() -> Iterator[FakeCamera]:
    with FakeCamera() as camera:
        yield camera


class Watch:
    """A source that runs in a thread, and what it gave with the time at which it came."""

    def __init__(self, text: str) -> None:
        self.items: list[tuple[float, Item]] = []
        self.source = open_source(text)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        for item in self.source:
            self.items.append((time.monotonic(), item))

    def close(self) -> None:
        self.source.close()
        self._thread.join(WAIT)
        assert not self._thread.is_alive()

    @property
    def frames(self) -> list[tuple[float, Frame]]:
        return [(at, item) for at, item in list(self.items) if isinstance(item, Frame)]

    def until(self, state: SourceState, since: float) -> float:
        """Seconds until it tells of a state."""
        return self._first(lambda item: isinstance(item, Status) and item.state is state, since)

    def until_frame(self, since: float) -> float:
        return self._first(lambda item: isinstance(item, Frame), since)

    def _first(self, fits: Callable[[Item], bool], since: float) -> float:
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            for at, item in list(self.items):
                if at >= since and fits(item):
                    return at - since
            time.sleep(0.01)
        told = [item for _, item in self.items if isinstance(item, Status)]
        pytest.fail(f"it did not come; {len(self.frames)} frames and {told} did")


@contextmanager
def watching(text: str) -> Iterator[Watch]:
    with closing(Watch(text)) as watch:
        watch.until_frame(0)
        yield watch


def driver(name: str = "GV01", **options) -> closing[GigeCamera]:
    return closing(GigeCamera(name, GigeOptions(**options)))


def features(*names: str) -> list[str]:
    """What the camera itself says, to one who only watches."""
    with viva_genicam.connect_gige(viva_genicam.discover(all=True)[0], monitor=True) as camera:
        return [camera.get(name) for name in names]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("exposure_us=0", "exposure_us=0: Input should be greater than 0"),
        ("rate=nan", "rate=nan"),
        ("interface=eth0", "interface=eth0"),
        ("trigger=", "trigger="),
        ("width=4", "there is no option 'width'; there are exposure_us, gain"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_at_once(query: str, message: str) -> None:
    with pytest.raises(InspectorError, match=message):
        open_source(f"gige:GV01?{query}")


def test_the_library_is_not_loaded_before_a_camera_is_opened() -> None:
    code = "import sys; from inspector.sources import open_source; open_source('gige:GV01')"
    subprocess.run([sys.executable, "-c", f"{code}; sys.exit('viva_genicam' in sys.modules)"], check=True, timeout=60)


def test_only_a_camera_that_runs_freely_grows_stale_and_a_slow_one_later() -> None:
    assert GigeOptions().stale_after == 1.5
    assert GigeOptions(rate=0.5).stale_after == 4
    assert GigeOptions(trigger="Line1", rate=0.5).stale_after is None


def test_cameras_are_discovered_and_without_one_the_list_is_empty(camera: FakeCamera) -> None:
    assert discover() == discover(ADDRESS) == [Found("GV01", "Fake", "GV01", ADDRESS)]
    camera.kill()
    assert discover() == []
    with pytest.raises(InspectorError, match=r"check the interface .*10\.9\.8\.7"):
        discover("10.9.8.7")


@pytest.mark.parametrize("name", ["GV01", ADDRESS])
def test_a_camera_is_opened_by_serial_number_and_by_address(camera: FakeCamera, name: str) -> None:
    with driver(name) as device:
        assert device.read(WAIT).pixels.shape == (512, 512)


def test_a_camera_that_is_not_there_is_told_with_those_that_are(camera: FakeCamera) -> None:
    with pytest.raises(InspectorError, match="camera GV02 is not on the network, where GV01 answered; check its power"):
        GigeCamera("GV02", GigeOptions())


def test_a_camera_that_another_program_controls_says_so_and_is_free_after_it(camera: FakeCamera) -> None:
    with driver(), pytest.raises(InspectorError, match="camera GV01 is controlled by another program; close that"):
        GigeCamera("GV01", GigeOptions())
    with driver() as device:
        assert device.read(WAIT) is not None


def test_settings_reach_the_camera_rounded_as_it_needs_them(camera: FakeCamera) -> None:
    asked = {"exposure_us": 5000.4, "gain": 2.6, "rate": 33.3, "pixel_format": "BayerGB8", "trigger": "Line0"}
    with driver(**asked):
        assert features("ExposureTimeAbs", "GainRaw", "PixelFormat") == ["5000", "3", "BayerGB8"]
        assert float(*features("AcquisitionFrameRate")) == pytest.approx(33.3, abs=0.01)
        assert features("TriggerMode", "TriggerSource") == ["On", "Line0"]
    with driver(pixel_format="Mono8"):
        assert features("TriggerMode", "PixelFormat", "GainRaw") == ["Off", "Mono8", "3"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"exposure_us": 5}, "refuses exposure_us=5.0; it allows 10 to 10000000 "),
        ({"gain": 30}, "refuses gain=30.0; it allows 0 to 10 "),
        ({"rate": 5000}, r"refuses rate=5000.0; it allows 0\.1 to 1000 "),
        ({"pixel_format": "Mono12"}, "refuses pixel_format=Mono12; it allows BayerBG8, .*, Mono16 "),
        ({"trigger": "Line1"}, "refuses trigger=Line1; it allows Line0, Software "),
    ],
)
def test_a_value_that_the_camera_refuses_is_told_with_what_it_allows(
    camera: FakeCamera, options: dict, message: str
) -> None:
    with pytest.raises(InspectorError, match=f"camera GV01 {message}"):
        GigeCamera("GV01", GigeOptions(**options))


def test_a_pixel_format_that_is_not_known_is_refused_with_those_that_are(camera: FakeCamera, tmp_path) -> None:
    with viva_genicam.connect_gige(viva_genicam.discover(all=True)[0], monitor=True) as watched:
        xml = watched.xml
    description = tmp_path / "camera.xml"
    description.write_text(xml.replace('Name="Mono16"', 'Name="YUV422Packed"'))
    camera.kill()
    camera.describe(description)
    camera.start()
    with pytest.raises(InspectorError, match=r"sends pictures in YUV422Packed, which can't be read; .* Mono8"):
        GigeCamera("GV01", GigeOptions(pixel_format="YUV422Packed"))
    with driver(pixel_format="Mono8") as device:
        assert device.read(WAIT) is not None


@pytest.mark.parametrize(
    ("pixel_format", "shape"), [("RGB8", (512, 512, 3)), ("BayerRG8", (512, 512, 3)), ("Mono16", (512, 512))]
)
def test_each_kind_of_picture_comes_through(camera: FakeCamera, pixel_format: str, shape: tuple[int, ...]) -> None:
    with driver(pixel_format=pixel_format) as device:
        pixels = device.read(WAIT).pixels
    assert pixels.shape == shape
    assert pixels.dtype == np.uint8
    assert np.ptp(pixels) > 50


def test_300_frames_come_without_a_gap_and_past_the_end_of_the_block_ids(camera: FakeCamera) -> None:
    source = open_source("gige:GV01?rate=80", frames=300)  # the simulated camera begins shortly before 65535
    items = list(source)
    assert [item.index for item in items if isinstance(item, Frame)] == list(range(300))
    assert [item.state for item in items if isinstance(item, Status)][-1] is SourceState.LIVE


def test_pictures_that_miss_packets_keep_their_place_and_are_not_judged() -> None:
    with FakeCamera("-r", "100"), closing(open_source("gige:GV01", frames=40)) as source:
        items = [item for item in source if not isinstance(item, Status)]
    damaged = [item for item in items if isinstance(item, Unreadable)]
    assert len(damaged) > 3
    assert len(items) - len(damaged) > 3
    assert all(item.error.startswith("the picture came damaged (") for item in damaged)
    assert all(before.index < after.index for before, after in pairwise(items))


def test_a_software_trigger_gives_one_picture_each_at_its_own_pace(camera: FakeCamera) -> None:
    with driver(trigger="software", rate=5) as device:
        began = time.monotonic()
        shots = [device.read(WAIT) for _ in range(8)]
        took = time.monotonic() - began
    assert [after.number - before.number for before, after in pairwise(shots)] == [1] * 7
    assert 7 / 5 <= took < 7 / 5 + 2


def test_a_software_trigger_waits_for_the_station(camera: FakeCamera) -> None:
    """No picture is taken before it is asked for, and the connection outlasts a station that takes its time."""
    with closing(open_source("gige:GV01?trigger=software")) as source:
        items = (item for item in source if not isinstance(item, Status))
        for index in range(4):
            asked = datetime.now(UTC)
            frame = next(items)
            assert isinstance(frame, Frame)
            assert frame.index == index
            assert frame.captured_at >= asked
            time.sleep(4 if index == 1 else 0.3)  # 4 s is more than a camera waits for a sign of life


def test_a_camera_that_waits_for_its_line_is_live_until_it_is_gone(camera: FakeCamera) -> None:
    with closing(Watch("gige:GV01?trigger=Line0")) as watch:
        watch.until(SourceState.LIVE, 0)
        time.sleep(3)
        assert [item.state for _, item in watch.items][-1] is SourceState.LIVE
        assert not watch.frames
        killed = time.monotonic()
        camera.kill()
        assert watch.until(SourceState.LOST, killed) < 5


def test_a_camera_that_comes_back_is_live_again_within_5_s_and_repeats_no_picture(camera: FakeCamera) -> None:
    with watching("gige:GV01") as watch:
        seconds = []
        for number in range(RESTARTS):
            killed = time.monotonic()
            camera.kill()
            if number % 2:  # half of the times it is away for long enough to be noticed
                watch.until(SourceState.LOST, killed)
            camera.start()
            seconds.append(watch.until_frame(time.monotonic()))
    print(f"live again after {', '.join(f'{s:.1f}' for s in seconds)} s")
    assert max(seconds) < 5
    frames = [frame for _, frame in watch.frames]
    assert all(not np.array_equal(before.pixels, after.pixels) for before, after in pairwise(frames))
    places = [item.index for _, item in watch.items if not isinstance(item, Status)]
    assert places == list(range(len(places)))


def test_a_camera_that_freezes_is_stale_within_2_s_and_live_when_it_goes_on(camera: FakeCamera) -> None:
    with watching("gige:GV01") as watch:
        frozen = time.monotonic()
        camera.freeze()
        stale = watch.until(SourceState.STALE, frozen)
        time.sleep(max(0, frozen + 5 - time.monotonic()))
        thawed = time.monotonic()
        camera.thaw()
        live = watch.until_frame(thawed)
        watch.until(SourceState.LIVE, thawed)
    print(f"stale after {stale:.1f} s, live again after {live:.1f} s")
    assert stale < 2
    assert live < 5
