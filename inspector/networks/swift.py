"""A severity regressor for fast lines: `lite` on the frame at half its size, a quarter of the paper's network in time.

Layers at single and at half pixels are what the other networks spend their time on: few channels, many places. What
ImageNet taught is of use at half the size too, and twice as much of the part is seen.
"""

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.efficientnet import WIDTHS, LiteEncoder
from inspector.networks.rising import UP, Rising


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
    late_halo: int = 96
    tiles: ClassVar[dict[int, int]] = {4: 2048, 2: 2048, 1: 1536}

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        super().__init__(channels, 2, WIDTHS)  # 2 px of half the size
        self.down = LiteEncoder(channels)
        self.finer = 4 // cell
        self.head = nn.Conv2d(UP[2], 2 * self.finer**2, 3, padding=1)

    def outputs(self, pixels: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """See `TwoFactors`."""
        half = F.avg_pool2d(pixels, 2)
        x = self.rise(self.down(half), half, rows, columns)  # of both factors, each finer**2 cells of a place
        return F.pixel_shuffle(x, self.finer) if self.finer > 1 else x
