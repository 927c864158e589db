"""Small files of text from elsewhere: read in bounded time and memory, or refused."""

import errno
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

MOST = 1 << 20
"""Bytes of a recipe or a model.toml."""

_LONGEST, _LONGEST_NAME = 600, 40
"""Characters that are shown of what a library says, and of a key."""

_MOST_DOTS = 4000
"""For keys such as a.b.c the parser's time and memory grow with the square of their parts."""


def read_bytes(path: Path, most: int = MOST) -> bytes:
    """The content of a file, which must be no pipe or device: these never end.

    Raises
    ------
    OSError
        If it can't be read or is larger than `most` bytes.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is too large, over {most} bytes")
    return content


def parse_toml(text: str) -> dict[str, Any]:
    """The values in a TOML text.

    Raises
    ------
    ValueError
        If it is no TOML, or made to hold the program up.
    """
    if text.count(".") > _MOST_DOTS:
        raise ValueError(f"it holds more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("its values are nested too deeply") from error


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong with values, and its place in them."""
    first = error.errors(include_input=False, include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    place = ".".join(shown(step, _LONGEST_NAME) for step in first["loc"])
    return f"{place}: {message}" if place else message


def shown(told: object, most: int = _LONGEST) -> str:
    """What a file or a library says, as part of a sentence: it may be long, and hold line breaks."""
    text = " ".join(str(told).split())
    return text if text.isprintable() and len(text) <= most else f"{text[:most]!r}"
