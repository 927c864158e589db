"""Networks that other inspection tools run for a 256 x 256 patch, for scale: random weights, eager torch.

PaDiM and PatchCore take the features of the first three stages of an ImageNet backbone (Defard et al. 2021, Roth et
al. 2022). EfficientAD-S runs a student of four convolutions beside an autoencoder; its teacher has the student's form
and half of its outputs (Batzner et al. 2024, section 3 and appendix).
"""

import torch
from torch import Tensor, nn

from inspector.networks.vision import models


class _ThreeStages(nn.Module):
    """A ResNet up to its third stage."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        names = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3")
        self.stages = nn.Sequential(*(getattr(backbone, name) for name in names))

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.stages(x)
        return features


def _patch_descriptor(outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 128, 4),
        nn.ReLU(),
        nn.AvgPool2d(2, 2),
        nn.Conv2d(128, 256, 4),
        nn.ReLU(),
        nn.AvgPool2d(2, 2),
        nn.Conv2d(256, 256, 3),
        nn.ReLU(),
        nn.Conv2d(256, outputs, 4),
    )


class _EfficientAd(nn.Module):
    """The teacher and the student of EfficientAD-S; the autoencoder, far cheaper, is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.teacher, self.student = _patch_descriptor(384), _patch_descriptor(768)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.teacher(x), self.student(x)


RIVALS = {
    "ResNet-18, as PaDiM": lambda: _ThreeStages(models.resnet18()),
    "Wide-ResNet-50, as PatchCore": lambda: _ThreeStages(models.wide_resnet50_2()),
    "EfficientAD-S": _EfficientAd,
}


def rival(name: str) -> nn.Module:
    """One of `RIVALS`, in evaluation mode: float32 (N, 3, 256, 256) -> features."""
    network: nn.Module = RIVALS[name]()
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
