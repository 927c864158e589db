"""Pictures of an MJPEG film of which a piece is missing."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from inspector.errors import InspectorError
from inspector.sources.decoding import DAMAGED, Decoder, Tint

FRAMES = 6
SIDE = 160


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 25, (SIDE, SIDE))
    for number in range(FRAMES):
        noise = np.random.default_rng(number).integers(60, 180, (SIDE, SIDE, 3), np.uint8)
        writer.write(cv2.GaussianBlur(noise, (0, 0), 2))
    writer.release()
    return path


def read(path: Path) -> list[str]:
    decoder, found = Decoder(str(path), Tint()), []
    try:
        for _ in range(FRAMES):
            try:
                picture = decoder.read()
                found.append("none" if picture is None else "whole")
            except InspectorError as error:
                found.append("damaged" if str(error) == DAMAGED else str(error))
    finally:
        decoder.close()
    return found


def test_a_picture_that_lacks_a_piece_in_its_middle_is_damaged(film: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its end is there, as when a packet of a camera was lost; decoders fill what is missing with grey."""
    assert read(film) == ["whole"] * FRAMES
    data = bytearray(film.read_bytes())
    starts = [at for at in range(len(data)) if data[at : at + 3] == b"\xff\xd8\xff"]
    end = data.index(b"\xff\xd9", starts[2])
    middle = (starts[2] + end) // 2
    data[middle:end] = b"\xff\xfe" + (end - middle - 2).to_bytes(2, "big") + bytes(end - middle - 4)  # a comment
    film.write_bytes(data)
    capfd.readouterr()
    assert read(film) == ["whole", "whole", "damaged", "whole", "whole", "whole"]
    assert capfd.readouterr() == ("", "")
