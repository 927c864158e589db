"""Train the classifier of stage 4: cross entropy on windows of each kind and of background (paper, III-D)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from inspector.networks.backbones import BACKBONES, build_classifier
from training.loop import run_steps
from training.windows import WindowSampler


@dataclass(frozen=True)
class KindsConfig:
    """Settings of the classifier and its training.

    Attributes
    ----------
    backbone : str
        Name in `inspector.networks.backbones`.
    steps, batch : int
        Steps of gradient descent and windows in each; a time budget may end the steps sooner.
    learning_rate, weight_decay : float
        AdamW's; the rate falls along a cosine.
    background_share : float
        Share of background windows in a batch.
    smoothing : float
        Label smoothing.
    """

    backbone: str = "compact"
    steps: int = 2500
    batch: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    background_share: float = 0.4
    smoothing: float = 0.05

    def __post_init__(self) -> None:
        if self.backbone not in BACKBONES:
            raise ValueError(f"no backbone {self.backbone!r}; there are {', '.join(BACKBONES)}")
        if min(self.steps, self.batch) < 1 or not 0 <= self.background_share < 1:
            raise ValueError("steps and batch are at least 1, background_share from 0 to below 1")


def train_kinds(
    sampler: WindowSampler,
    channels: int,
    classes: int,
    config: KindsConfig,
    *,
    seed: int,
    minutes: float | None,
    checkpoint: Path,
    progress: Callable[[float, str], None],
) -> nn.Module:
    """Train a classifier, going on from `checkpoint` where there is one; parameters as of `train_severity`.

    Returns
    -------
    torch module in evaluation mode, (N, channels, 64, 64) -> logits (N, classes)
    """
    torch.manual_seed(seed)
    model = build_classifier(config.backbone, channels, classes)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    model.train()

    def take_step(done: float, step: int) -> float:
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * 0.5 * (1 + math.cos(math.pi * done)) + 1e-5
        inputs, kinds = sampler.batch(config.batch)
        logits = model(torch.from_numpy(inputs).to(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits, torch.tensor(kinds), label_smoothing=config.smoothing)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimiser.step()
        return loss.item()

    run_steps(
        take_step,
        {"model": model, "optimiser": optimiser},
        sampler.rng,
        steps=config.steps,
        minutes=minutes,
        checkpoint=checkpoint,
        progress=progress,
    )
    model.eval()
    return model
