"""The classifiers of stage 4, by name: window 64 x 64 -> class logits."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from inspector.networks.layout import channels_last


class _Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut; halves the side where `stride` is 2."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


def _compact(channels: int, classes: int) -> nn.Module:
    """A residual network of 0.7 M parameters for a few hundred windows and no pretrained weights."""
    return nn.Sequential(
        nn.Conv2d(channels, 24, 5, 2, 2, bias=False),  # (N, 24, 32, 32)
        nn.BatchNorm2d(24),
        nn.ReLU(),
        _Residual(24, 48, 2),  # (N, 48, 16, 16)
        _Residual(48, 96, 2),  # (N, 96, 8, 8)
        _Residual(96, 160, 2),  # (N, 160, 4, 4)
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(160, classes),
    )


BACKBONES: dict[str, Callable[[int, int], nn.Module]] = {"compact": _compact}
"""Name in the bundle -> builder of (channels, classes)."""


def build_classifier(name: str, channels: int, classes: int) -> nn.Module:
    """A classifier with random weights: float32 (N, channels, 64, 64) -> logits (N, classes).

    Raises
    ------
    ValueError
        If no backbone has that name.
    """
    if name not in BACKBONES:
        raise ValueError(f"no backbone {name!r}; there are {', '.join(BACKBONES)}")
    return channels_last(BACKBONES[name](channels, classes))
