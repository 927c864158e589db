"""RTSP, from GStreamer's server."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sources.films import HEIGHT, WIDTH, number_of, stills
from sources.rtsp import Server, missing
from sources.streams import Watch, watches

from inspector.sources.base import SourceState

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

PASSWORD = "p@ss/w:rd %"
REFUSED = "the stream can't be opened; check its address, its user and password, and the network"


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers of 16 pictures, and ends them."""
    servers = []

    def start(**options: str) -> Server:
        servers.append(Server(stills(tmp_path, 16), **options))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def watch() -> Iterator[Callable[[str], Watch]]:
    with watches() as begin:
        yield begin


@pytest.mark.parametrize("codec", ["h264", "jpeg"])
def test_pictures_come_as_they_were_sent_without_those_from_before_it_was_live(serve, watch, codec: str) -> None:
    seen = watch(serve(codec=codec).url())
    seen.new_frames(30)
    frames = seen.frames[:30]
    first = number_of(frames[0].pixels)
    assert [number_of(frame.pixels) for frame in frames] == [(first + k) % 16 for k in range(30)]
    assert [frame.index for frame in frames] == list(range(30))
    assert frames[0].pixels.shape == (HEIGHT, WIDTH, 3)
    assert np.allclose(frames[0].pixels[:24].mean(axis=(0, 1)), (30, 60, 200), atol=20)
    took = (frames[-1].captured_at - frames[0].captured_at).total_seconds()
    assert took > 20 / 25  # 29 pictures at 25 a second; those that wait already come at once


def test_a_killed_server_is_noticed_and_taken_up_again_whenever_it_is_back(serve, watch, capfd) -> None:
    server = serve()
    seen = watch(server.url())
    for _ in range(2):
        seen.new_frames()
        assert seen.status.state is SourceState.LIVE
        server.kill()
        seen.until(lambda: seen.status.state is SourceState.LOST, within=5)
        time.sleep(1)  # attempts that fail
        server.start()
        seen.until(lambda: seen.status.state is SourceState.LIVE, within=15)
    seen.new_frames()
    assert [frame.index for frame in seen.frames] == list(range(len(seen.frames)))
    assert capfd.readouterr() == ("", "")


def test_a_server_that_falls_silent_is_lost_and_taken_up_again(serve, watch) -> None:
    server = serve()
    seen = watch(server.url())
    seen.new_frames()
    server.process.send_signal(signal.SIGSTOP)
    seen.until(lambda: "broke off" in seen.status.text, within=6)
    server.process.send_signal(signal.SIGCONT)
    seen.until(lambda: seen.status.state is SourceState.LIVE)
    seen.new_frames()


def test_a_password_of_any_characters_comes_from_the_environment(serve, watch, monkeypatch) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", PASSWORD)
    server = serve(user="operator", password=PASSWORD)
    watch(server.url().replace("://", "://operator:${CAMERA_PASSWORD}@")).new_frames()


@pytest.mark.parametrize(("password", "path"), [("wrong", "live"), ("", "live"), (PASSWORD, "other")])
def test_a_server_that_refuses_is_told_without_the_password(serve, watch, capfd, password: str, path: str) -> None:
    server = serve(user="operator", password=PASSWORD)
    seen = watch(server.url("operator" if password else "", password, path))
    seen.until(lambda: seen.status.state is SourceState.LOST)
    assert seen.status.text == REFUSED
    assert seen.frames == []
    assert capfd.readouterr() == ("", "")
