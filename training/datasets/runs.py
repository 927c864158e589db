"""COCO's run lengths: pixels down the columns, sound and marked by turns."""

from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field

from inspector.types import Mask


class Runs(BaseModel):
    """A mask as run lengths, plain or packed into characters.

    They are unpacked here, not by pycocotools: it fills what short runs leave open with whatever lies in
    memory, and reads on behind packed ones that are cut off.

    Attributes
    ----------
    size : (rows, columns)
    counts : list of int or str
        Lengths of the runs, the first of sound pixels; or these packed, 5 bits a character from ``0`` on.
    """

    size: tuple[int, int]
    counts: list[Annotated[int, Field(ge=0)]] | str

    def pixels(self) -> Mask:
        """The marked pixels, bool of `size`.

        Raises
        ------
        ValueError
            If the runs are broken or do not fill the size.
        """
        lengths = _unpack(self.counts) if isinstance(self.counts, str) else self.counts
        rows, columns = self.size
        if min(lengths, default=0) < 0 or sum(lengths) != rows * columns:
            raise ValueError(f"its runs do not fill {rows} x {columns} pixels")
        marked: Mask = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(columns, rows).T
        return marked


def _unpack(packed: str) -> list[int]:
    """Run lengths from characters.

    Each holds 5 bits of a number, the low ones first, and a sixth that says whether more follow; the last has the
    sign in its fifth bit. From the fourth run on the number is the difference to the run before the last.
    """
    lengths: list[int] = []
    value = shift = 0
    for character in packed:
        bits = ord(character) - ord("0")
        if not 0 <= bits < 64:
            raise ValueError(f"its runs hold the character {character!r}")
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            if bits & 16:
                value -= 1 << shift
            lengths.append(value + (lengths[-2] if len(lengths) > 2 else 0))
            value = shift = 0
    if shift:
        raise ValueError("its runs are cut off")
    return lengths
