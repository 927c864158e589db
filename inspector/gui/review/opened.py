"""The inspection that is looked at, with its picture, or why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from inspector.errors import InspectorError
from inspector.gui.shown import Shown, show_entry
from inspector.journal.entry import Entry
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.types import Measurement


@dataclass(frozen=True, eq=False)
class Opened:
    """An inspection as the page shows it.

    Attributes
    ----------
    entry : Entry
    shown : Shown or None
        None where its picture can't be had.
    trouble : str
        Why; else empty.
    hidden : bool
        Its verdict is not to be seen: `shown` has the picture and nothing else.
    """

    entry: Entry
    shown: Shown | None
    trouble: str
    hidden: bool


def open_entry(journal: Journal, entry: Entry, load_model: Callable[[str], Model], hidden: bool) -> Opened:
    """Read the picture and the map of an inspection; one that is gone is told, and is no error."""
    try:
        shown = show_entry(journal, entry, load_model)
    except InspectorError as error:
        return Opened(entry, None, str(error), hidden)
    return Opened(entry, _without_verdict(shown) if hidden else shown, "", hidden)


def _without_verdict(shown: Shown) -> Shown:
    def refuse() -> Measurement:
        raise InspectorError("what T would do to this part is hidden until you have decided")

    levels = np.zeros_like(shown.levels)
    return replace(shown, levels=levels, regions=(), left_out=(), measurement=refuse)
