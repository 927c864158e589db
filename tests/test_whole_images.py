"""What decoders let pass: pieces that are missing, rows that are made up, files that start programs."""

import os
import struct
import sys
import zlib
from pathlib import Path
from random import Random

import numpy as np
import pytest
import tifffile
from fuzz.pictures import DEEP, GREY, RGB, chunks_of, png_of, saved
from PIL import EpsImagePlugin, Image

from inspector.errors import InspectorError
from inspector.images import read_image

FLAT = np.full_like(RGB, 128)
JPEGS = {
    "plain": {},
    "grey": {},
    "flat": {},
    "flat, optimised": {"optimize": True},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_rows": 1},
    "full colour": {"subsampling": 0, "quality": 100},
}
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\nshowpage\n"


def jpeg(name: str) -> bytes:
    return saved("JPEG", {"grey": GREY, "flat": FLAT}.get(name.split(",")[0], RGB), **JPEGS[name])


def refused(folder: Path, data: bytes, name: str = "a.png") -> str:
    (folder / name).write_bytes(data)
    with pytest.raises(InspectorError, match=f"^{name}") as told:
        read_image(folder / name)
    return str(told.value)


def read(folder: Path, data: bytes) -> np.ndarray:
    (folder / "a.png").write_bytes(data)
    return read_image(folder / "a.png")


def with_rows(rows: bytes, side: tuple[int, int] = (60, 40), interlaced: int = 0) -> bytes:
    """A grey PNG, in order but for what its rows hold."""
    header = struct.pack(">2I5B", *side, 8, 0, 0, 0, interlaced)
    return png_of([(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])


def rows_of(pixels: np.ndarray) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in pixels)


def test_a_file_that_would_start_a_program_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    struck, program = tmp_path / "struck", tmp_path / "bin" / "gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {struck}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", None)
    assert "is no image" in refused(tmp_path, POSTSCRIPT)
    assert not struck.exists()


@pytest.mark.parametrize("kind", ["GIF", "TGA", "SGI", "JPEG2000", "ICO", "PCX"])
def test_formats_that_no_suffix_promises_are_refused(tmp_path: Path, kind: str) -> None:
    assert "is no image" in refused(tmp_path, saved(kind, RGB))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are those of Unix")
def test_what_never_ends_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to("/dev/zero")
    (tmp_path / "c.png").mkdir()
    for name in "abc":
        with pytest.raises(InspectorError, match=rf"{name}\.png is no file"):
            read_image(tmp_path / f"{name}.png")


@pytest.mark.parametrize("name", JPEGS)
def test_a_whole_jpeg_is_read_whatever_its_making(tmp_path: Path, name: str) -> None:
    data = jpeg(name)
    (tmp_path / "plain.jpg").write_bytes(data)
    with Image.open(tmp_path / "plain.jpg") as image:
        expected = np.array(image)
    assert np.array_equal(read(tmp_path, data), expected)
    noted = data[:2] + b"\xff\xe1\0\x10Exif\0\0II*\0\xff\xff\xff\xff" + data[2:] + b"what cameras put behind"
    assert np.array_equal(read(tmp_path, noted), expected)


def test_the_first_picture_of_several_is_read(tmp_path: Path) -> None:
    several = saved("MPO", RGB, save_all=True, append_images=[Image.fromarray(FLAT)])
    assert np.array_equal(read(tmp_path, several), read(tmp_path, saved("JPEG", RGB)))


@pytest.mark.parametrize("name", [name for name in JPEGS if "flat" not in name])
def test_a_jpeg_that_ends_too_early_is_refused(tmp_path: Path, name: str) -> None:
    """Decoders fill the rest with grey; only of the very last block details may be missing."""
    data, chance = jpeg(name), Random(name)
    start = data.rfind(b"\xff\xda") + 10
    for _ in range(20):
        assert "damaged or incomplete" in refused(
            tmp_path, data[: chance.randrange(start, len(data) - 30)] + b"\xff\xd9"
        )


def test_a_jpeg_that_claims_more_rows_is_refused(tmp_path: Path) -> None:
    data = bytearray(jpeg("plain"))
    data[data.index(b"\xff\xc0") + 5] ^= 1  # 256 more
    assert "a piece of the picture is missing" in refused(tmp_path, bytes(data))


def test_a_jpeg_that_lost_what_lies_between_two_restarts_is_refused(tmp_path: Path) -> None:
    data = jpeg("restarts")
    first, second = (data.index(mark, data.index(b"\xff\xda")) for mark in (b"\xff\xd0", b"\xff\xd1"))
    assert "a piece of the picture is missing" in refused(tmp_path, data[:first] + data[second:])
    assert "a piece of the picture is missing" in refused(tmp_path, data[: first + 2] + data[second:])


@pytest.mark.parametrize("lacking", [1, 61, 1000, -1, -61])
def test_a_png_of_fewer_or_more_rows_than_it_claims_is_refused(tmp_path: Path, lacking: int) -> None:
    rows = rows_of(GREY)
    assert np.array_equal(read(tmp_path, with_rows(rows)), GREY)
    given = rows[:-lacking] if lacking > 0 else rows + bytes(-lacking)
    assert "of 2440 bytes of pixels" in refused(tmp_path, with_rows(given))


def test_an_interlaced_png_is_read_and_refused_without_its_last_rows(tmp_path: Path) -> None:
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    for shape in ((40, 60), (17, 19)):
        pixels = GREY[: shape[0], : shape[1]]
        rows = b"".join(rows_of(pixels[top::down, left::right]) for left, top, right, down in passes)
        assert np.array_equal(read(tmp_path, with_rows(rows, shape[::-1], interlaced=1)), pixels)
        assert "bytes of pixels" in refused(tmp_path, with_rows(rows[: -shape[1]], shape[::-1], interlaced=1))


@pytest.mark.parametrize("lost", [b"IHDR", b"IDAT", b"PLTE", b"IEND"])
def test_a_png_that_lacks_a_chunk_is_refused(tmp_path: Path, lost: bytes) -> None:
    palette = saved("PNG", Image.fromarray(RGB).quantize(64))
    refused(tmp_path, png_of([(kind, content) for kind, content in chunks_of(palette) if kind != lost]))


def test_a_claim_of_hundreds_of_megapixels_is_no_warning(tmp_path: Path) -> None:
    data = bytearray(saved("BMP", GREY))
    data[18:26] = struct.pack("<II", 18_000, 18_000)
    assert "damaged or incomplete" in refused(tmp_path, bytes(data))


def test_a_bmp_whose_colours_do_not_fit_its_depth_is_refused(tmp_path: Path) -> None:
    data = bytearray(saved("BMP", GREY))
    data[46:50] = struct.pack("<I", 1)
    assert "its colours do not fit its depth" in refused(tmp_path, bytes(data))


def test_numbers_as_text_may_be_cut_off_and_are_refused(tmp_path: Path) -> None:
    text = b"P2\n60 40\n255\n" + b"\n".join(b"%d" % value for value in GREY.ravel())
    assert "as text" in refused(tmp_path, text)


@pytest.mark.parametrize("options", [{}, {"rowsperstrip": 7}, {"tile": (16, 16)}, {"planarconfig": "separate"}])
def test_a_tiff_is_read_however_its_pixels_lie(tmp_path: Path, options: dict[str, object]) -> None:
    pixels = np.moveaxis(RGB, 2, 0) if "planarconfig" in options else RGB
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", **options)
    assert np.array_equal(read_image(tmp_path / "a.tif"), RGB)


@pytest.mark.parametrize(("tag", "said"), [(258, "tag 258"), (259, "tag 259"), (262, "tag 262"), (278, "tag 278")])
def test_a_tiff_whose_tags_can_not_be_read_is_refused(tmp_path: Path, tag: int, said: str) -> None:
    """Decoders take one bit a pixel, no compression, white for black, and one strip then."""
    tifffile.imwrite(tmp_path / "a.tif", GREY, rowsperstrip=7, metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    at = data.index(struct.pack("<H", tag), 8)
    data[at + 2 : at + 4] = struct.pack("<H", 99)  # no type of values
    assert said in refused(tmp_path, bytes(data))


def test_a_tiff_of_which_one_strip_is_taken_for_all_is_refused(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", GREY, rowsperstrip=20, metadata=None)
    data = (tmp_path / "a.tif").read_bytes()
    one = struct.pack("<HHLL", 278, 4, 1, 20), struct.pack("<HHLHH", 278, 3, 1, 20, 0)
    for entry in one:
        data = data.replace(entry, entry.replace(b"\x14\0", b"\x28\0"))
    assert "do not hold it" in refused(tmp_path, data + bytes(2400))


def test_a_tiff_whose_strips_have_no_size_is_refused(tmp_path: Path) -> None:
    """Decoders that pass over the sizes may take its header for pixels."""
    tifffile.imwrite(tmp_path / "a.tif", GREY, rowsperstrip=7, metadata=None)
    sizes = struct.pack("<6H", *[7 * 60] * 5, 5 * 60)
    data = (tmp_path / "a.tif").read_bytes()
    assert sizes in data
    assert "do not hold it" in refused(tmp_path, data.replace(sizes, bytes(12)))


@pytest.mark.parametrize("compression", ["jpeg", "group4"])
def test_a_tiff_whose_compression_hides_what_is_missing_is_refused(tmp_path: Path, compression: str) -> None:
    data = saved("TIFF", RGB if compression == "jpeg" else GREY > 128, compression=compression)
    assert f"compressed as {compression}" in refused(tmp_path, data)


def test_tags_that_break_off_are_no_warning(tmp_path: Path) -> None:
    data = bytearray(saved("TIFF", DEEP))
    at = data.index(struct.pack("<H", 273))
    data[at + 4 : at + 8] = b"\xff\xff\0\0"
    refused(tmp_path, bytes(data))
