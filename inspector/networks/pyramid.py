"""A severity regressor that sees more of the part than the paper's, and its outlines more sharply.

The paper's network spends its work on narrow layers at half resolution and sees 59 px around a cell. This one goes
down to 1/16, where a wide layer is cheap and large defects (an uneven area, a frayed edge) are seen whole, and back up
with shortcuts from each resolution.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.factors import TwoFactors

WIDTHS = (24, 48, 96, 160)
"""Channels at 1/2, 1/4, 1/8 and 1/16."""

UP = {8: 64, 4: 64, 2: 32}
"""Channels of the way back up at 1/8, 1/4 and 1/2."""

FINE = 8
"""Channels at single pixels, where each one is dear."""


def _conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class _Block(nn.Module):
    """Two 3x3 convolutions beside a 1x1 shortcut; halves the side where `stride` is 2."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.first, self.second = _conv(inputs, outputs, 3, stride), _conv(outputs, outputs)
        self.shortcut = _conv(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


class _Fine(nn.Module):
    """From half resolution to single pixels, with the frame's own detail beside: a pixel's value is its contrast."""

    def __init__(self, channels: int, inputs: int) -> None:
        super().__init__()
        self.detail = _conv(channels, FINE)
        self.spread = _conv(inputs, 4 * FINE)
        self.join = _conv(2 * FINE, FINE)

    def forward(self, x: Tensor, pixels: Tensor) -> Tensor:
        fine = F.pixel_shuffle(torch.relu(self.spread(x)), 2)
        joined: Tensor = torch.relu(self.join(torch.cat([fine, torch.relu(self.detail(pixels))], 1)))
        return joined


class PyramidRegressor(TwoFactors):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities in [0, 12].

    H and W are multiples of `multiple`.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1: the way up ends at this resolution.
    """

    multiple: int = 16
    halo: int = 144  # exact: 132 px around a block of 16

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        super().__init__()
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        half, quarter, eighth, sixteenth = WIDTHS
        self.stem = _conv(channels, half, 5, 2)
        self.down = nn.ModuleList(
            [
                nn.Sequential(_Block(half, quarter, 2), _Block(quarter, quarter)),
                nn.Sequential(_Block(quarter, eighth, 2), _Block(eighth, eighth)),
                nn.Sequential(_Block(eighth, sixteenth, 2), _Block(sixteenth, sixteenth)),
            ]
        )
        skips = {8: eighth, 4: quarter} if cell == 4 else {8: eighth, 4: quarter, 2: half}
        before = [sixteenth, *UP.values()]
        self.top = nn.ModuleList(_conv(n, UP[scale], 1) for n, scale in zip(before, skips, strict=False))
        self.across = nn.ModuleList(_conv(width, UP[scale], 1) for scale, width in skips.items())
        self.merge = nn.ModuleList(_conv(UP[scale], UP[scale]) for scale in skips)
        self.fine = _Fine(channels, UP[2]) if cell == 1 else None
        self.head = nn.Conv2d(FINE if cell == 1 else UP[min(skips)], 2, 3, padding=1)

    def outputs(self, pixels: Tensor) -> Tensor:
        """See `TwoFactors`."""
        x = torch.relu(self.stem(pixels))  # (N, 24, H/2, W/2)
        features = [x]
        for stage in self.down:
            x = stage(x)  # 48 at 1/4, 96 at 1/8, 160 at 1/16
            features.append(x)
        x = features.pop()
        for top, across, merge in zip(self.top, self.across, self.merge, strict=True):
            x = F.interpolate(top(x), scale_factor=2.0, mode="bilinear") + across(features.pop())
            x = torch.relu(merge(torch.relu(x)))  # (N, 64) at 1/8 and 1/4, (N, 32) at 1/2
        if self.fine is not None:
            x = self.fine(x, pixels)  # (N, 8, H, W)
        factors: Tensor = self.head(x)
        return factors
