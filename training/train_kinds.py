"""Train the classifier of stage 4: cross entropy on windows of each kind and of background (paper, III-D)."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.backbones import BACKBONES, build_classifier
from training.device import autocast, training_device
from training.distributed import average_gradients, share_weights
from training.loop import Run, run_steps
from training.pretrained import AUTO, load_pretrained, source_of_weights
from training.validation import Curve, Validation
from training.windows import WindowSampler

FEWEST_WINDOWS, MOST_WINDOWS = 64, 512
"""Val windows that are classified in the course of a training."""


@dataclass(frozen=True)
class KindsConfig:
    """Settings of the classifier and its training.

    Attributes
    ----------
    backbone : str
        Name in `inspector.networks.backbones`.
    weights : str
        What the backbone starts from: ``"auto"``, ``"imagenet"``, a file, or, if empty, chance; see
        `training.pretrained`.
    steps, batch : int
        Steps of gradient descent, 0 where a time budget is to end them, and windows in each step.
    learning_rate, weight_decay : float
        AdamW's; the rate falls along a cosine. A start from chance wants twice the rate.
    background_share : float
        Share of background windows in a batch.
    smoothing : float
        Label smoothing.
    patience : int
        As of `SeverityConfig`.
    """

    backbone: str = "lite"
    weights: str = AUTO
    steps: int = 0
    batch: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    background_share: float = 0.4
    smoothing: float = 0.05
    patience: int = 5

    def __post_init__(self) -> None:
        if self.backbone not in BACKBONES:
            raise ValueError(f"no backbone {self.backbone!r}; there are {', '.join(BACKBONES)}")
        if min(self.steps, self.patience) < 0 or self.batch < 1 or not 0 <= self.background_share < 1:
            raise ValueError("steps and patience are 0 or more, batch at least 1, background_share from 0 to below 1")


class TrainedClassifier(NamedTuple):
    """What comes out: a classifier in evaluation mode and its curve on val."""

    network: nn.Module
    curve: Curve


def new_classifier(config: KindsConfig, channels: int, classes: int, seed: int) -> nn.Module:
    """A classifier to train: (N, channels + 1, 64, 64) -> logits (N, classes).

    Raises
    ------
    InspectorError
        If the weights that it is to start from are missing or unfit.
    """
    torch.manual_seed(seed)
    classifier = build_classifier(config.backbone, channels + 1, classes)
    if source := source_of_weights(config.backbone, config.weights):
        load_pretrained(classifier, config.backbone, source)
    return classifier


def train_kinds(
    classifier: nn.Module, sampler: WindowSampler, held_out: WindowSampler, config: KindsConfig, run: Run
) -> TrainedClassifier:
    """Train a classifier.

    Parameters
    ----------
    classifier : torch module
        From `new_classifier`.
    sampler, held_out : WindowSampler
        Of train and of val.
    config : KindsConfig
    run : Run

    Returns
    -------
    TrainedClassifier
        The curve holds the geometric mean of the probabilities that the right classes get.
    """
    device = training_device()
    model = classifier.to(device)
    share_weights(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    drawn: list[tuple[Tensor, Tensor]] = []

    @torch.inference_mode()
    def sureness(batches: float) -> float:
        windows = min(max(batches * config.batch, FEWEST_WINDOWS), MOST_WINDOWS)
        drawn.extend(held_out[number] for number in range(len(drawn), math.ceil(windows / held_out.size)))
        model.eval()
        losses = [F.cross_entropy(model(x.to(device)), kinds.to(device), reduction="none") for x, kinds in drawn]
        model.train()
        return math.exp(-float(torch.cat(losses).mean()))

    validation = Validation(model, sureness, config.patience)
    model.train()

    def take_step(done: float, step: int, batch: tuple[Tensor, Tensor]) -> Tensor:
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * 0.5 * (1 + math.cos(math.pi * done)) + 1e-5
        inputs, kinds = (tensor.to(device, non_blocking=True) for tensor in batch)
        with autocast(device):
            logits = model(inputs.to(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), kinds, label_smoothing=config.smoothing)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        average_gradients(model)
        optimiser.step()
        return loss

    run_steps(take_step, sampler, {"model": model, "optimiser": optimiser}, validation, run)
    return TrainedClassifier(model.eval(), validation.curve)
