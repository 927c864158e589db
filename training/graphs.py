"""Networks as ONNX graphs, which the station's engine runs."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxscript import opset18 as op
from torch import Tensor, nn

from inspector.networks.architectures import Regressor
from inspector.stages.classification import WINDOW

_Given = Mapping[str, tuple[Tensor, dict[int, Any]]]
"""The inputs of a graph by name, each an example and its dimensions that vary."""


def _kept(x: Any, rows: Any, columns: Any, side: int) -> Any:
    """`inspector.networks.blocks.kept` in operations of ONNX."""
    first, last, one = (op.Constant(value_ints=[number]) for number in (0, -1, 1))
    starts = op.Concat(op.Gather(rows, first), op.Gather(columns, first), axis=0)
    ends = op.Add(op.Concat(op.Gather(rows, last), op.Gather(columns, last), axis=0), one)
    places = op.Constant(value_ints=[side])
    return op.Slice(x, op.Mul(starts, places), op.Mul(ends, places), op.Constant(value_ints=[2, 3]))


class _WithSoftmax(nn.Module):
    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, windows: Tensor) -> Tensor:
        return torch.softmax(self.classifier(windows), 1)


def write_severity_graph(regressor: Regressor, channels: int, path: Path) -> None:
    """The graph of a regressor in evaluation mode: pixels (N, channels, H, W), spread, rows, columns -> severity.

    Any N will do, and any H and W that are multiples of the regressor's `multiple`. Rows and columns are of blocks,
    where the regressor takes some alone (see `kept`).
    """
    multiple, frames = regressor.multiple, torch.export.Dim("frames")
    sides = {0: frames, 2: multiple * torch.export.Dim("rows"), 3: multiple * torch.export.Dim("columns")}
    pixels = torch.zeros(2, channels, 256, 192)  # differing sides, so that none is taken for another
    given: dict[str, Any] = {"pixels": (pixels, sides), "spread": (torch.ones(2, 1, 1, 1), {0: frames})}
    if regressor.late_halo < regressor.halo:
        given["rows"] = (torch.arange(5), {0: torch.export.Dim("kept_rows")})
        given["columns"] = (torch.arange(4), {0: torch.export.Dim("kept_columns")})
    _write(regressor, path, given, "severity")


def write_kinds_graph(classifier: nn.Module, planes: int, path: Path) -> None:
    """The graph of a classifier in evaluation mode: windows (N, planes, 64, 64) -> probabilities of the kinds."""
    windows = torch.zeros(3, planes, WINDOW, WINDOW)
    _write(_WithSoftmax(classifier), path, {"windows": (windows, {0: torch.export.Dim("windows")})}, "kinds")


def _write(network: nn.Module, path: Path, given: _Given, output: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # and what it says of torchvision, which is not needed
        program = torch.onnx.export(
            network,
            tuple(example for example, _ in given.values()),
            input_names=list(given),
            output_names=[output],
            dynamic_shapes=tuple(dynamic for _, dynamic in given.values()),
            dynamo=True,
            custom_translation_table={torch.ops.inspector.kept.default: _kept},
            verbose=False,
        )
    if program is None:
        raise RuntimeError(f"{path.name} could not be exported")
    model = program.model_proto
    for node in model.graph.node:
        node.ClearField("metadata_props")  # where in the exporting machine's files each operation was written
    onnx.save(model, path)
