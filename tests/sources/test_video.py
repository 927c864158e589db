import os
import re
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from sources.films import HEIGHT, WIDTH, film, number_of

from inspector.errors import InspectorError
from inspector.sources import open_source
from inspector.sources.base import Source
from inspector.sources.decoding import Tint
from inspector.sources.video import VideoSource
from inspector.types import Frame, Unreadable


def numbers(source: Source) -> list[int | None]:
    """What the frames show, None for one that can't be read; each has to stand in the place that its index says."""
    items = list(source)
    assert [item.index for item in items] == list(range(len(items)))
    return [number_of(item.pixels) if isinstance(item, Frame) else None for item in items]


def grey_film(path: Path, count: int) -> Path:
    """A video without colour from its making on: FFV1 loses nothing."""
    return film(path, count, "FFV1", (90, 90, 90))


def jpeg_starts(content: bytes) -> list[int]:
    return [found.start() for found in re.finditer(b"\xff\xd8\xff", content)]


@pytest.mark.parametrize(("name", "codec"), [("clip.avi", "MJPG"), ("clip.mp4", "mp4v"), ("clip.mov", "MJPG")])
def test_every_frame_comes_once_and_in_order(tmp_path: Path, name: str, codec: str) -> None:
    source = open_source(str(film(tmp_path / name, 60, codec)))
    assert isinstance(source, VideoSource)
    assert len(source) == 60
    assert numbers(source) == list(range(60))
    assert source.name == str(tmp_path / name)
    assert not source.discard(3)


def test_frames_are_named_after_the_file_and_are_rgb(tmp_path: Path) -> None:
    source = VideoSource(film(tmp_path / "clip.avi", 13, colour=(200, 60, 30)))
    last = [item for item in source if isinstance(item, Frame)][-1]
    assert last.name == last.part == "clip-000012"
    assert last.pixels.shape == (HEIGHT, WIDTH, 3)
    assert np.allclose(last.pixels[:24].mean(axis=(0, 1)), (30, 60, 200), atol=4)


def test_a_grey_video_gives_grey_frames(tmp_path: Path) -> None:
    source = VideoSource(grey_film(tmp_path / "clip.avi", 9))
    assert {item.pixels.shape for item in source if isinstance(item, Frame)} == {(HEIGHT, WIDTH)}
    assert numbers(source) == list(range(9))


def test_what_the_first_picture_shows_decides_between_grey_and_colour() -> None:
    dark, grey = np.zeros((4, 4, 3), np.uint8), np.repeat(np.arange(16, dtype=np.uint8).reshape(4, 4, 1), 3, 2)
    red = grey + np.array([40, 0, 0], np.uint8)
    tint = Tint()
    assert [tint.of(picture).ndim for picture in (dark, red, grey, dark)] == [2, 3, 3, 3]
    tint = Tint()
    assert [tint.of(picture).ndim for picture in (dark, grey, red, dark)] == [2, 2, 2, 2]
    assert np.array_equal(tint.of(grey), grey[..., 0])


def test_only_so_many_are_taken(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.avi", 20)
    source = open_source(str(path), frames=7)
    assert len(source) == 7
    assert numbers(source) == list(range(7))
    assert len(open_source(str(path), frames=30)) == 20


def test_each_iteration_starts_anew_until_it_is_closed(tmp_path: Path) -> None:
    source = VideoSource(film(tmp_path / "clip.avi", 20))
    assert numbers(source) == numbers(source) == list(range(20))
    items = iter(source)
    for _ in range(10):
        next(items)
    source.close()
    source.close()
    assert list(items) == list(source) == []


def test_a_video_that_breaks_off_says_so_and_shows_no_half_frame(tmp_path: Path) -> None:
    content = film(tmp_path / "clip.avi", 20).read_bytes()
    (tmp_path / "cut.avi").write_bytes(content[: jpeg_starts(content)[10] + 500])
    source = VideoSource(tmp_path / "cut.avi")
    assert numbers(source) == [*range(10), None, None]
    half, end = list(source)[-2:]
    assert isinstance(half, Unreadable)
    assert "damaged or incomplete" in half.error
    assert isinstance(end, Unreadable)
    assert end.name == "cut-000011"
    assert end.error.startswith("the file announces 20 frames, 11 were found")


def test_a_damaged_jpeg_is_unreadable_in_its_place(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.avi", 20)
    content = bytearray(path.read_bytes())
    start = jpeg_starts(bytes(content))[7]
    content[start : start + 200] = bytes(200)
    path.write_bytes(content)
    assert numbers(VideoSource(path)) == [*range(7), None, *range(8, 20)]


def test_a_damaged_packet_of_another_codec_is_unreadable_in_its_place(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.avi", 20, "FFV1")
    content = bytearray(path.read_bytes())
    chunks = [found.start() for found in re.finditer(b"00dc", content) if found.start() > content.index(b"movi")]
    content[chunks[7] + 8 : chunks[8]] = b"\xff" * (chunks[8] - chunks[7] - 8)
    path.write_bytes(content)
    seen = numbers(VideoSource(path))
    assert len(seen) == 20
    assert seen[:7] == list(range(7))
    assert seen[7] is None


def test_a_first_frame_that_is_damaged_does_not_hide_the_rest(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.avi", 5)
    content = bytearray(path.read_bytes())
    start = jpeg_starts(bytes(content))[0]
    content[start : start + 200] = bytes(200)
    path.write_bytes(content)
    assert numbers(VideoSource(path)) == [None, 1, 2, 3, 4]


def test_a_matroska_video_has_no_length_but_all_its_frames(tmp_path: Path) -> None:
    source = VideoSource(film(tmp_path / "clip.mkv", 20))
    assert len(source) == 0
    assert numbers(source) == list(range(20))


@pytest.mark.parametrize("content", [b"", b"no video\n" * 200, b"\x00\x00\x00\x18ftypmp42" + bytes(400)])
def test_what_is_no_video_is_told_in_one_sentence_and_nowhere_else(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(InspectorError, match=r"clip\.mp4 is no video, or not whole; export it anew"):
        open_source(str(path))
    assert capfd.readouterr() == ("", "")


def test_a_damaged_video_writes_nothing_to_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(film(tmp_path / "clip.mp4", 20, "mp4v").read_bytes())
    middle = (content.index(b"mdat") + content.index(b"moov")) // 2
    content[middle : middle + 300] = bytes(300)
    (tmp_path / "clip.mp4").write_bytes(content)
    capfd.readouterr()
    assert len(list(VideoSource(tmp_path / "clip.mp4"))) == 20
    assert capfd.readouterr() == ("", "")


def test_a_video_without_a_single_whole_frame_is_refused(tmp_path: Path) -> None:
    content = film(tmp_path / "clip.avi", 20).read_bytes()
    (tmp_path / "cut.avi").write_bytes(content[: jpeg_starts(content)[0] + 500])
    with pytest.raises(InspectorError, match=r"cut\.avi (has no frame that can be read|is no video, or not whole)"):
        VideoSource(tmp_path / "cut.avi")


def test_a_video_that_is_not_there_or_vanishes_is_told(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match=r"nowhere\.avi can't be read: No such file"):
        VideoSource(tmp_path / "nowhere.avi")
    source = VideoSource(film(tmp_path / "clip.avi", 5))
    (tmp_path / "clip.avi").unlink()
    with pytest.raises(InspectorError, match=r"clip\.avi can't be read"):
        next(iter(source))


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_names_that_mean_something_to_ffmpeg_or_are_no_unicode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    film(Path("clip.avi"), 3)
    Path("12:30 Prüfung %03d.avi").write_bytes(Path("clip.avi").read_bytes())
    assert numbers(VideoSource(Path("12:30 Prüfung %03d.avi"))) == [0, 1, 2]
    bad = Path(os.fsdecode(b"\xff\xfe.avi"))
    try:
        bad.write_bytes(Path("clip.avi").read_bytes())
    except OSError:
        return  # a file system that takes Unicode only
    with pytest.raises(InspectorError, match="is no video"):
        VideoSource(bad)


def test_a_picture_is_read_in_full_as_opencv_itself_reads_it(tmp_path: Path) -> None:
    path = film(tmp_path / "clip.avi", 4, "FFV1")
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    for item in VideoSource(path):
        assert isinstance(item, Frame)
        assert np.array_equal(item.pixels, capture.read()[1][..., ::-1])
