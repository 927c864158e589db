"""Files as disks, networks, editors and attackers change them; the same chance makes the same change."""

import re
from random import Random

HEADERS = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"BM", b"II*\0", b"MM\0*", b"RIFF\0\0\0\0WEBP", b"P5\n9 9 255\n",
    b"GIF89a", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"8BPS\0\1", b"PK\3\4", b"\x80\4\x95",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\0" * 16,
)  # fmt: skip
"""Beginnings of files of other kinds, of two that run code among them."""

EDGES = (0, 1, -1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 60_000, 2**31 - 1, 2**31, 2**32 - 1, 2**63)

NUMBERS = (
    "0", "-0.0", "-1", "0.5", "1", "2", "3", "7", "255", "256", "1000", "1e308", "1e-308", "1e999", "nan", "-nan",
    "inf", "-inf", "NaN", "Infinity", "9" * 19, "9" * 5000, "0x7fffffffffffffff", "1_000", "2024-02-30", "07:32:00",
)  # fmt: skip

NAMES = (
    "", ".", "..", "../canary/kept", "../../kept", "/etc/passwd", "C:\\\\kept", "\\\\\\\\server\\\\share\\\\kept",
    "con.png", "nul", "a" * 300, "b/" * 3000, "\\u0000", "a\\u0000b", "a\\nb", "\\u001b[2J", "\\u202egnp", "\\ud800",
    "\\U0001F4A5", "é", "a.png:stream", "*", "%s%n", "$(touch kept)", "{0.__class__}", "background",
)  # fmt: skip
"""As they stand between quotes, in JSON and in TOML."""

STRUCTURES = ("[]", "{}", "null", "true", "[[[]]]", '{"a": {}}', "[1, 2", "{", "[" * 100_000, '{"a":' * 100_000, '"')

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[-+]?[0-9][0-9_.eE+-]*|\b(?:true|false|null)\b|[\[\]{},:=#]|[A-Za-z_]\w*')


def damage(data: bytes, chance: Random) -> bytes:
    """One to three changes of bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(_CHANGES)(data, chance)
    return data


def damage_text(text: str, chance: Random, outside: str) -> bytes:
    """One to three changes of values, names and lines in JSON or TOML, and now and then of its bytes.

    `outside` is a path of a place where nothing may be written.
    """
    for _ in range(chance.choice((1, 1, 2, 3))):
        text = chance.choice((_other_token, _other_token, _other_token, _other_lines))(text, chance, outside)
    data = text.encode("utf-8", "surrogatepass")
    return damage(data, chance) if chance.random() < 0.15 else data


def _other_token(text: str, chance: Random, outside: str) -> str:
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text
    token = chance.choice(tokens)
    others = {True: NUMBERS, False: tuple(f'"{name}"' for name in (*NAMES, outside))}
    is_number, alike = token[0][0] in "-+0123456789", token[0][0] in '-+0123456789"' and chance.random() < 0.7
    every = (*others[True], *others[False], *STRUCTURES, "", chance.choice(tokens)[0])
    new = chance.choice(others[is_number] if alike else every)
    return text[: token.start()] + new + text[token.end() :]


def _other_lines(text: str, chance: Random, outside: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines.insert(first, lines[second])
        case 1:
            del lines[first]
        case 2:
            lines[first], lines[second] = lines[second], lines[first]
        case 3:
            lines[first] *= chance.choice((2, 50))
        case _:
            lines.insert(
                first, chance.choice(("unknown = 1\n", '"a\\nb" = 1\n', "a." * 3000 + "a = 1\n", "[x]\n", "\n"))
            )
    return "".join(lines)


def _place(data: bytes, chance: Random) -> int:
    """Anywhere, but more often near an end: there lie headers and directories."""
    reach = chance.choice((len(data), len(data), 64, 300))
    distance = chance.randrange(max(1, min(reach, len(data))))
    return distance if chance.random() < 0.6 else max(0, len(data) - 1 - distance)


def _flip(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 8))):
        if changed:
            changed[_place(data, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrite(data: bytes, chance: Random) -> bytes:
    at, size = _place(data, chance), chance.choice((1, 4, 16, 512))
    filling = chance.choice((b"\0" * size, b"\xff" * size, chance.randbytes(size), chance.choice(HEADERS)))
    return (data[:at] + filling + data[at + len(filling) :])[: len(data)]


def _number(data: bytes, chance: Random) -> bytes:
    """A length, an offset or a size that lies."""
    size = chance.choice((1, 2, 2, 4, 4, 4, 8))
    value = (chance.choice(EDGES) + chance.choice((-1, 0, 0, 1))) % (1 << 8 * size)
    at = _place(data, chance)
    return data[:at] + value.to_bytes(size, chance.choice(("little", "big"))) + data[at + size :]


def _cut(data: bytes, chance: Random) -> bytes:
    return data[: _place(data, chance)] + chance.choice((b"", b"", b"\xff\xd9"))


def _lose(data: bytes, chance: Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + chance.choice((1, 2, 30, 400)) :]


def _insert(data: bytes, chance: Random) -> bytes:
    at = _place(data, chance)
    more = chance.choice((chance.randbytes(chance.randrange(1, 40)), data[: chance.randrange(1, 200)], b"\0" * 4096))
    return data[:at] + more + data[at:]


def _swap(data: bytes, chance: Random) -> bytes:
    """Two stretches change places, or one is put over another."""
    first, second = sorted((_place(data, chance), _place(data, chance)))
    size = min(chance.choice((4, 12, 64, 512)), second - first)
    left = data[first : first + size]
    right = data[second : second + size] if chance.random() < 0.5 else left
    return data[:first] + right + data[first + size : second] + left + data[second + size :]


def _other_header(data: bytes, chance: Random) -> bytes:
    header = chance.choice(HEADERS)
    return header + data[chance.choice((0, len(header), len(data))) :]


_CHANGES = (_flip, _flip, _flip, _overwrite, _number, _number, _cut, _lose, _insert, _swap, _other_header)
