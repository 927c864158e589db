"""The classifiers of stage 4, by name: window 64 x 64, its pixels and its severities -> class logits.

Those of torchvision keep the strides that they have for ImageNet. A window ends as 2 x 2 cells before their pooling,
which is enough to say of what kind a defect is, costs a twelfth of an image of 224 x 224, and leaves weights learned
there their meaning. ResNet-101 is the paper's.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from inspector.networks.efficientnet import LiteClassifier
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


def _compact(planes: int, classes: int) -> nn.Module:
    """A residual network of 0.55 M parameters for a few hundred windows and no pretrained weights."""
    return nn.Sequential(
        nn.Conv2d(planes, 24, 5, 2, 2, bias=False),  # (N, 24, 32, 32)
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


def _of_torchvision(name: str, planes: int, classes: int) -> nn.Module:
    from inspector.networks.vision import models  # torchvision takes a second to import, and only these need it

    network: nn.Module = models.get_model(name, weights=None, num_classes=classes)
    first = next(module for module in network.modules() if isinstance(module, nn.Conv2d))
    first.weight = nn.Parameter(fit_channels(first.weight.detach(), planes))
    first.in_channels = planes
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.1  # MobileNet's 0.01 is for trainings of many more steps than ours
    return network


def fit_channels(weight: Tensor, channels: int) -> Tensor:
    """Weights of a first convolution, (outputs, C, k, k), for windows of another number of channels.

    Summed over colour, they do to a grey window what they did to the same window in grey shades of red, green and blue;
    and the other way round.
    """
    if weight.shape[1] == channels:
        return weight
    return weight.sum(1, keepdim=True).repeat(1, channels, 1, 1) / channels


TORCHVISION = ("resnet18", "resnet50", "resnet101", "mobilenet_v3_small", "efficientnet_b0")
"""Names there of the backbones that are torchvision's."""

BACKBONES: dict[str, Callable[[int, int], nn.Module]] = {
    "compact": _compact,
    "lite": LiteClassifier,
    **{name: partial(_of_torchvision, name) for name in TORCHVISION},
}
"""Name in the bundle -> builder of (planes, classes)."""


def build_classifier(name: str, planes: int, classes: int) -> nn.Module:
    """A classifier with random weights: float32 (N, planes, 64, 64) -> logits (N, classes).

    The planes are the image's channels and the severities.

    Raises
    ------
    ValueError
        If no backbone has that name.
    """
    if name not in BACKBONES:
        raise ValueError(f"no backbone {name!r}; there are {', '.join(BACKBONES)}")
    return channels_last(BACKBONES[name](planes, classes))
