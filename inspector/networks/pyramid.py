"""A severity regressor that sees more of the part than the paper's, and its outlines more sharply.

The paper's network spends its work on narrow layers at half resolution and sees 59 px around a cell. This one goes
down to 1/16, where a wide layer is cheap and large defects (an uneven area, a frayed edge) are seen whole, and back up
with shortcuts from each resolution.
"""

from typing import ClassVar

import torch
from torch import Tensor, nn

from inspector.networks.rising import Rising, normed

WIDTHS = (24, 48, 96, 160)
"""Channels at 1/2, 1/4, 1/8 and 1/16."""


class _Block(nn.Module):
    """Two 3x3 convolutions beside a 1x1 shortcut; halves the side where `stride` is 2."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.first, self.second = normed(inputs, outputs, 3, stride), normed(outputs, outputs)
        self.shortcut = normed(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


class PyramidRegressor(Rising):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities in [0, 12].

    H and W are multiples of `multiple`.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1: the way up ends at this resolution.
    """

    halo: int = 144  # exact: 132 px around a block of 16
    tiles: ClassVar[dict[int, int]] = {4: 1664, 2: 1536, 1: 1056}

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        half, quarter, eighth, sixteenth = WIDTHS
        super().__init__(channels, cell, {2: half, 4: quarter, 8: eighth, 16: sixteenth})
        self.stem = normed(channels, half, 5, 2)
        self.down = nn.ModuleList(
            [
                nn.Sequential(_Block(half, quarter, 2), _Block(quarter, quarter)),
                nn.Sequential(_Block(quarter, eighth, 2), _Block(eighth, eighth)),
                nn.Sequential(_Block(eighth, sixteenth, 2), _Block(sixteenth, sixteenth)),
            ]
        )

    def outputs(self, pixels: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """See `TwoFactors`."""
        x = torch.relu(self.stem(pixels))  # (N, 24, H/2, W/2)
        features = [x]
        for stage in self.down:
            x = stage(x)  # 48 at 1/4, 96 at 1/8, 160 at 1/16
            features.append(x)
        return self.rise(features, pixels, rows, columns)
