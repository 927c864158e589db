"""Model bundles: a folder with both networks and all that is needed to use them, checked at every load."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from inspector.errors import InspectorError
from inspector.images import read_image
from inspector.networks.engine import KINDS_ONNX, SEVERITY_ONNX, Engine, OnnxEngine
from inspector.networks.input import Blocks, input_scale, prepare
from inspector.networks.spec import MODEL_TOML, ModelSpec, parse_spec
from inspector.reading import read_bytes, shown
from inspector.types import FloatArray, Pixels, to_levels

GOLDEN_FRAME = "golden-frame.png"
GOLDEN_MAP = "golden-map.png"
CHECKED = frozenset({SEVERITY_ONNX, KINDS_ONNX, GOLDEN_FRAME, GOLDEN_MAP})
"""What every bundle holds, under its digest."""

GOLDEN_LEVELS = 2
"""Levels (of 255) that a golden cell may differ by: processors round differently."""

GOLDEN_PROBABILITY = 0.02

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MOST = 2 << 30
"""Bytes of a file."""


@dataclass(frozen=True)
class Model:
    """A loaded bundle, ready to run.

    Attributes
    ----------
    spec : ModelSpec
    digest : str
        SHA-256 of model.toml, which holds the digests of the other files.
    engine : Engine
    """

    spec: ModelSpec
    digest: str
    engine: Engine


def default_threads() -> int:
    """Threads for a network: one processor is left to the window."""
    return max(1, (os.cpu_count() or 2) - 1)


def load_model(folder: Path, *, engine: Literal["onnx", "torch"] = "onnx", threads: int | None = None) -> Model:
    """Load a bundle and check that it does what it did when it was made.

    Parameters
    ----------
    folder : Path
    engine : {"onnx", "torch"}
        "torch" needs the training extra.
    threads : int or None
        Of the onnx engine; None leaves one processor to the window.

    Raises
    ------
    InspectorError
        If a file is missing or altered, the form is unknown, or the golden frame gives another map.
    """
    try:
        text = read_bytes(folder / MODEL_TOML)
    except OSError as error:
        raise InspectorError(f"{folder} is no model bundle: {MODEL_TOML} can't be read ({error.strerror})") from error
    spec = parse_spec(text, folder)
    unnamed = sorted(CHECKED - spec.files.keys())
    if unnamed:
        raise InspectorError(f"model {folder.name}: {MODEL_TOML} has no digest of {unnamed[0]}; copy the bundle anew")
    for name, digest in spec.files.items():
        _check_file(folder, name, digest)
    model = Model(spec, hashlib.sha256(text).hexdigest(), _start(folder, spec, engine, threads or default_threads()))
    _check_golden(model, folder)
    return model


def _check_file(folder: Path, name: str, digest: str) -> None:
    if not _NAME.fullmatch(name):
        raise InspectorError(f"model {folder.name}: {MODEL_TOML} names {name!r}, which is outside the bundle")
    try:
        data = read_bytes(folder / name, _MOST)
    except OSError as error:
        raise InspectorError(
            f"model {folder.name}: {name} can't be read ({error.strerror}); copy the bundle anew"
        ) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise InspectorError(f"model {folder.name}: {name} is damaged or altered; copy the bundle anew")


def _start(folder: Path, spec: ModelSpec, engine: str, threads: int) -> Engine:
    try:
        if engine == "torch":
            from inspector.networks.torch_engine import TorchEngine  # a station never loads torch

            return TorchEngine(folder, spec)
        return OnnxEngine(folder, spec.multiple, threads)
    except Exception as error:  # each runtime has its own kinds of error
        raise InspectorError(f"model {folder.name} can't be started by the {engine} engine: {shown(error)}") from error


def golden_outputs(engine: Engine, spec: ModelSpec, pixels: Pixels) -> tuple[FloatArray, FloatArray]:
    """Severity map and class probabilities of the middle window that an engine gives for the golden frame.

    The window's severities are a ramp from 0 to 1: the classifier is checked apart from the map.
    """
    scale = input_scale(pixels, spec.channels, spec.normalisation)
    inputs = prepare(pixels, spec.channels, scale)[None]
    y, x = inputs.shape[2] // 2 - 32, inputs.shape[3] // 2 - 32
    ramp = np.broadcast_to(np.linspace(0, 1, 64, dtype=np.float32), (1, 1, 64, 64))
    window = np.concatenate([inputs[:, :, y : y + 64, x : x + 64], ramp], 1)
    return engine.severity(inputs, scale.spread)[0], engine.kinds(window)[0]


def _check_golden(model: Model, folder: Path) -> None:
    frame, expected = read_image(folder / GOLDEN_FRAME), read_image(folder / GOLDEN_MAP)
    try:
        severity, kinds = golden_outputs(model.engine, model.spec, frame)
        _check_sizes(model.engine, model.spec)
    except Exception as error:  # each runtime has its own kinds of error
        raise InspectorError(
            f"model {folder.name} does not take the input that {MODEL_TOML} states: {shown(error)}"
        ) from error
    if not (np.isfinite(severity).all() and kinds.shape == (len(model.spec.classes),)):
        raise InspectorError(f"model {folder.name} gives no severities, or not one share for each of its classes")
    levels = to_levels(severity)
    if levels.shape != expected.shape:
        raise InspectorError(
            f"model {folder.name} gives a map of {levels.shape}, not of {expected.shape}, for its golden frame"
        )
    difference = int(abs(levels.astype(int) - expected.astype(int)).max())
    if difference > GOLDEN_LEVELS:
        raise InspectorError(
            f"model {folder.name} differs from its golden map by {difference} of 255 levels; it must not judge parts"
        )
    if not _close(kinds, model.spec.golden_kinds):
        raise InspectorError(
            f"model {folder.name}: the classifier differs on the golden frame; it must not judge parts"
        )


def _check_sizes(engine: Engine, spec: ModelSpec) -> None:
    """Try the smallest frame of another shape: a frame is padded to multiples of `spec.multiple`, no further.

    And a part of it, where the network takes one.
    """
    tried = [Blocks(range(1), range(3)), *([Blocks(range(1), range(1, 2))] if spec.late_halo < spec.halo else [])]
    frame = np.zeros((1, spec.channels, spec.multiple, 3 * spec.multiple), np.float32)
    for blocks in tried:
        height, width = (spec.multiple * len(part) for part in blocks)
        found = engine.severity(frame, 1.0, blocks).shape
        if found != (1, height // spec.cell, width // spec.cell):
            raise ValueError(f"{height} x {width} px of a frame give a map of {found[1:]}")


def _close(kinds: FloatArray, expected: tuple[float, ...]) -> bool:
    values: npt.NDArray[np.float64] = np.asarray(expected)
    return kinds.shape == values.shape and bool((abs(kinds - values) <= GOLDEN_PROBABILITY).all())
