"""Networks with random weights, and the bundle that the export makes of them: no training."""

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from inspector.networks.architectures import Regressor, build_regressor
from inspector.networks.backbones import build_classifier
from inspector.networks.input import Normalisation
from inspector.networks.torch_engine import severities
from inspector.types import Pixels
from training.export import Trained, export_bundle
from training.labels import SeverityScale

CLASSES = ("background", "crack", "pit")


@dataclass(frozen=True)
class Contract:
    """The `InputContract` of a regressor that is in no bundle."""

    channels: int
    cell: int
    multiple: int
    halo: int
    late_halo: int
    tile: int = 1024
    normalisation: Normalisation = Normalisation.MEAN


OF_NOISE = {"presence": (1.0, 2.0), "severity": (6.0, 3.0)}
"""Mean and deviation of each factor, with which severities of noise fill the scale."""


@cache
def random_regressor(architecture: str, channels: int = 1, cell: int = 4, seed: int = 0) -> Regressor:
    """A regressor in evaluation mode whose severities of noise fill the scale."""
    torch.manual_seed(seed)
    regressor = build_regressor(architecture, channels, cell).requires_grad_(False)
    head = regressor.head.conv4 if architecture == "paper" else regressor.head
    noise, one = torch.randn(1, channels, 128, 128), torch.ones(1, 1, 1, 1)
    for module in regressor.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # what it sees once is what it knows
    regressor.train()(noise, one)
    regressor.eval()
    factors = {name: values for name, values in regressor.factors(noise, one)._asdict().items() if values is not None}
    rows = len(head.weight) // len(factors)
    for k, (name, values) in enumerate(factors.items()):
        (mean, deviation), own = OF_NOISE[name], slice(k * rows, (k + 1) * rows)
        head.weight[own] *= deviation / values.std()
        head.bias[own] += mean - getattr(regressor.factors(noise, one), name).mean()
    return regressor


def regress_with(regressor: Regressor):
    """The regressor as stage 1 calls it."""
    return partial(severities, regressor)


def contract_of(regressor: Regressor, channels: int, cell: int) -> Contract:
    return Contract(channels, cell, regressor.multiple, regressor.halo, regressor.late_halo)


def random_pixels(shape: tuple[int, ...], seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def random_trained(name: str, architecture: str = "paper", channels: int = 1, cell: int = 4) -> Trained:
    """Random networks as a training hands them to the export."""
    torch.manual_seed(1)
    classifier = build_classifier("compact", channels + 1, len(CLASSES)).eval()
    return Trained(
        name=name,
        regressor=random_regressor(architecture, channels, cell),
        architecture=architecture,
        classifier=classifier,
        backbone="compact",
        cell=cell,
        channels=channels,
        normalisation=Normalisation.FRAME,
        classes=CLASSES,
        scale=SeverityScale(20.0, 200.0, 6.0),
        veto=0.0,
        threshold=5.0,
        min_area=9,
        threshold_choice="made up",
        training={"dataset": "noise"},
        figures={"val_mean_iou": 0.5},
    )


def export_random(folder: Path, architecture: str = "paper", channels: int = 1, cell: int = 4) -> Path:
    """Write a bundle of random networks; returns `folder`."""
    export_bundle(random_trained(folder.name, architecture, channels, cell), folder)
    return folder
