import contextlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from builders import CAPTURED, make_recipe
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tiny_bundle import write_tiny_bundle

from inspector.errors import InspectorError
from inspector.images import read_image
from inspector.networks.bundle import load_model
from inspector.pipeline import judge, measure
from inspector.types import Frame

SMOOTH = (np.add.outer(np.arange(40), np.arange(60)) * 2).astype(np.uint8)
GREY = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)
RGB = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
DEEP = np.random.default_rng(2).integers(0, 65536, (40, 60), np.uint16)


def encoded(suffix: str, image: np.ndarray) -> bytes:
    return cv2.imencode(suffix, image[..., ::-1] if image.ndim == 3 else image)[1].tobytes()


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def save(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)
    return path


def refused(path: Path) -> str:
    with pytest.raises(InspectorError) as told:
        read_image(path)
    assert str(told.value).startswith(path.name)
    assert "\n" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("image", [GREY, RGB])
def test_lossless_files_give_their_pixels(tmp_path: Path, suffix: str, image: np.ndarray) -> None:
    pixels = read_image(save(tmp_path / f"a{suffix}", Image.fromarray(image), lossless=True))
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels if pixels.ndim == image.ndim else pixels[..., 0], image)
    assert pixels.ndim == image.ndim or suffix == ".webp"  # which knows no grey


@pytest.mark.parametrize("image", [GREY, RGB])
def test_jpeg_is_read_in_its_own_colours(tmp_path: Path, image: np.ndarray) -> None:
    assert read_image(put(tmp_path / "a.jpg", encoded(".jpg", image))).shape == image.shape


def test_an_opaque_alpha_channel_is_dropped(tmp_path: Path) -> None:
    full = np.full((40, 60, 1), 255, np.uint8)
    colour = save(tmp_path / "a.png", Image.fromarray(np.concatenate([RGB, full], 2), "RGBA"))
    grey = save(tmp_path / "b.png", Image.fromarray(np.concatenate([GREY[..., None], full], 2), "LA"))
    assert np.array_equal(read_image(colour), RGB)
    assert np.array_equal(read_image(grey), GREY)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "RGB"])
def test_transparent_pixels_are_refused(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(RGB).convert(mode)
    if mode.endswith("A"):
        image.putpixel((3, 3), (*(image.getpixel((3, 3))[:-1]), 254))
        path = save(tmp_path / "a.png", image)
    else:  # a colour that stands for transparent
        path = save(tmp_path / "a.png", image, transparency=image.getpixel((3, 3)))
    assert "transparent" in refused(path)


def test_palettes_and_bilevel_are_resolved(tmp_path: Path) -> None:
    palette = Image.fromarray(RGB).quantize(256)
    assert np.array_equal(read_image(save(tmp_path / "a.png", palette)), np.array(palette.convert("RGB")))
    bilevel = Image.fromarray(GREY > 128)
    assert np.array_equal(read_image(save(tmp_path / "b.png", bilevel)), np.where(GREY > 128, 255, 0))


@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
def test_16_bit_grey_is_refused(tmp_path: Path, suffix: str) -> None:
    assert "16-bit" in refused(put(tmp_path / f"a{suffix}", encoded(suffix, DEEP)))


@pytest.mark.parametrize("suffix", [".png", ".tif", ".ppm"])
def test_16_bit_colour_is_refused(tmp_path: Path, suffix: str) -> None:
    assert "16-bit" in refused(put(tmp_path / f"a{suffix}", encoded(suffix, np.stack([DEEP] * 3, 2))))


@pytest.mark.parametrize(("mode", "suffix"), [("CMYK", ".jpg"), ("F", ".tif"), ("YCbCr", ".tif")])
def test_other_colour_spaces_are_refused(tmp_path: Path, mode: str, suffix: str) -> None:
    assert mode in refused(
        save(tmp_path / f"a{suffix}", Image.fromarray(RGB).convert("L" if mode == "F" else "RGB").convert(mode))
    )


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "is empty"), (b"no image at all", "is no image"), (b"\x89PNG\r\n\x1a\n", "is ")]
)
def test_files_without_an_image_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refused(put(tmp_path / "a.png", data))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "not there" in refused(tmp_path / "a.png")


@pytest.mark.parametrize("missing", range(1, 13))
def test_a_png_that_lacks_its_last_bytes_is_refused(tmp_path: Path, missing: int) -> None:
    assert "damaged or incomplete" in refused(put(tmp_path / "a.png", encoded(".png", SMOOTH)[:-missing]))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([".png", ".jpg"]), st.sampled_from([SMOOTH, GREY, RGB]), st.floats(0, 0.99))
def test_a_truncated_file_is_refused(tmp_path_factory, suffix: str, image: np.ndarray, share: float) -> None:
    data = encoded(suffix, image)
    refused(put(tmp_path_factory.mktemp("cut") / f"a{suffix}", data[: int(share * len(data))]))


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([SMOOTH, GREY, RGB]), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_damaged_png_is_never_read_as_another_image(
    tmp_path_factory, image: np.ndarray, at: float, flip: int
) -> None:
    data = bytearray(encoded(".png", image))
    data[int(at * len(data))] ^= flip
    path = put(tmp_path_factory.mktemp("flip") / "a.png", bytes(data))
    with contextlib.suppress(InspectorError):
        assert np.array_equal(read_image(path), image)


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_tiny_images_are_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    assert "at least 16" in refused(save(tmp_path / "a.png", Image.new("L", size)))


def test_a_file_that_claims_too_much_is_refused_unread(tmp_path: Path) -> None:
    data = bytearray(encoded(".bmp", GREY))
    data[18:26] = (60_000).to_bytes(4, "little") * 2
    refused(put(tmp_path / "a.bmp", bytes(data)))


def test_a_frame_of_20_000_px_is_inspected(tmp_path: Path) -> None:
    wide = np.full((16, 20_000), 100, np.uint8)
    wide[4:12, 19_000:19_040] = 220
    pixels = read_image(put(tmp_path / "a.png", encoded(".png", wide)))
    model = load_model(write_tiny_bundle(tmp_path / "tiny"), threads=1)
    inspection = judge(measure(Frame(pixels, 0, "a.png", "a", CAPTURED), model), make_recipe(4.0))
    (region,) = inspection.regions
    assert region.box == (4, 19_000, 12, 19_040)
