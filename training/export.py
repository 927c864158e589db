"""Write a trained pair of networks as a model bundle."""

import hashlib
import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import safetensors.torch
from torch import nn

from inspector.errors import InspectorError
from inspector.networks.architectures import Regressor
from inspector.networks.bundle import GOLDEN_FRAME, GOLDEN_MAP, golden_outputs, load_model
from inspector.networks.engine import KINDS_ONNX, SEVERITY_ONNX, OnnxEngine
from inspector.networks.input import Normalisation
from inspector.networks.spec import FORMAT, KINDS_WEIGHTS, MODEL_TOML, SEVERITY_WEIGHTS, ModelSpec, Scale
from inspector.recipe import Area, Recipe
from inspector.simulation.part import simulate_part
from inspector.simulation.textures import SIZE
from inspector.types import Pixels, to_levels
from training.graphs import write_kinds_graph, write_severity_graph
from training.labels import TRUNCATION, SeverityScale

GOLDEN_SIDE = 256

RECIPE = "recipe.toml"
"""A recipe to begin with, in the bundle: its T and its size filter, every defect a reject."""


@dataclass(frozen=True)
class Trained:
    """What training hands to the export.

    `training` and `figures` go into model.toml and the model card as they are.
    """

    name: str
    regressor: Regressor
    architecture: str
    classifier: nn.Module
    backbone: str
    cell: int
    channels: int
    normalisation: Normalisation
    classes: tuple[str, ...]
    scale: SeverityScale
    veto: float
    threshold: float
    min_area: int
    threshold_choice: str
    training: dict[str, Any]
    figures: dict[str, float]


def check_free(folder: Path) -> None:
    """Make sure that a bundle may be written to `folder`: it is new, empty or an older bundle.

    Raises
    ------
    InspectorError
        If it holds something else.
    """
    if folder.is_file() or (folder.exists() and any(folder.iterdir()) and not (folder / MODEL_TOML).exists()):
        raise InspectorError(f"{folder} is not empty and no model bundle; choose another --out")


def export_bundle(trained: Trained, folder: Path) -> None:
    """Write a bundle, checked by loading it; only then does it take the place of an older one of that name.

    The older one, with whatever was changed or put into it, is kept beside it; see `previous`.

    Raises
    ------
    InspectorError
        If `folder` holds something else than a bundle.
    """
    check_free(folder)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _write_networks(trained, partial)
    spec = _spec(trained, partial)
    (partial / MODEL_TOML).write_text(spec.to_toml(), encoding="utf-8")
    (partial / "README.md").write_text(_card(spec), encoding="utf-8")
    area = Area(value=trained.min_area)
    Recipe(name=trained.name, model=".", threshold=trained.threshold, min_area=area).save(partial / RECIPE)
    load_model(partial)
    if (folder / MODEL_TOML).exists():
        shutil.rmtree(previous(folder), ignore_errors=True)
        folder.rename(previous(folder))
    elif folder.exists():
        folder.rmdir()
    partial.rename(folder)


def previous(folder: Path) -> Path:
    """Where the bundle that a new one has replaced is kept."""
    return folder.with_name(folder.name + ".previous")


def _write_networks(trained: Trained, folder: Path) -> None:
    regressor, classifier = trained.regressor.cpu().eval(), trained.classifier.cpu().eval()
    for network, name in ((regressor, SEVERITY_WEIGHTS), (classifier, KINDS_WEIGHTS)):
        weights = {key: value.contiguous() for key, value in network.state_dict().items()}
        (folder / name).write_bytes(safetensors.torch.save(weights))  # save_file's is for its owner's eyes alone
    write_severity_graph(regressor, trained.channels, folder / SEVERITY_ONNX)
    write_kinds_graph(classifier, trained.channels + 1, folder / KINDS_ONNX)


def _spec(trained: Trained, folder: Path) -> ModelSpec:
    golden = _golden(trained.channels)
    _write_png(folder / GOLDEN_FRAME, golden)
    values: dict[str, Any] = {
        "format": FORMAT,
        "name": trained.name,
        "architecture": trained.architecture,
        "backbone": trained.backbone,
        "cell": trained.cell,
        "channels": trained.channels,
        "multiple": trained.regressor.multiple,
        "halo": trained.regressor.halo,
        "late_halo": trained.regressor.late_halo,
        "tile": trained.regressor.tiles[trained.cell],
        "normalisation": trained.normalisation,
        "classes": trained.classes,
        "scale": Scale(
            truncation=TRUNCATION, low=trained.scale.low, high=trained.scale.high, floor=trained.scale.floor
        ),
        "veto": trained.veto,
        "threshold": trained.threshold,
        "min_area": float(trained.min_area),
        "threshold_choice": trained.threshold_choice,
        "training": trained.training,
        "figures": trained.figures,
    }
    draft = ModelSpec(**values, golden_kinds=(), files={})
    severity, kinds = golden_outputs(OnnxEngine(folder, draft.multiple, threads=1), draft, golden)
    _write_png(folder / GOLDEN_MAP, to_levels(severity))
    names = (SEVERITY_WEIGHTS, KINDS_WEIGHTS, SEVERITY_ONNX, KINDS_ONNX, GOLDEN_FRAME, GOLDEN_MAP)
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    return ModelSpec(**values, golden_kinds=tuple(round(float(p), 6) for p in kinds), files=files)


def _golden(channels: int) -> Pixels:
    """A cut of a simulated part with a defect: customers' images stay out of bundles, and noise would exercise less."""
    part = next(part for index in itertools.count() if (part := simulate_part(seed=0, index=index)).defects)
    top, left, bottom, right = part.defects[0].box
    middle = ((top + bottom) // 2, (left + right) // 2)
    top, left = (min(max(0, at - GOLDEN_SIDE // 2), SIZE - GOLDEN_SIDE) for at in middle)
    pixels = part.pixels[top : top + GOLDEN_SIDE, left : left + GOLDEN_SIDE]
    return pixels if channels == 1 else np.repeat(pixels[..., None], 3, axis=2)


def _write_png(path: Path, image: Pixels) -> None:
    stored = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    path.write_bytes(cv2.imencode(".png", stored)[1].tobytes())


def _card(spec: ModelSpec) -> str:
    lines = [
        f"# {spec.name}",
        "",
        f"Severity regressor (He & Liu 2020) with cells of {spec.cell} px for "
        f"{'grey' if spec.channels == 1 else 'colour'} frames, and a classifier of windows ({spec.backbone}).",
        "",
        f"- Kinds: {', '.join(spec.classes[1:])}",
        f"- T = {spec.threshold:g}: {spec.threshold_choice}",
        f"- Size filter: {spec.min_area:g} px2, chosen on val; recipe.toml begins with it and T",
        f"- Severity {spec.scale.floor:g} stands for a contrast score of {spec.scale.low:.0f} grey values, "
        f"12 for {spec.scale.high:.0f} and more",
        "",
        "## Training",
        "",
        *(f"- {key}: {value}" for key, value in spec.training.items() if not isinstance(value, dict)),
        "- settings: in model.toml",
        "",
        "## Figures",
        "",
        *(f"- {key}: {value:.3f}" for key, value in spec.figures.items()),
        "",
        "Limits: it knows only surfaces, light and defects like those it was trained on.",
        "",
    ]
    return "\n".join(lines)
