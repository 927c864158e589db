"""The paper's Table 8 on this machine: milliseconds per 256 x 256 patch, and rivals for scale."""

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from machine import peak_flops
from rivals import RIVALS, rival
from timing import in_turns
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from inspector.networks.architectures import Regressor, build_regressor
from inspector.networks.engine import cpu_session
from inspector.networks.paper import PaperRegressor
from inspector.types import LEVEL_MAX
from training.graphs import write_severity_graph

SETTINGS = {"grey, cell 4": (1, 4), "colour, cell 4": (3, 4), "colour, cell 2": (3, 2)}
BATCHES = (8, 16, 32, 64)
SIDE = 256
PAPER = "paper's network, torch, as published"
FOLDED = "paper's network, folded, our engine"
ENGINE = "our engine"
OURS = ("lite", "pyramid", "swift")

Row = dict[str, Any]


class _WithReLU(nn.Module):
    """The paper's head as it is published, which can't be folded."""

    def __init__(self, regressor: PaperRegressor) -> None:
        super().__init__()
        self.body = copy.deepcopy(regressor)
        self.body.head = nn.Sequential(regressor.head.conv3, nn.ReLU(), regressor.head.conv4)
        self.body.head[0].padding = (1, 1)

    def forward(self, x: Tensor, spread: Tensor) -> Tensor:
        severity: Tensor = self.body(x, spread)
        return severity


def measure_networks(threads: int, rounds: int, seconds: float, work: Path, batches: Sequence[int]) -> Iterator[Row]:
    """A row for each contender, setting and batch: ``ms`` per patch, ``times`` as fast as the paper's."""
    torch.set_num_threads(threads)
    peak = max(peak_flops(threads).values())
    for setting, (channels, cell) in SETTINGS.items():
        networks = {name: _regressor(name, channels, cell) for name in ("paper", *OURS)}
        sessions = {name: _session(network, channels, work, threads) for name, network in networks.items()}
        assert isinstance(networks["paper"], PaperRegressor)
        published = _WithReLU(networks["paper"]).eval()
        unet = _regressor("unet", channels, 1)
        for batch in batches:
            pixels, spread = torch.randn(batch, channels, SIDE, SIDE), torch.ones(batch, 1, 1, 1)
            last = pixels.to(memory_format=torch.channels_last)
            contenders = {
                PAPER: _eager(_laid_out(published, torch.contiguous_format), pixels, spread),
                "paper's network, torch, channels last": _eager(
                    _laid_out(published, torch.channels_last), last, spread
                ),
                FOLDED: _graph(sessions["paper"], pixels),
                **{f"{name}, {ENGINE}": _graph(sessions[name], pixels, networks[name].multiple) for name in OURS},
            }
            operations = {FOLDED: networks["paper"], **{f"{name}, {ENGINE}": networks[name] for name in OURS}}
            if batch == batches[0]:
                contenders["U-Net, 31 M, torch, channels last"] = _eager(unet, last, spread)
                if channels == 3 and cell == 4:
                    contenders |= {name: _eager(rival(name), last) for name in RIVALS}
            timings = in_turns(contenders, rounds=rounds, seconds=seconds)
            for name, timing in timings.items():
                floor = _operations(operations[name], pixels[:1]) / peak if name in operations else None
                yield {
                    "setting": setting,
                    "batch": batch,
                    "network": name,
                    "ms": 1000 * timing.median / batch,
                    "floor_ms": None if floor is None else 1000 * floor,
                    "times": timings[PAPER].median / timing.median,
                }


def folded_differs(threads: int, work: Path) -> float:
    """The most that the folded network differs from the one that is not, in levels of the 8-bit map.

    The severities of noise are stretched over the scale, as random weights give narrower ones.
    """
    network = _regressor("paper", 1, 4)
    pixels, one = torch.randn(4, 1, SIDE, SIDE), torch.ones(4, 1, 1, 1)
    apart = _WithReLU(network).eval()
    apart.body.head[1] = nn.Identity()
    with torch.inference_mode():
        reference = apart(pixels, one).numpy()
    given = _graph(_session(network, 1, work, threads), pixels)()
    return float(np.abs(given - reference).max() / np.ptp(reference) * LEVEL_MAX)


def _regressor(name: str, channels: int, cell: int) -> Any:
    torch.manual_seed(0)
    return build_regressor(name, channels, cell).eval().requires_grad_(False)


def _session(network: Regressor, channels: int, work: Path, threads: int) -> onnxruntime.InferenceSession:
    path = work / "severity.onnx"
    write_severity_graph(network, channels, path)
    return cpu_session(path, threads)


def _laid_out(network: nn.Module, layout: torch.memory_format) -> nn.Module:
    own: nn.Module = copy.deepcopy(network).to(memory_format=layout)
    return own


def _eager(network: nn.Module, *given: Tensor) -> Callable[[], object]:
    @torch.inference_mode()
    def call() -> object:
        return network(*given)

    return call


def _graph(session: onnxruntime.InferenceSession, pixels: Tensor, multiple: int = 1) -> Callable[[], Any]:
    given = {"pixels": pixels.numpy(), "spread": np.ones((len(pixels), 1, 1, 1), np.float32)}
    given |= {side: np.arange(SIDE // multiple) for side in ("rows", "columns")}  # all blocks
    named = {taken.name: given[taken.name] for taken in session.get_inputs()}
    return lambda: session.run(None, named)[0]


def _operations(network: nn.Module, pixels: Tensor) -> float:
    counter = FlopCounterMode(display=False)
    with counter, torch.inference_mode():
        network(pixels, torch.ones(len(pixels), 1, 1, 1))
    return float(counter.get_total_flops())
