"""Networks with random weights, and the bundle that the export makes of them: no training."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from inspector.networks.architectures import Regressor, build_regressor
from inspector.networks.backbones import build_classifier
from inspector.networks.input import Normalisation
from inspector.types import FloatArray, Pixels
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
    normalisation: Normalisation = Normalisation.MEAN


@cache
def random_regressor(architecture: str, channels: int = 1, cell: int = 4, seed: int = 0) -> Regressor:
    """A regressor in evaluation mode whose severities of noise fill the scale: mean 6, deviation 3."""
    torch.manual_seed(seed)
    regressor = build_regressor(architecture, channels, cell).eval()
    head = regressor.head.conv4 if architecture == "paper" else regressor.head
    regressor.requires_grad_(False)
    with torch.no_grad():
        severity = regressor(torch.randn(1, channels, 64, 64))
        head.weight *= 3 / severity.std()
        head.bias.zero_()
        head.bias += 6 - regressor(torch.randn(1, channels, 64, 64)).mean()
    return regressor


def regress_with(regressor: Regressor):
    """The regressor as stage 1 calls it."""

    @torch.inference_mode()
    def regress(inputs: FloatArray) -> FloatArray:
        return regressor(torch.from_numpy(inputs))[:, 0].numpy()

    return regress


def contract_of(regressor: Regressor, channels: int, cell: int) -> Contract:
    return Contract(channels, cell, regressor.multiple, regressor.halo)


def random_pixels(shape: tuple[int, ...], seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def export_random(folder: Path, architecture: str = "paper", channels: int = 1, cell: int = 4) -> Path:
    """Write a bundle of random networks; returns `folder`."""
    torch.manual_seed(1)
    classifier = build_classifier("compact", channels, len(CLASSES)).eval()
    trained = Trained(
        name=folder.name,
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
        threshold_choice="made up",
        training={"dataset": "noise"},
        figures={"val_mean_iou": 0.5},
    )
    export_bundle(trained, folder)
    return folder
