"""Which image files show the same part, and the order in which they come."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from inspector.errors import InspectorError
from inspector.images import SUFFIXES

_ENDINGS = tuple(SUFFIXES)


@dataclass(frozen=True)
class ImageFile:
    """An image file, with its frame's name and its part's id."""

    path: Path
    name: str
    part: str


class PartNames:
    """Names the parts of files.

    Parameters
    ----------
    pattern : str
        A regular expression, looked for anywhere in a frame's name: its group ``part``, or else its first one, is the
        part's id. Where it finds nothing, or there is none, a file is a part of its own and one in a sub-folder belongs
        to the sub-folder.

    Raises
    ------
    InspectorError
        If it is malformed or has no group.
    """

    def __init__(self, pattern: str = "") -> None:
        try:
            self._pattern = re.compile(pattern) if pattern else None
        except (re.error, OverflowError, RecursionError) as error:
            raise InspectorError(
                f"the part expression {pattern!r} is malformed ({error}); write one such as '(.+)_cam[0-9]'"
            ) from error
        if self._pattern and not self._pattern.groups:
            raise InspectorError(
                f"the part expression {pattern!r} has no group; put what names the part in brackets: '(.+)_cam[0-9]'"
            )
        self._group = "part" if self._pattern and "part" in self._pattern.groupindex else 1

    def of(self, path: Path, folder: str = "") -> ImageFile:
        """The frame and the part of a file; `folder` is the sub-folder that it lies in, if it lies in one.

        A frame's name has no slash, as pictures of that name are written beside the results.
        """
        name = in_unicode(f"{folder}-{path.name}" if folder else path.name)
        found = self._pattern.search(name) if self._pattern else None
        return ImageFile(path, name, (found and found[self._group]) or in_unicode(folder) or Path(name).stem)


def in_order(files: Iterable[ImageFile]) -> list[ImageFile]:
    """Natural order, and the frames of a part one after the other: parts in the order of their first files."""
    ordered = sorted(files, key=lambda f: (natural_key(f.path.parent.name), natural_key(f.path.name), f.path.name))
    first = dict[str, int]()
    for place, file in enumerate(ordered):
        first.setdefault(file.part, place)
    return sorted(ordered, key=lambda file: first[file.part])


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort key that counts digits as numbers: part-2 comes before part-10."""
    pieces = filter(None, re.split(r"(\d+)", name))
    return [(int(piece), "") if piece.isdecimal() else (-1, piece.lower()) for piece in pieces]


def is_image(name: str) -> bool:
    """Whether a file is an image by its name; hidden ones are what copiers and systems leave for themselves."""
    return name.lower().endswith(_ENDINGS) and not name.startswith(".")


def in_unicode(text: str) -> str:
    """The text without what is no valid Unicode, as file names may hold it, and which can't be logged."""
    return text.encode(errors="replace").decode()
