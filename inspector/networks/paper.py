"""The severity regressor of the paper (section III-B): one severity for each cell of the frame."""

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.factors import Factors


def _unit(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """BN, ReLU, convolution: the paper's order."""
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU(inplace=False), conv)


class ResidualStage(nn.Module):
    """Two bottleneck residual units, the first with a 1x1 projection shortcut.

    (N, inputs, H, W) -> (N, outputs, H, W)
    """

    def __init__(self, inputs: int, narrow: int, outputs: int) -> None:
        super().__init__()
        self.main = nn.Sequential(_unit(inputs, narrow, 1), _unit(narrow, narrow, 5), _unit(narrow, outputs, 5))
        self.shortcut = _unit(inputs, outputs, 1)
        self.second = nn.Sequential(_unit(outputs, narrow, 1), _unit(narrow, narrow, 5), _unit(narrow, outputs, 5))

    def forward(self, x: Tensor) -> Tensor:
        x = self.main(x) + self.shortcut(x)
        refined: Tensor = x + self.second(x)
        return refined


class LinearHead(nn.Module):
    """The paper's conv3 (3x3, 512) and conv4 (1x1, 1) with nothing between them.

    Without a ReLU their composition is one 3x3 convolution to one channel. It is learned in the factors, which
    trains better than the product, and applied as the product, at 1/512 of the cost.
    """

    def __init__(self, inputs: int, hidden: int = 512) -> None:
        super().__init__()
        self.conv3 = nn.Conv2d(inputs, hidden, 3, bias=False)
        self.conv4 = nn.Conv2d(hidden, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        mix = self.conv4.weight[:, :, 0, 0]  # (1, hidden)
        weight = (mix @ self.conv3.weight.flatten(1)).view(1, -1, 3, 3)
        return F.conv2d(x, weight, self.conv4.bias, padding=1)


class PaperRegressor(nn.Module):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities.

    H and W are multiples of the cell. The output is linear: about 0 to 12 after training, not clipped.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1: the side of a cell in px. Each halving leaves out one pooling, the last one first.
    """

    multiple: int = 4
    halo: int = 64  # exact: 59 px around a cell
    late_halo: int = 64
    tiles: ClassVar[dict[int, int]] = {4: 1152, 2: 1008, 1: 448}

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        super().__init__()
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        self.input = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, 16, 5, padding=2)
        self.pool1 = nn.AvgPool2d(3, 2, padding=1, count_include_pad=False) if cell > 1 else nn.Identity()
        self.stage1 = ResidualStage(16, 8, 32)
        self.conv2 = nn.Conv2d(32, 16, 3, padding=1)
        self.pool2 = nn.AvgPool2d(3, 2, padding=1, count_include_pad=False) if cell > 2 else nn.Identity()
        self.stage2 = ResidualStage(16, 16, 64)
        self.head = LinearHead(64)

    def factors(self, x: Tensor, spread: Tensor) -> Factors:
        """The expected severity alone; parameters as of `forward`."""
        return Factors(None, self(x, spread))

    def forward(self, x: Tensor, spread: Tensor) -> Tensor:
        x = self.pool1(self.conv1(self.input(x)))  # (N, 16, H/2, W/2) at cell 4 and 2
        x = self.pool2(self.conv2(self.stage1(x)))  # (N, 16, H/4, W/4) at cell 4
        severity: Tensor = self.head(self.stage2(x))
        return severity
