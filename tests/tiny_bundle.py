"""A model bundle that loads like any other and sees bright spots: no training, a few kilobytes."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inspector.networks.bundle import GOLDEN_FRAME, GOLDEN_MAP, golden_outputs
from inspector.networks.engine import KINDS_ONNX, SEVERITY_ONNX, OnnxEngine
from inspector.networks.input import Normalisation
from inspector.networks.spec import FORMAT, MODEL_TOML, ModelSpec, Scale
from inspector.types import to_levels

CLASSES = ("background", "spot")


def write_tiny_bundle(folder: Path, gain: float = 4.0) -> Path:
    """Write a bundle for grey frames at cell 4; returns `folder`.

    Severity is `gain` x (brightest pixel of the cell - mean of the frame) / 64; every window is a spot.
    """
    folder.mkdir(parents=True)
    _write_graph(
        folder / SEVERITY_ONNX,
        [
            helper.make_node("MaxPool", ["pixels"], ["bright"], kernel_shape=[4, 4], strides=[4, 4]),
            helper.make_node("Mul", ["bright", "gain"], ["severity"]),
        ],
        ("pixels", ["n", 1, "height", "width"]),
        ("severity", ["n", 1, "rows", "columns"]),
        {"gain": np.float32(gain)},
    )
    _write_graph(
        folder / KINDS_ONNX,
        [
            helper.make_node("GlobalMaxPool", ["windows"], ["bright"]),
            helper.make_node("Flatten", ["bright"], ["flat"]),
            helper.make_node("Mul", ["flat", "zero"], ["none"]),
            helper.make_node("Add", ["none", "shares"], ["kinds"]),
        ],
        ("windows", ["n", 2, 64, 64]),
        ("kinds", ["n", len(CLASSES)]),
        {"zero": np.zeros(len(CLASSES), np.float32), "shares": np.array([0.1, 0.9], np.float32)},
    )
    golden = np.full((64, 64), 100, np.uint8)
    golden[8:12, 20:28] = 200
    draft = ModelSpec(
        format=FORMAT,
        name=folder.name,
        architecture="tiny",
        backbone="tiny",
        cell=4,
        channels=1,
        multiple=4,
        halo=0,
        normalisation=Normalisation.MEAN,
        classes=CLASSES,
        scale=Scale(truncation=500, low=0, high=100, floor=0),
        threshold=5.0,
        threshold_choice="made up",
        training={},
        figures={},
        golden_kinds=(),
        files={},
    )
    severity, kinds = golden_outputs(OnnxEngine(folder, draft.multiple, threads=1), draft, golden)
    (folder / GOLDEN_FRAME).write_bytes(cv2.imencode(".png", golden)[1].tobytes())
    (folder / GOLDEN_MAP).write_bytes(cv2.imencode(".png", to_levels(severity))[1].tobytes())
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    spec = draft.model_copy(update={"golden_kinds": tuple(map(float, kinds)), "files": files})
    (folder / MODEL_TOML).write_text(spec.to_toml(), encoding="utf-8")
    return folder


def _write_graph(path: Path, nodes: list, taken: tuple, given: tuple, constants: dict) -> None:
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(taken[0], TensorProto.FLOAT, taken[1])],
        [helper.make_tensor_value_info(given[0], TensorProto.FLOAT, given[1])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
