import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from random_networks import CLASSES, random_trained
from torch import nn

from inspector.networks.backbones import BACKBONES, TORCHVISION, build_classifier, fit_channels
from inspector.networks.bundle import load_model
from training.export import export_bundle

SIZES = {
    "resnet18": 11.69,
    "resnet50": 25.56,
    "resnet101": 44.55,
    "mobilenet_v3_small": 2.54,
    "efficientnet_b0": 5.29,
}
"""Millions of parameters with the 1000 classes of ImageNet, as published."""


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("planes", [2, 4])
def test_there_is_one_logit_for_each_class(backbone: str, planes: int) -> None:
    classifier = build_classifier(backbone, planes, 5).eval()
    with torch.inference_mode():
        assert classifier(torch.randn(2, planes, 64, 64)).shape == (2, 5)
    first = next(module for module in classifier.modules() if isinstance(module, nn.Conv2d))
    assert first.in_channels == first.weight.shape[1] == planes
    assert first.weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("backbone", TORCHVISION)
def test_the_backbones_are_those_that_are_known_by_their_names(backbone: str) -> None:
    classifier = build_classifier(backbone, 3, 1000)
    assert sum(p.numel() for p in classifier.parameters()) == pytest.approx(SIZES[backbone] * 1e6, rel=2e-3)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_short_training_is_enough_for_batch_normalisation(backbone: str) -> None:
    """What it keeps of the windows is near what it saw after a hundred steps."""
    torch.manual_seed(0)
    classifier = build_classifier(backbone, 2, 2).train()
    norm = next(module for module in classifier.modules() if isinstance(module, nn.BatchNorm2d))
    for _ in range(100):
        norm(torch.full((1, norm.num_features, 2, 2), 40.0))
    assert norm.running_mean == pytest.approx(40, rel=1e-3)


def test_weights_for_colour_do_to_grey_what_they_did_to_equal_channels() -> None:
    torch.manual_seed(0)
    windows, weight = torch.randn(2, 1, 16, 16), torch.randn(4, 3, 3, 3)
    in_colour = nn.functional.conv2d(windows.repeat(1, 3, 1, 1), weight)
    grey = fit_channels(weight, 1)
    assert torch.allclose(nn.functional.conv2d(windows, grey), in_colour, atol=1e-5)
    back = fit_channels(grey, 3)
    assert back.shape == weight.shape
    assert torch.allclose(nn.functional.conv2d(windows.repeat(1, 3, 1, 1), back), in_colour, atol=1e-5)
    assert fit_channels(weight, 3) is weight


@pytest.mark.parametrize("channels", [1, 3])
def test_both_engines_agree_on_a_bundle_with_a_backbone_of_torchvision(channels: int, tmp_path: Path) -> None:
    torch.manual_seed(2)
    classifier = build_classifier("resnet18", channels + 1, len(CLASSES)).train()
    windows = torch.linspace(0.1, 3, 7)[:, None, None, None] * torch.randn(7, channels + 1, 64, 64)
    with torch.no_grad():
        classifier(windows)  # batch normalisation learns its scale, else all windows look alike
    trained = replace(random_trained("resnet", "paper", channels), classifier=classifier, backbone="resnet18")
    bundle = tmp_path / "resnet"
    export_bundle(trained, bundle)
    station, trainer = (load_model(bundle, engine=engine, threads=1).engine for engine in ("onnx", "torch"))
    for count in (1, 7):
        kinds = [engine.kinds(windows[:count].numpy()) for engine in (station, trainer)]
        assert kinds[0].shape == (count, len(CLASSES))
        assert np.allclose(kinds[0], kinds[1], atol=1e-4)
    assert np.ptp(kinds[0], axis=0).max() > 0.05


def test_a_station_loads_no_torchvision_and_compact_needs_none() -> None:
    command = (
        "import sys, inspector.networks.bundle; assert 'torch' not in sys.modules;"
        "from inspector.networks.backbones import build_classifier; build_classifier('compact', 2, 3);"
        "assert 'torchvision' not in sys.modules; build_classifier('resnet18', 2, 3); import torchvision"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", command], check=True)
