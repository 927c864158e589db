"""A severity regressor for fast lines: a third of the paper's network in time, and it sees more of the part.

Layers at single and at half pixels are what the paper's network spends its time on: few channels, many places. Here
the first convolution takes a step of 4 px at once, and all others have channel counts that fill a processor's vectors.
"""

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.factors import TwoFactors

WIDTHS = (32, 64, 96)
"""Channels at 1/4, 1/8 and 1/16."""

DEPTHS = (2, 3, 3)
"""Convolutions there on the way down."""

UP = (64, 32)
"""Channels of the way back up at 1/8 and 1/4."""


class _Unit(nn.Module):
    """3x3 convolution, BN, ReLU; beside it the identity, where nothing changes in size."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.same = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        return torch.relu(x + y if self.same else y)


class _Rise(nn.Module):
    """From one resolution to the next finer one, with a shortcut from there."""

    def __init__(self, inputs: int, shortcut: int, outputs: int) -> None:
        super().__init__()
        self.top = nn.Conv2d(inputs, outputs, 1)
        self.across = nn.Sequential(nn.Conv2d(shortcut, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
        self.merge = _Unit(outputs, outputs)

    def forward(self, x: Tensor, finer: Tensor) -> Tensor:
        up = F.interpolate(self.top(x), scale_factor=2.0, mode="bilinear")
        merged: Tensor = self.merge(torch.relu(up + self.across(finer)))
        return merged


def _stage(inputs: int, outputs: int, depth: int, stride: int) -> nn.Sequential:
    return nn.Sequential(_Unit(inputs, outputs, stride), *(_Unit(outputs, outputs) for _ in range(depth - 1)))


class SwiftRegressor(TwoFactors):
    """Severity regressor: (N, channels, H, W) prepared pixels -> (N, 1, H / cell, W / cell) severities in [0, 12].

    H and W are multiples of `multiple`.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1. Cells under 4 px are several outputs of one place at 1/4: they cost next to nothing.
    """

    multiple: int = 16
    halo: int = 112  # exact: 102 px around a block of 16
    tiles: ClassVar[dict[int, int]] = {4: 2048, 2: 2048, 1: 2048}

    def __init__(self, channels: int = 1, cell: int = 4) -> None:
        super().__init__()
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        quarter, eighth, sixteenth = WIDTHS
        stem = nn.Conv2d(channels, quarter, 8, 4, 2, bias=False)
        self.stem = nn.Sequential(stem, nn.BatchNorm2d(quarter), nn.ReLU())
        self.quarter = _stage(quarter, quarter, DEPTHS[0], stride=1)
        self.eighth = _stage(quarter, eighth, DEPTHS[1], stride=2)
        self.sixteenth = _stage(eighth, sixteenth, DEPTHS[2], stride=2)
        self.to_eighth = _Rise(sixteenth, eighth, UP[0])
        self.to_quarter = _Rise(UP[0], quarter, UP[1])
        self.finer = 4 // cell
        self.head = nn.Conv2d(UP[1], 2 * self.finer**2, 3, padding=1)

    def outputs(self, pixels: Tensor) -> Tensor:
        """See `TwoFactors`."""
        quarter = self.quarter(self.stem(pixels))  # (N, 32, H/4, W/4)
        eighth = self.eighth(quarter)  # (N, 64, H/8, W/8)
        x = self.to_eighth(self.sixteenth(eighth), eighth)  # (N, 64, H/8, W/8)
        x = self.head(self.to_quarter(x, quarter))
        return F.pixel_shuffle(x, self.finer) if self.finer > 1 else x
