"""Stage 1: the severity of every cell of a frame, by the network (paper, section III-B)."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from inspector.networks.input import Blocks, InputContract, input_scale, prepare
from inspector.types import FloatArray, Levels, Pixels, to_levels


def severity_levels(
    regress: Callable[[FloatArray, float, Blocks], FloatArray],
    pixels: Pixels,
    contract: InputContract,
    *,
    tile: int | None = None,
) -> Levels:
    """Severity map of a frame of any size.

    Parameters
    ----------
    regress : callable
        The network, as `Engine.severity`: float32 (1, channels, h, w), the frame's spread and the blocks that are
        wanted -> the severities of their cells.
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
    cell, tile = contract.cell, tile or contract.tile
    scale = input_scale(pixels, contract.channels, contract.normalisation)
    levels = np.empty((-(-height // cell), -(-width // cell)), np.uint8)
    for y in _spans(height, tile, contract):
        for x in _spans(width, tile, contract):
            inputs = prepare(pixels[y.seen, x.seen], contract.channels, scale)
            lacking = [-side % contract.multiple for side in inputs.shape[1:]]
            if any(lacking):
                inputs = np.pad(inputs, ((0, 0), (0, lacking[0]), (0, lacking[1])))
            severity = regress(inputs[None], scale.spread, Blocks(y.blocks, x.blocks))[0]
            levels[y.cells, x.cells] = to_levels(severity[y.inner, x.inner])
    return levels


class _Span(NamedTuple):
    """A tile along one side of a frame.

    Attributes
    ----------
    seen : slice
        Px of the frame: the tile with its surroundings.
    blocks : range
        Of what is seen, those that the network's last layers need.
    cells : slice
        The tile's own, in the map.
    inner : slice
        The tile's own, in what the network gives for the blocks.
    """

    seen: slice
    blocks: range
    cells: slice
    inner: slice


def _spans(side: int, tile: int, contract: InputContract) -> Iterator[_Span]:
    """As few as tiles of that side make, and about equally long: a narrow last one would be mostly surroundings.

    One, where the whole side is no longer than a tile with its surroundings.
    """
    cell, multiple = contract.cell, contract.multiple
    count = 1 if side <= tile + 2 * contract.halo else math.ceil(side / tile)
    length = multiple * math.ceil(side / (multiple * count))
    for start in range(0, side, length):
        stop = min(side, start + length)
        first, needed = max(0, start - contract.halo), max(0, start - contract.late_halo)
        yield _Span(
            seen=slice(first, min(side, stop + contract.halo)),
            blocks=range((needed - first) // multiple, -((first - min(side, stop + contract.late_halo)) // multiple)),
            cells=slice(start // cell, -(-stop // cell)),
            inner=slice((start - needed) // cell, -((needed - stop) // cell)),
        )
