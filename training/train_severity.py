"""Train the severity regressor: mean squared error on the cells' severities (paper, section III-B)."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from inspector.dataset import defect_pixels
from inspector.networks.architectures import ARCHITECTURES, Regressor, build_regressor
from inspector.networks.factors import TwoFactors
from inspector.networks.input import Normalisation
from inspector.tune.thresholds import sweep_thresholds
from inspector.types import SEVERITY_MAX
from training.augment import Augment
from training.contrast import LABELS
from training.device import autocast, training_device
from training.distributed import average_gradients, share_weights
from training.labels import SeverityScale
from training.loop import Run, run_steps
from training.losses import regressor_loss
from training.maps import severity_maps
from training.patches import PATCH, Annotated, Batch, PatchSampler
from training.pretrained import AUTO, load_severity, source_of_weights
from training.validation import Curve, Validation

MOST_FRAMES = 48
"""Defective val frames that are measured in the course of a training."""


@dataclass(frozen=True)
class SeverityConfig:
    """Settings of the regressor and its training.

    Attributes
    ----------
    architecture : str
        Name in `inspector.networks.architectures`.
    cell : int
        Side of a cell in px: 4, 2 or 1.
    labels : str
        How a cell is scored: ``contrast`` of its pixels, or ``paper``, by the extremes of Eqs. 1 and 2.
    floor : float
        Severity of the weakest defects; see `SeverityScale`.
    steps, batch : int
        Steps of gradient descent, 0 where a time budget is to end them, and patches in each step.
    learning_rate, weight_decay : float
        AdamW's; the rate rises over the first 3 % and falls along a cosine.
    averaging : float
        Decay of the moving average of the weights, which is what is kept.
    balance : float
        How much the few defect cells of a patch count against its many sound ones: 0 is the plain mean squared error,
        1 gives both the same say. Without it small defects are learned last.
    severity_share : float
        Weight of the severity's loss beside the presence's. It is learned easily; at 1 it holds the presence back.
    squared : bool
        Learn both factors by the squared error of their product, as the paper does, instead of each by its own loss:
        outlines are less sharp, but a severe false alarm costs more than a weak one, which ranks the parts better where
        sound ones have strong contrast of their own.
    bfloat16 : bool or None
        Compute in bfloat16: about 1.5 times faster on processors that have it, slower on others. None does so where
        the processor has it; GPUs always do.
    weights : str
        What to start from: ``"auto"``, which is ImageNet's weights for ``lite`` and ``swift`` and chance for the
        others; a bundle's ``severity.safetensors`` of the same architecture; empty for chance. See
        `training.pretrained`.
    patience : int
        The training leaps to its end after so many measurements on val without a gain, and the weights that did best
        are kept; 0 measures nothing and keeps the last. See `training.validation`.
    """

    architecture: str = "lite"
    cell: int = 1
    labels: str = "contrast"
    floor: float = 6.0
    steps: int = 0
    batch: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    averaging: float = 0.995
    bfloat16: bool | None = None
    balance: float = 0.5
    severity_share: float = 0.1
    squared: bool = False
    weights: str = AUTO
    patience: int = 5

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            raise ValueError(f"no architecture {self.architecture!r}; there are {', '.join(ARCHITECTURES)}")
        if self.labels not in LABELS:
            raise ValueError(f"no labels {self.labels!r}; there are {', '.join(LABELS)}")
        if self.cell not in (4, 2, 1) or not 0 <= self.floor < SEVERITY_MAX:
            raise ValueError("cell is 4, 2 or 1, floor from 0 to below 12")
        if min(self.steps, self.patience) < 0 or self.batch < 1:
            raise ValueError("steps and patience are 0 or more, batch at least 1")


class TrainedRegressor(NamedTuple):
    """What comes out: a regressor in evaluation mode, its curve on val, and `run_steps`' seconds of earlier runs."""

    network: Regressor
    curve: Curve
    earlier: float


def train_severity(
    frames: Sequence[Annotated],
    held_out: Sequence[Annotated],
    scale: SeverityScale,
    config: SeverityConfig,
    augment: Augment,
    normalisation: Normalisation,
    run: Run,
) -> TrainedRegressor:
    """Train a regressor.

    Parameters
    ----------
    frames, held_out : sequence of Annotated
        Of train and of val.
    scale : SeverityScale
        Turns the labels' scores into severities.
    config : SeverityConfig
    augment : Augment
    normalisation : Normalisation
        Of the frames.
    run : Run

    Returns
    -------
    TrainedRegressor
        Of the moving average of the weights; the curve holds the best mean IoU that any T gives.
    """
    torch.manual_seed(run.seed)
    device = training_device()
    channels = frames[0].pixels.shape[2]
    sampler = PatchSampler(
        frames,
        config.cell,
        scale,
        size=config.batch,
        seed=run.seed,
        augment=augment,
        labels=config.labels,
    )
    model = build_regressor(config.architecture, channels, config.cell)
    if source := source_of_weights(config.architecture, config.weights):
        load_severity(model, config.architecture, source)
    model = model.to(device)
    if isinstance(model, TwoFactors):
        model.floor.fill_(config.floor)
    share_weights(model)
    average = copy.deepcopy(model).eval()
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    defective = [frame for frame in held_out if defect_pixels(frame.mask).any()]

    def mean_iou(batches: float) -> float:
        chosen = _some(defective, batches * config.batch * PATCH**2)
        maps = severity_maps(average, chosen, config.cell, normalisation)
        cells = zip(maps, chosen, strict=True)
        return float(sweep_thresholds((levels, config.cell, frame.mask) for levels, frame in cells).mean_iou.max())

    validation = Validation(average, mean_iou, config.patience if defective else 0)
    model.train()

    def take_step(done: float, step: int, batch: Batch) -> Tensor:
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _rate(done)
        batch = Batch(*(tensor.to(device, non_blocking=True) for tensor in batch))
        with autocast(device, bool(config.bfloat16)):
            factors = model.factors(batch.inputs.to(memory_format=torch.channels_last), batch.spread)
        loss = regressor_loss(
            factors,
            batch,
            balance=config.balance,
            share=config.severity_share,
            squared=config.squared,
            floor=config.floor,
        )
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        average_gradients(model)
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        _average(average, model, min(config.averaging, (step + 1) / (step + 10)))
        return loss

    parts = {"model": model, "average": average, "optimiser": optimiser}
    earlier = run_steps(take_step, sampler, parts, validation, run)
    return TrainedRegressor(average, validation.curve, earlier)


def _some(frames: Sequence[Annotated], pixels: float) -> list[Annotated]:
    """Frames from all over the list, `MOST_FRAMES` at most and not many more px than given, but one at least."""
    mean = np.mean([frame.mask.size for frame in frames])
    count = int(np.clip(pixels / mean, 1, min(MOST_FRAMES, len(frames))))
    return [frames[i] for i in np.linspace(0, len(frames) - 1, count).round().astype(int)]


def _rate(done: float) -> float:
    """Learning rate relative to its peak: linear rise over 3 %, then half a cosine."""
    return done / 0.03 + 0.01 if done < 0.03 else 0.5 * (1 + float(np.cos(np.pi * (done - 0.03) / 0.97))) + 1e-3


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, decay: float) -> None:
    kept, new = average.state_dict().values(), model.state_dict().values()
    pairs = [(k, n) for k, n in zip(kept, new, strict=True) if k.dtype.is_floating_point]
    torch._foreach_lerp_([k for k, _ in pairs], [n for _, n in pairs], 1 - decay)
    for k, n in zip(kept, new, strict=True):
        if not k.dtype.is_floating_point:
            k.copy_(n)
