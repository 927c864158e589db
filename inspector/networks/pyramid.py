"""A severity regressor that sees more of the part than the paper's, for the same arithmetic.

The paper's network spends its work on narrow layers at half resolution and sees 59 px around a cell. This one goes
down to 1/16, where a wide layer is cheap and large defects (an uneven area, a frayed edge) are seen whole, and back up
to the cells with shortcuts from each resolution. Output, labels and loss are the paper's.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (24, 48, 96, 160)
"""Channels at 1/2, 1/4, 1/8 and 1/16."""

UP = 64
"""Channels of the way back up."""


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


class PyramidRegressor(nn.Module):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities.

    H and W are multiples of `multiple`. The output is linear: about 0 to 12 after training, not clipped.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1: the way up ends at this resolution.
    """

    multiple: int = 16
    halo: int = 160

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        super().__init__()
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        half, quarter, eighth, sixteenth = WIDTHS
        self.full = _conv(channels, 16) if cell == 1 else None
        self.stem = _conv(channels, half, 5, 2)
        self.down = nn.ModuleList(
            [
                nn.Sequential(_Block(half, quarter, 2), _Block(quarter, quarter)),
                nn.Sequential(_Block(quarter, eighth, 2), _Block(eighth, eighth)),
                nn.Sequential(_Block(eighth, sixteenth, 2), _Block(sixteenth, sixteenth)),
            ]
        )
        skips = [eighth, quarter, half, 16][: {4: 2, 2: 3, 1: 4}[cell]]
        self.top = _conv(sixteenth, UP, 1)
        self.across = nn.ModuleList(_conv(skip, UP, 1) for skip in skips)
        self.merge = nn.ModuleList(_conv(UP, UP) for _ in skips)
        self.head = nn.Conv2d(UP, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        features = [torch.relu(self.full(x))] if self.full is not None else []
        x = torch.relu(self.stem(x))  # (N, 24, H/2, W/2)
        features.append(x)
        for stage in self.down:
            x = stage(x)  # 48 at 1/4, 96 at 1/8, 160 at 1/16
            features.append(x)
        x = self.top(features.pop())
        for across, merge in zip(self.across, self.merge, strict=True):
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear") + across(features.pop())
            x = torch.relu(merge(torch.relu(x)))  # (N, 64) at 1/8, 1/4, and on to the cells
        severity: Tensor = self.head(x)
        return severity
