"""What is chosen on val once the networks are trained, and what the bundle says of it."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import nn

from inspector.stages.classification import FrameWindows
from inspector.stages.components import Shape
from inspector.tune.thresholds import ThresholdSweep
from inspector.types import FloatArray, Levels
from training.patches import Annotated
from training.sifting import choose_min_area, choose_veto, find_in_frame


def sift_on_val(
    classifier: nn.Module,
    found: Iterable[tuple[Annotated, Levels, Sequence[Shape]]],
    cell: int,
    classes: tuple[str, ...],
) -> tuple[float, int]:
    """How sure the classifier must be of a false alarm, and how large a defect in px2; see `training.sifting`.

    Parameters
    ----------
    classifier : torch module
        In evaluation mode; (N, channels + 1, 64, 64) -> logits (N, classes).
    found : frames, their maps and regions
        All of val.
    cell : int
    classes : tuple of str
    """
    device = next(classifier.parameters()).device

    @torch.inference_mode()
    def classify(windows: FloatArray) -> FloatArray:
        logits: torch.Tensor = classifier(torch.from_numpy(windows).to(device))
        probabilities: FloatArray = logits.softmax(1).cpu().numpy()
        return probabilities

    frames = []
    for frame, levels, shapes in found:
        kinds = FrameWindows(classify, frame.pixels, levels, cell, classes, frame.pixels.shape[2], frame.scale)
        frames.append(find_in_frame(shapes, frame.mask, kinds))
    veto = choose_veto(frames)
    return veto, choose_min_area(frames, veto)


def sweep_figures(sweep: ThresholdSweep) -> dict[str, float]:
    """What the bundle says of T on val."""
    best = int(np.searchsorted(sweep.thresholds, sweep.best_threshold))
    low, high = sweep.plateau
    return {
        "val_mean_iou_defective": float(sweep.mean_iou[best]),
        "val_pixel_f1_all": float(sweep.f1[best]),
        "val_plateau_low": low,
        "val_plateau_high": high,
    }
