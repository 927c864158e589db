"""One colour for each kind, which people who see no difference of red and green can tell apart."""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from inspector.dataset import IGNORE

Table = npt.NDArray[np.uint32]

_KINDS = ("#f07a1c", "#56b4e9", "#f0e442", "#d48ab8", "#35b28c", "#b48ce0", "#c9b18a", "#2f7fd0", "#8be0e6")
_IGNORED = "#e8ebee"


def kind_colour(class_id: int) -> QColor:
    """The colour of a class; from the tenth kind on they are seen again."""
    return QColor(_IGNORED if class_id == IGNORE else _KINDS[(class_id - 1) % len(_KINDS)])


def colour_table(opacity: float) -> Table:
    """The colours of all class ids, uint32 (256,), premultiplied ARGB; 0 is clear.

    Parameters
    ----------
    opacity : float
        In [0, 1].
    """
    colours = np.zeros(256, np.uint32)
    for class_id in range(1, 256):
        colour = kind_colour(class_id)
        parts = [round(part * opacity) for part in (255, colour.red(), colour.green(), colour.blue())]
        colours[class_id] = int.from_bytes(bytes(parts), "big")
    return colours
