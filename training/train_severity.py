"""Train the severity regressor: mean squared error on the cells' severities (paper, section III-B)."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from inspector.networks.architectures import ARCHITECTURES, Regressor, build_regressor
from inspector.types import SEVERITY_MAX
from training.labels import SeverityScale
from training.loop import run_steps
from training.patches import Annotated, PatchSampler


@dataclass(frozen=True)
class SeverityConfig:
    """Settings of the regressor and its training.

    Attributes
    ----------
    architecture : str
        Name in `inspector.networks.architectures`.
    cell : int
        Side of a cell in px: 4, 2 or 1.
    floor : float
        Severity of the weakest defects; see `SeverityScale`.
    steps, batch : int
        Steps of gradient descent and patches in each; a time budget may end the steps sooner.
    learning_rate, weight_decay : float
        AdamW's; the rate rises over the first 3 % and falls along a cosine.
    averaging : float
        Decay of the moving average of the weights, which is what is kept.
    balance : float
        How much the few defect cells of a patch count against its many sound ones: 0 is the plain mean squared error,
        1 gives both the same say. Without it small defects are learned last.
    directed : bool
        The surface has a direction that all parts share; patches are not turned then.
    bfloat16 : bool
        Compute in bfloat16: about 1.6 times faster on processors that have it, slower on others.
    """

    architecture: str = "pyramid"
    cell: int = 4
    floor: float = 6.0
    steps: int = 3000
    batch: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    averaging: float = 0.995
    bfloat16: bool = False
    directed: bool = False
    balance: float = 0.5

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise ValueError(f"no architecture {self.architecture!r}; there are {', '.join(ARCHITECTURES)}")
        if self.cell not in (4, 2, 1) or not 0 <= self.floor < SEVERITY_MAX or min(self.steps, self.batch) < 1:
            raise ValueError("cell is 4, 2 or 1, floor from 0 to below 12, steps and batch at least 1")


def train_severity(
    frames: Sequence[Annotated],
    scale: SeverityScale,
    config: SeverityConfig,
    *,
    seed: int,
    minutes: float | None,
    checkpoint: Path,
    progress: Callable[[float, str], None],
) -> Regressor:
    """Train a regressor, going on from `checkpoint` where there is one.

    Parameters
    ----------
    frames : sequence of Annotated
    scale : SeverityScale
        Turns the labels' scores into severities.
    minutes : float or None
        Time budget; None trains for ``config.steps``.
    checkpoint : Path
        Written every minute and at the end.
    progress : callable
        Told the share that is done, in [0, 1], and a line of text.

    Returns
    -------
    Regressor in evaluation mode
        The moving average of the weights; (N, channels, H, W) -> (N, 1, H / cell, W / cell).
    """
    torch.manual_seed(seed)
    sampler = PatchSampler(frames, config.cell, scale, np.random.default_rng(seed), directed=config.directed)
    model = build_regressor(config.architecture, frames[0].pixels.shape[2], config.cell)
    average = copy.deepcopy(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    model.train()

    def take_step(done: float, step: int) -> float:
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _rate(done)
        inputs, severities, weights = (torch.from_numpy(a) for a in sampler.batch(config.batch))
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            predicted = model(inputs.to(memory_format=torch.channels_last))
        loss = severity_loss(predicted.float(), severities, weights, config.balance)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        _average(average, model, min(config.averaging, (step + 1) / (step + 10)))
        return loss.item()

    run_steps(
        take_step,
        {"model": model, "average": average, "optimiser": optimiser},
        sampler.rng,
        steps=config.steps,
        minutes=minutes,
        checkpoint=checkpoint,
        progress=progress,
    )
    average.eval()
    return average


def severity_loss(predicted: Tensor, severities: Tensor, known: Tensor, balance: float) -> Tensor:
    """Weighted mean squared error of severities, all tensors (N, 1, h, w); see `SeverityConfig.balance`.

    A patch's defect cells get the weight (sound cells / defect cells) ** balance, at least 1 and at most 10.
    """
    defect = known * (severities > 0)
    counts = defect.sum((1, 2, 3), keepdim=True)
    sound = known.sum((1, 2, 3), keepdim=True) - counts
    weight = (sound / counts.clamp(min=1)).pow(balance).clamp(1, 10)
    weights = torch.where(defect > 0, weight, known)
    return ((predicted - severities) ** 2 * weights).sum() / weights.sum().clamp(min=1)


def _rate(done: float) -> float:
    """Learning rate relative to its peak: linear rise over 3 %, then half a cosine."""
    return done / 0.03 + 0.01 if done < 0.03 else 0.5 * (1 + float(np.cos(np.pi * (done - 0.03) / 0.97))) + 1e-3


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, decay: float) -> None:
    for kept, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(new, 1 - decay)
        else:
            kept.copy_(new)
