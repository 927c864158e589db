"""What the drawing of a mask begins with; no Qt."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from inspector.errors import InspectorError
from inspector.journal.dataset_out import found_mask
from inspector.journal.entry import Entry
from inspector.journal.masks import DrawnMask
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import region_classes
from inspector.types import BACKGROUND, Pixels


@dataclass(frozen=True, eq=False)
class Begun:
    """An inspection whose defects are to be drawn.

    Attributes
    ----------
    journal : Journal
    entry : Entry
    pixels : uint8 (H, W) or (H, W, 3)
        The frame.
    mask : uint8 (H, W)
        Class ids to begin with; 255 is to be ignored.
    classes : tuple of str
        The first is ``background``.
    drawn : bool
        Whether a person drew `mask`.
    note : str
        A sentence that says what it begins with.
    """

    journal: Journal
    entry: Entry
    pixels: Pixels
    mask: Pixels
    classes: tuple[str, ...]
    drawn: bool
    note: str


def begin(journal: Journal, entry: Entry, load_model: Callable[[str], Model]) -> Begun:
    """Begin with what was drawn last, else with what was found, else with nothing.

    Raises
    ------
    InspectorError
        If the frame is gone: there is nothing to draw on.
    """
    pixels, earlier = journal.pixels(entry), journal.masks(entry.id)
    try:
        model = load_model(journal.recipe(entry.recipe).model)
        offered, trouble = region_classes(model.spec.classes), ""
    except InspectorError as error:
        offered, trouble = (BACKGROUND, *entry.kinds), f" The kinds of its model are not offered: {error}."
    if earlier and earlier[-1].pixels.shape == pixels.shape[:2]:
        last = earlier[-1]
        mask, own, note = last.pixels, last.classes, f"Begins with what {_who_and_when(last)}."
    else:
        mask, own, note = _found(journal, entry, load_model, pixels)
        earlier = []
    classes = _each_once((*own, *offered, *(name for one in earlier for name in one.classes)))
    return Begun(journal, entry, pixels, mask, classes, bool(earlier), note + trouble)


def _found(
    journal: Journal, entry: Entry, load_model: Callable[[str], Model], pixels: Pixels
) -> tuple[Pixels, tuple[str, ...], str]:
    try:
        mask, classes = found_mask(journal, entry, load_model)
    except InspectorError as error:
        return np.zeros(pixels.shape[:2], np.uint8), (BACKGROUND,), f"Begins empty: {error}."
    return mask, classes, "Begins with what was found." if mask.any() else "Begins empty: nothing was found."


def _who_and_when(drawn: DrawnMask) -> str:
    why = f" ({drawn.reason})" if drawn.reason else ""
    return f"{drawn.reviewer} drew on {drawn.time.astimezone():%Y-%m-%d at %H:%M}{why}"


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
