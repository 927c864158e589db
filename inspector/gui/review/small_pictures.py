"""A small picture of each part that is on the screen, read in a thread of its own and kept."""

import time
from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtGui import QImage

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.state import shrink
from inspector.gui.thumbnails import as_image
from inspector.journal.entry import Entry
from inspector.journal.log import Log
from inspector.types import Pixels

_KEPT = 3000
_AT_ONCE_S = 0.05
"""So long are pictures read before what was read is shown and the screen is looked at again."""

Found = dict[int, Pixels | None]


class SmallPictures:
    """Pictures by inspection; one that is gone leaves its place empty.

    Parameters
    ----------
    width, height : int
        The most that a picture takes, in px.
    """

    def __init__(self, width: int, height: int) -> None:
        self._room = width, height
        self._reader: Newest[Found] = Newest("inspector-thumbnails")
        self._kept: OrderedDict[int, QImage | None] = OrderedDict()

    @property
    def idle(self) -> bool:
        """Whether nothing is being read."""
        return self._reader.idle

    def get(self, entry: Entry) -> QImage | None:
        """The picture of an inspection; None while there is none."""
        return self._kept.get(entry.id)

    def missing(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those whose picture was not looked for yet."""
        return [entry for entry in entries if entry.id not in self._kept]

    def want(self, journal: Log, entries: Sequence[Entry]) -> None:
        """Read these, which are on the screen; those of an earlier call that wait are overtaken."""
        if self._reader.idle:
            self._reader.ask(lambda: _read(journal, entries, self._room))

    def take(self) -> bool:
        """Take what was read; whether there is something new to be painted."""
        found = self._reader.take()
        if not found:
            return False
        for entry_id, pixels in found.items():
            self._kept[entry_id] = None if pixels is None else as_image(pixels)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return True

    def close_threads(self) -> None:
        """End what reads."""
        self._reader.close()


def _read(journal: Log, entries: Sequence[Entry], room: tuple[int, int]) -> Found:
    """The first of these pictures, as many as time allows, at least one."""
    found: Found = {}
    until = time.monotonic() + _AT_ONCE_S
    for entry in entries:
        try:
            found[entry.id] = _shrunk(journal.pixels(entry), room)
        except InspectorError:  # the panel tells why, once the row is chosen
            found[entry.id] = None
        if time.monotonic() > until:
            break
    return found


def _shrunk(pixels: Pixels, room: tuple[int, int]) -> Pixels:
    height, width = pixels.shape[:2]
    return shrink(pixels, (min(room[0], width), min(room[1], height)))  # what is small already stays as it is
