"""What is chosen on val once the networks are trained, and what the bundle says of it."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import nn

from inspector.dataset import defect_pixels
from inspector.stages.classification import FrameWindows
from inspector.stages.components import Shape
from inspector.tuning import ThresholdSweep
from inspector.types import FloatArray
from training.patches import Annotated
from training.veto import Suspect, choose_veto, suspects


def veto_on_val(
    classifier: nn.Module, found: Iterable[tuple[Annotated, Sequence[Shape]]], classes: tuple[str, ...]
) -> float:
    """How sure the classifier must be of a false alarm; see `training.veto`.

    Parameters
    ----------
    classifier : torch module
        In evaluation mode; (N, channels, 64, 64) -> logits (N, classes).
    found : frames and their regions
        All of val.
    classes : tuple of str
    """
    device = next(classifier.parameters()).device

    @torch.inference_mode()
    def classify(windows: FloatArray) -> FloatArray:
        logits: torch.Tensor = classifier(torch.from_numpy(windows).to(device))
        probabilities: FloatArray = logits.softmax(1).cpu().numpy()
        return probabilities

    told: list[Suspect] = []
    defect_px = 0
    for frame, shapes in found:
        kinds = FrameWindows(classify, frame.pixels, classes, frame.pixels.shape[2], frame.scale)
        told += suspects(shapes, frame.mask, kinds)
        defect_px += int(np.count_nonzero(defect_pixels(frame.mask)))
    return choose_veto(told, defect_px)


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
