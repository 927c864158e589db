import cv2
import numpy as np
import pytest
import viva_genicam

from inspector.errors import InspectorError
from inspector.sources.gige_pictures import frames_between, pixels_of


def frame_of(pixels: np.ndarray, pixel_format: str) -> viva_genicam.Frame:
    return viva_genicam.Frame.from_bytes(pixels.tobytes(), pixels.shape[1], pixels.shape[0], pixel_format)


@pytest.mark.parametrize(
    ("pixel_format", "sent", "pixels"),
    [
        ("Mono8", "00 7f ff", [0x00, 0x7F, 0xFF]),
        ("Mono10", "a5 02 1f 01", [0x2A5 >> 2, 0x11F >> 2]),
        ("Mono10Packed", "a9 31 47", [0x2A5 >> 2, 0x11F >> 2]),
        ("Mono10p", "a5 7e f4 3f 00", [0x2A5 >> 2, 0x11F >> 2, 0x3FF >> 2, 0]),
        ("Mono12", "0f 00 10 00 bc 0a ff 0f", [0x00, 0x01, 0xAB, 0xFF]),
        ("Mono12Packed", "ab 3c 12", [0xAB, 0x12]),
        ("Mono12p", "bc 3a 12", [0xAB, 0x12]),
        ("Mono16", "ff 00 cd ab", [0x00, 0xAB]),
    ],
)
def test_deeper_grey_keeps_its_8_highest_bits(pixel_format: str, sent: str, pixels: list[int]) -> None:
    frame = viva_genicam.Frame.from_bytes(bytes.fromhex(sent), len(pixels), 1, pixel_format)
    got = pixels_of(frame)
    assert got.dtype == np.uint8
    assert got.tolist() == [pixels]


def test_colour_comes_as_rgb() -> None:
    colour = np.array([[[250, 120, 10], [1, 2, 3]]], np.uint8)
    assert np.array_equal(pixels_of(frame_of(colour, "RGB8")), colour)
    assert np.array_equal(pixels_of(frame_of(colour[..., ::-1], "BGR8")), colour)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("RG", cv2.COLOR_BayerRGGB2RGB),
        ("GR", cv2.COLOR_BayerGRBG2RGB),
        ("GB", cv2.COLOR_BayerGBRG2RGB),
        ("BG", cv2.COLOR_BayerBGGR2RGB),
    ],
)
def test_a_mosaic_is_interpolated_as_opencv_does_it(pattern: str, code: int) -> None:
    y, x = np.mgrid[:48, :64]
    mosaic = (120 + 60 * np.sin(y / 9) + 50 * np.cos(x / 7) + 20 * (y % 2) - 15 * (x % 2)).astype(np.uint8)
    inside = slice(1, -1), slice(1, -1)
    expected = cv2.cvtColor(mosaic, code)[inside].astype(int)
    got = pixels_of(frame_of(mosaic, f"Bayer{pattern}8"))
    assert got.shape == (48, 64, 3)
    assert got.flags.c_contiguous
    assert np.abs(got[inside] - expected).max() <= 1
    deep = pixels_of(frame_of(mosaic.astype("<u2") << 4, f"Bayer{pattern}12"))
    assert deep.dtype == np.uint8
    assert np.abs(deep[inside] - expected).max() <= 1


def test_a_format_that_is_not_known_is_refused() -> None:
    with pytest.raises(InspectorError, match="YUV422_8 can't be read"):
        pixels_of(frame_of(np.zeros((4, 8), np.uint8), "YUV422_8"))


@pytest.mark.parametrize(
    ("before", "after", "frames"),
    [(1, 2, 1), (7, 10, 3), (65534, 65535, 1), (65535, 1, 1), (65534, 3, 4), (65535, 65536, 1), (2**40, 2**40 + 2, 2)],
)
def test_block_ids_count_on_when_they_begin_anew(before: int, after: int, frames: int) -> None:
    assert frames_between(before, after) == frames
