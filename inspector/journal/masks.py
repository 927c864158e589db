"""What people drew instead of what was found: class ids that are appended, never rewritten."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
from sqlalchemy import RowMapping

from inspector.dataset import IGNORE
from inspector.journal.pictures import encode
from inspector.types import BACKGROUND, Pixels


@dataclass(frozen=True, eq=False)
class DrawnMask:
    """The defects of a frame as a person sees them.

    Attributes
    ----------
    time : datetime
        UTC, aware.
    reviewer, reason : str
    classes : tuple of str
        The first is ``background``.
    pixels : uint8 (H, W)
        Class ids; 255 is to be ignored.
    """

    time: datetime
    reviewer: str
    reason: str
    classes: tuple[str, ...]
    pixels: Pixels


def mask_row(entry_id: int, pixels: Pixels, classes: tuple[str, ...], reviewer: str, reason: str) -> dict[str, Any]:
    """The row of a mask that is drawn now.

    Raises
    ------
    ValueError
        If it is no mask of these classes.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or classes[:1] != (BACKGROUND,):
        raise ValueError(f"a mask is uint8 (H, W) and its first class {BACKGROUND}, not {pixels.shape}, {classes}")
    if (highest := pixels[pixels != IGNORE].max(initial=0)) >= len(classes):
        raise ValueError(f"a mask holds class {highest}, and there are {len(classes)}")
    told = {"reviewer": reviewer, "reason": reason, "classes": list(classes), "png": encode(pixels)}
    return {"inspection_id": entry_id, "time": datetime.now(UTC), **told}


def read_mask(row: RowMapping) -> DrawnMask:
    """A mask in the journal."""
    pixels = cv2.imdecode(np.frombuffer(row["png"], np.uint8), cv2.IMREAD_UNCHANGED)
    return DrawnMask(row["time"], row["reviewer"], row["reason"], tuple(row["classes"]), np.asarray(pixels, np.uint8))
