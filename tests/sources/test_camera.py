"""No camera is plugged in here: what is tested is its absence, its options, and their reading back."""

import threading
from pathlib import Path

import cv2
import pytest
from sources.films import HEIGHT, WIDTH, film

from inspector.errors import InspectorError
from inspector.sources import open_source
from inspector.sources.base import Item, SourceState, Status
from inspector.sources.camera import CameraOptions, set_options


def test_a_camera_that_is_not_there_is_told_tried_again_and_can_be_closed(capfd: pytest.CaptureFixture[str]) -> None:
    source = open_source("camera:99?width=640&height=480")
    assert source.name == "camera:99"
    seen, lost = list[Item](), threading.Event()

    def take() -> None:
        for item in source:
            seen.append(item)
            if isinstance(item, Status) and item.state is SourceState.LOST:
                lost.set()

    thread = threading.Thread(target=take)
    thread.start()
    assert lost.wait(10)
    source.close()
    thread.join(10)
    assert not thread.is_alive()
    sentence = "camera 99 is not there, or another program uses it; check its cable and number"
    assert seen[-1] == Status(SourceState.LOST, sentence)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["camera:front", "camera:100", "camera:-1", "camera:٣", "camera:0x1"])
def test_a_camera_has_a_number(text: str) -> None:
    with pytest.raises(InspectorError, match="a camera has a number from 0 to 99"):
        open_source(text)


@pytest.mark.parametrize(
    ("query", "what"),
    [("focus=3", "no option 'focus'"), ("width=wide", "width=wide"), ("rate=0", "rate=0"), ("gain=nan", "gain=nan")],
)
def test_options_that_a_camera_does_not_have_are_told(query: str, what: str) -> None:
    with pytest.raises(InspectorError, match=what):
        open_source(f"camera:0?{query}")


def test_what_a_device_does_not_take_is_told_with_what_it_gives(tmp_path: Path) -> None:
    # A film takes no settings but has all of them to read, like a camera that offers one format only.
    capture = cv2.VideoCapture(str(film(tmp_path / "clip.avi", 3)), cv2.CAP_FFMPEG)
    set_options(capture, CameraOptions(width=WIDTH, height=HEIGHT, rate=25))
    with pytest.raises(InspectorError, match=r"gives width 128 instead of 1920; ask for what it offers"):
        set_options(capture, CameraOptions(width=1920, height=HEIGHT))
    with pytest.raises(InspectorError, match=r"gives rate 25 instead of 29.97"):
        set_options(capture, CameraOptions(rate=29.97))
