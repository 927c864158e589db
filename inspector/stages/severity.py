"""Stage 1: the severity of every cell of a frame, by the network (paper, section III-B)."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from inspector.networks.input import InputContract, input_scale, prepare
from inspector.types import FloatArray, Levels, Pixels, to_levels


def severity_levels(
    regress: Callable[[FloatArray, float], FloatArray],
    pixels: Pixels,
    contract: InputContract,
    *,
    tile: int | None = None,
) -> Levels:
    """Severity map of a frame of any size.

    Parameters
    ----------
    regress : callable
        The network: float32 (1, channels, h, w) and the frame's spread -> (1, h / cell, w / cell), h and w as the
        contract says.
    pixels : uint8 (H, W) or (H, W, 3)
    contract : InputContract
        Tiles take along as much of their surroundings as the network sees, so they give what the whole frame gives.
    tile : int or None
        Side of the tiles in px, a multiple of the contract's `multiple`, instead of the contract's.

    Returns
    -------
    uint8 (ceil(H / cell), ceil(W / cell)), severity = level x 12 / 255
    """
    height, width = pixels.shape[:2]
    cell, halo = contract.cell, contract.halo
    scale = input_scale(pixels, contract.channels, contract.normalisation)
    levels = np.empty((-(-height // cell), -(-width // cell)), np.uint8)
    tile = tile or contract.tile
    for top, bottom in _spans(height, tile, contract.multiple):
        for left, right in _spans(width, tile, contract.multiple):
            y, x = max(0, top - halo), max(0, left - halo)
            inputs = prepare(pixels[y : bottom + halo, x : right + halo], contract.channels, scale)
            padding = ((0, 0), (0, -inputs.shape[1] % contract.multiple), (0, -inputs.shape[2] % contract.multiple))
            severity = regress(np.pad(inputs, padding)[None], scale.spread)[0]
            rows, columns = slice(top // cell, -(-bottom // cell)), slice(left // cell, -(-right // cell))
            dy, dx = y // cell, x // cell
            inner = severity[rows.start - dy : rows.stop - dy, columns.start - dx : columns.stop - dx]
            levels[rows, columns] = to_levels(inner)
    return levels


def _spans(side: int, tile: int, multiple: int) -> Iterator[tuple[int, int]]:
    """As few as tiles of that side make, and about equally long: a narrow last one would be mostly surroundings."""
    length = multiple * math.ceil(side / (multiple * math.ceil(side / tile)))
    for start in range(0, side, length):
        yield start, min(side, start + length)
