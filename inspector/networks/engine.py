"""Running the two networks: onnxruntime at the station, torch for training and GPUs, behind one protocol."""

import os
from pathlib import Path
from typing import Protocol

import numpy as np

from inspector.networks.input import Blocks
from inspector.types import FloatArray

# From 1.29 on, onnxruntime reports its use over the network unless told not to before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

SEVERITY_ONNX = "severity.onnx"
KINDS_ONNX = "kinds.onnx"


class Engine(Protocol):
    """Both networks of a bundle; calls may come from several threads at once."""

    def severity(self, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
        """Severities float32 (N, h / cell, w / cell) of prepared pixels float32 (N, channels, h, w).

        `spread` is the frame's, see `InputScale.spread`. With `blocks` it gives the severities of these alone, where
        the contract's `late_halo` is less than its `halo`; they are right `late_halo` from the blocks' border on.
        """
        ...

    def kinds(self, windows: FloatArray) -> FloatArray:
        """Class probabilities float32 (N, classes) of windows float32 (N, channels + 1, 64, 64).

        The last plane holds the window's severities; see `inspector.stages.classification`."""
        ...


class OnnxEngine:
    """onnxruntime on the CPU.

    Parameters
    ----------
    folder : Path
        The bundle.
    multiple : int
        Px: the side of a block, see `InputContract`.
    threads : int
        Of each network.
    """

    def __init__(self, folder: Path, multiple: int, threads: int) -> None:
        self._multiple = multiple
        self._severity = cpu_session(folder / SEVERITY_ONNX, threads)
        self._kinds = cpu_session(folder / KINDS_ONNX, threads)
        self._taken = [taken.name for taken in self._severity.get_inputs()]  # some need no spread or blocks

    def severity(self, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
        """See `Engine`."""
        rows, columns = blocks or (range(side // self._multiple) for side in inputs.shape[2:])
        given = {
            "pixels": inputs,
            "spread": np.full((len(inputs), 1, 1, 1), spread, np.float32),
            "rows": np.array(rows, np.int64),
            "columns": np.array(columns, np.int64),
        }
        (severity,) = self._severity.run(None, {name: given[name] for name in self._taken})
        return np.asarray(severity, np.float32)[:, 0]

    def kinds(self, windows: FloatArray) -> FloatArray:
        """See `Engine`."""
        (probabilities,) = self._kinds.run(None, {"windows": windows})
        return np.asarray(probabilities, np.float32)


def cpu_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """A graph, ready to run. Its threads do not spin while idle, which would starve the window's thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # it plans memory for each size of tile anew: a quarter more, and no faster
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # From bytes, as the path may hold characters that the runtime's own file reading does not take on Windows.
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
