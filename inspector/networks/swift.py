"""A severity regressor for fast lines: `lite` on the frame at half its size, a third of the paper's network in time.

Layers at single and at half pixels are what the other networks spend their time on: few channels, many places. Here
the first convolutions take a step of 4 px at once. What ImageNet taught is of use at half the size too, and twice as
much of the part is seen.
"""

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.efficientnet import WIDTHS, LiteEncoder
from inspector.networks.rising import UP, Rising, normed


class SwiftRegressor(Rising):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities in [0, 12].

    H and W are multiples of `multiple`.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1. Cells under 4 px are several outputs of one place at 1/4: they cost next to nothing.
    """

    multiple: int = 32
    halo: int = 416  # exact: 402 px around a block of 32
    late_halo: int = 64  # exact
    tiles: ClassVar[dict[int, int]] = {4: 1536, 2: 1536, 1: 1536}

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        finer = 4 // cell
        super().__init__(channels, 2, WIDTHS, outputs=2 * finer**2)  # at half the size 1/4 is 1/2
        self.finer = finer
        self.down = LiteEncoder(channels, step=4)
        self.detail = nn.Sequential(normed(channels, UP[2], 7, 4), nn.ReLU(), normed(UP[2], UP[2]))

    def outputs(self, pixels: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """See `TwoFactors`."""
        features = self.down(pixels)  # at 1/4, 1/8, 1/16 and 1/32
        x = self.rise(features, pixels, rows, columns, detail=self.detail(pixels))  # (N, 2 * finer**2, H/4, W/4)
        return F.pixel_shuffle(x, self.finer) if self.finer > 1 else x
