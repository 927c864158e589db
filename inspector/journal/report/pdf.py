"""Pages of a PDF: texts in Helvetica, lines, boxes and pictures. Measures are points from the top left corner.

Written by hand, as a report needs no more than this and every viewer has the font; letters that Western Europe does not
use become question marks.
"""

import unicodedata
import zlib
from collections.abc import Sequence

import cv2

from inspector.types import Pixels

WIDTH, HEIGHT = 595, 842
"""Of an A4 page."""

Colour = tuple[float, float, float]
"""Red, green and blue in [0, 1]."""

BLACK: Colour = (0.0, 0.0, 0.0)

_ENCODING = "cp1252"
_JPEG_QUALITY = 85
_CATALOG, _PAGES, _REGULAR, _BOLD = 1, 2, 3, 4
_HELVETICA = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),  # from the space on
    *(*(10 * [556]), 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
"""Widths of the letters from the space to the tilde, in thousandths of the font's size."""


def text_width(text: str, size: float) -> float:
    """How wide a text is; a letter with an accent is as wide as the one without."""
    plain = (unicodedata.normalize("NFD", letter)[0] for letter in text)
    places = (ord(letter) - 32 for letter in plain)
    return sum(_HELVETICA[place] if 0 <= place < len(_HELVETICA) else 556 for place in places) * size / 1000


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text; a word that is wider than a line, as a path may be, is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
        while (end := _fitting(lines[-1], width, size)) < len(lines[-1]):
            lines[-1:] = [lines[-1][:end], lines[-1][end:]]
    return lines


def _fitting(text: str, width: float, size: float) -> int:
    """How many letters fit; one at least."""
    return next((end for end in range(2, len(text) + 1) if text_width(text[:end], size) > width), len(text) + 1) - 1


class Pdf:
    """A document that is built page by page; drawing goes to the last one."""

    def __init__(self) -> None:
        self._objects: dict[int, bytes] = {}
        self._pages: list[list[bytes]] = []
        self._pictures: list[dict[str, int]] = []
        for number, bold in ((_REGULAR, ""), (_BOLD, "-Bold")):
            font = f"/Type /Font /Subtype /Type1 /BaseFont /Helvetica{bold} /Encoding /WinAnsiEncoding"
            self._objects[number] = f"<< {font} >>".encode()
        self._next = _BOLD + 1

    def add_page(self) -> None:
        """Begin a new page."""
        self._pages.append([])
        self._pictures.append({})

    def text(self, x: float, y: float, text: str, size: float = 9, bold: bool = False, colour: Colour = BLACK) -> None:
        """Write one line on the base line `y`."""
        data = text.encode(_ENCODING, "replace")
        for sign in (b"\\", b"(", b")"):
            data = data.replace(sign, b"\\" + sign)
        font = "B" if bold else "R"
        self._draw(f"BT {_rgb(colour)} rg /{font} {size:g} Tf {x:.2f} {HEIGHT - y:.2f} Td (", data, ") Tj ET")

    def line(self, points: Sequence[tuple[float, float]], colour: Colour = BLACK, width: float = 0.7) -> None:
        """Draw lines from point to point."""
        path = " ".join(f"{x:.2f} {HEIGHT - y:.2f} {'l' if place else 'm'}" for place, (x, y) in enumerate(points))
        self._draw(f"{_rgb(colour)} RG {width:g} w {path} S")

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle whose top left corner is given."""
        self._draw(f"{_rgb(colour)} rg {x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f} re f")

    def picture(self, x: float, y: float, width: float, height: float, pixels: Pixels) -> None:
        """Put a picture, uint8 (H, W) or (H, W, 3) RGB, into a rectangle."""
        colours = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.ndim == 3 else pixels
        data = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
        space = "/DeviceRGB" if pixels.ndim == 3 else "/DeviceGray"
        size = f"/Width {pixels.shape[1]} /Height {pixels.shape[0]} /BitsPerComponent 8"
        head = f"/Type /XObject /Subtype /Image {size} /ColorSpace {space} /Filter /DCTDecode"
        name = f"P{self._next}"
        self._pictures[-1][name] = self._add(_stream(head, data))
        self._draw(f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {HEIGHT - y - height:.2f} cm /{name} Do Q")

    def to_bytes(self) -> bytes:
        """The file."""
        fonts = f"/Font << /R {_REGULAR} 0 R /B {_BOLD} 0 R >>"
        kids = []
        for drawn, pictures in zip(self._pages, self._pictures, strict=True):
            content = self._add(_stream("/Filter /FlateDecode", zlib.compress(b"\n".join(drawn))))
            named = " ".join(f"/{name} {number} 0 R" for name, number in pictures.items())
            page = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << {fonts} /XObject << {named} >> >>"
            kids.append(self._add(f"<< /Type /Page /Parent {_PAGES} 0 R {page} /Contents {content} 0 R >>".encode()))
        listed = " ".join(f"{number} 0 R" for number in kids)
        self._objects[_PAGES] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode()
        self._objects[_CATALOG] = f"<< /Type /Catalog /Pages {_PAGES} 0 R >>".encode()
        return _file(self._objects)

    def _draw(self, *pieces: str | bytes) -> None:
        self._pages[-1].append(b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces))

    def _add(self, data: bytes) -> int:
        number, self._next = self._next, self._next + 1
        self._objects[number] = data
        return number


def _rgb(colour: Colour) -> str:
    return " ".join(f"{part:.3g}" for part in colour)


def _stream(head: str, data: bytes) -> bytes:
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: dict[int, bytes]) -> bytes:
    """Objects 1 to n, and the table of where each begins."""
    data, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number in sorted(objects):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + objects[number] + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(places) + 1} /Root {_CATALOG} 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return bytes(data) + f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()
