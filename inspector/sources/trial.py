"""A first picture of a source, before it is put to use."""

import time
from contextlib import closing
from dataclasses import dataclass

from inspector.errors import InspectorError
from inspector.sources import open_source
from inspector.sources.patience import with_patience
from inspector.types import Frame, Unreadable

PATIENCE = 10.0
"""Seconds to wait for a picture."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of it.

    Attributes
    ----------
    frame : Frame or None
        The first picture.
    text : str
        What a person is to read: what it is, or why there is none.
    """

    frame: Frame | None
    text: str


def try_source(address: str, patience: float = PATIENCE) -> Trial:
    """Open a source and wait for one picture; a lost one is tried again until the time is over.

    Parameters
    ----------
    address : str
        See `inspector.sources.parse_address`.
    patience : float
        Seconds.
    """
    began = time.monotonic()
    try:
        with closing(open_source(address, frames=1)) as source:
            for item in with_patience(source, patience):
                if isinstance(item, Frame):
                    return Trial(item, _about(item, time.monotonic() - began))
                if isinstance(item, Unreadable):
                    return Trial(None, item.error)
    except InspectorError as error:
        return Trial(None, str(error))
    return Trial(None, "the source is at its end without a picture; choose another")


def _about(frame: Frame, seconds: float) -> str:
    height, width = frame.shape
    colour = "grey" if frame.pixels.ndim == 2 else "colour"
    return f"{width} x {height} px, {colour}, after {seconds:.1f} s"
