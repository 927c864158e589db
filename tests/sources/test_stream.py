"""Against a server of MJPEG over HTTP, a process of its own."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sources.films import HEIGHT, WIDTH, number_of, stills
from sources.mjpeg import Server
from sources.streams import Watch, watches

from inspector.credentials import without_secrets
from inspector.sources import open_source
from inspector.sources.base import SourceState
from inspector.types import Frame, Unreadable


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of 16 pictures, and ends them."""
    servers = []

    def start(kind: str = "live") -> Server:
        servers.append(Server(stills(tmp_path, 16), kind))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def watch() -> Iterator[Callable[[str], Watch]]:
    with watches() as begin:
        yield begin


def test_pictures_come_as_they_were_sent(serve, watch) -> None:
    seen = watch(serve().url)
    seen.new_frames(20)
    frames = seen.frames[:20]
    first = number_of(frames[0].pixels)
    assert [number_of(frame.pixels) for frame in frames] == [(first + k) % 16 for k in range(20)]
    assert [frame.index for frame in frames] == list(range(20))
    assert frames[0].pixels.shape == (HEIGHT, WIDTH, 3)
    assert np.allclose(frames[0].pixels[:24].mean(axis=(0, 1)), (30, 60, 200), atol=4)


def test_it_ends_after_so_many(serve) -> None:
    source = open_source(serve().url, frames=5)
    assert len(source) == len([item for item in source if isinstance(item, Frame)]) == 5


def test_a_killed_server_is_noticed_and_taken_up_again_whenever_it_is_back(serve, watch, capfd) -> None:
    server = serve()
    seen = watch(server.url)
    for _ in range(3):
        seen.new_frames()
        assert seen.status.state is SourceState.LIVE
        server.kill()
        seen.until(lambda: seen.status.state is SourceState.LOST, within=5)
        time.sleep(1)  # attempts that fail
        server.start()
        seen.until(lambda: seen.status.state is SourceState.LIVE, within=10)
    assert [frame.index for frame in seen.frames] == list(range(len(seen.frames)))
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_a_server_that_falls_silent_is_lost_and_taken_up_again(serve, watch) -> None:
    server = serve()
    seen = watch(server.url)
    seen.new_frames()
    server.process.send_signal(signal.SIGSTOP)
    seen.until(lambda: seen.status.state in (SourceState.STALE, SourceState.LOST), within=4)
    seen.until(lambda: "broke off" in seen.status.text, within=4)
    server.process.send_signal(signal.SIGCONT)
    seen.until(lambda: seen.status.state is SourceState.LIVE, within=15)
    seen.new_frames()


def test_a_server_that_repeats_itself_is_stale_and_nothing_comes_twice(serve, watch) -> None:
    seen = watch(serve("frozen").url)
    seen.until(lambda: seen.status.state is SourceState.STALE, within=10)
    time.sleep(1)
    assert seen.status.state is SourceState.STALE
    assert len(seen.frames) == 1
    assert "same picture" in seen.status.text


def test_a_picture_of_which_half_is_missing_is_not_shown(serve, watch) -> None:
    seen = watch(serve("torn").url)
    seen.until(lambda: len([item for item in seen.items if isinstance(item, Unreadable)]) >= 2)
    torn = [item for item in seen.items if isinstance(item, Unreadable)]
    assert all("damaged or incomplete" in item.error for item in torn)
    assert torn[0].index == 9
    assert {number_of(frame.pixels) for frame in seen.frames} <= set(range(9))


def test_a_server_that_accepts_and_sends_nothing_holds_up_nobody(serve, watch) -> None:
    seen = watch(serve("silent").url)
    seen.until(lambda: seen.status.state is SourceState.CONNECTING)
    time.sleep(0.5)
    assert seen.close() < 4
    assert seen.frames == []


def test_a_server_that_is_not_there_is_told_without_its_password(serve, watch, capfd) -> None:
    server = serve()
    server.kill()
    seen = watch(server.url.replace("://", "://operator:hunter2@") + "?channel=1&password=hunter2")
    seen.until(lambda: seen.status.state is SourceState.LOST, within=10)
    assert "user and password" in seen.status.text
    assert "hunter2" not in str(seen.items)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("rtsp://10.0.0.5:554/live", "rtsp://10.0.0.5:554/live"),
        ("rtsp://admin:hunter2@10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("rtsp://admin@10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("rtsp://admin:hun@ter/2?x#y@10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("http://cam/video?channel=2&user=admin&Pwd=hunter2", "http://cam/video?channel=2&user=***&Pwd=***"),
        ("http://cam/video?access_token=hunter2;size=2", "http://cam/video?access_token=***;size=2"),
        ("rtsp://cam/user=admin&password=hunter2&channel=1", "rtsp://cam/user=***&password=***&channel=1"),
        ("rtsp://cam/user=admin_password=hunter2_channel=1.sdp", "rtsp://cam/user=***"),
        ("http://[fe80::1]:81/?keyword", "http://[fe80::1]:81/?keyword"),
    ],
)
def test_a_stream_s_name_holds_no_secret(url: str, name: str) -> None:
    assert without_secrets(url) == name
    assert open_source(url).name == name
