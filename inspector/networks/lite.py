"""A severity regressor whose way down is EfficientNet-Lite0's, so that it can begin with what ImageNet taught.

Parts with a defect are few. A network that has seen a million photographs has edges, grain and textures ready, and
spends the few on what a defect is. training/RESULTS.md has what that brings, set by set.
"""

from typing import ClassVar

from torch import Tensor

from inspector.networks.efficientnet import WIDTHS, LiteEncoder
from inspector.networks.rising import Rising


class LiteRegressor(Rising):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities in [0, 12].

    H and W are multiples of `multiple`.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1: the way up ends at this resolution.
    """

    halo: int = 208  # exact: 201 px around a block of 16
    tiles: ClassVar[dict[int, int]] = {4: 1024, 2: 1024, 1: 736}

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        super().__init__(channels, cell, WIDTHS)
        self.down = LiteEncoder(channels)

    def outputs(self, pixels: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """See `TwoFactors`."""
        return self.rise(self.down(pixels), pixels, rows, columns)
