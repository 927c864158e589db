"""The loss of the severity regressor (paper, section III-B, and what we found better)."""

import torch
import torch.nn.functional as F
from torch import Tensor

from inspector.networks.factors import Factors
from training.patches import Batch

HIGHEST_WEIGHT = 10.0

LEAK = 0.1
"""What a severity below the floor moves its product by: without it, a severity that begins there would stay there."""


def regressor_loss(
    factors: Factors, batch: Batch, *, balance: float, share: float, squared: bool, floor: float
) -> Tensor:
    """Loss of whatever a regressor gives: of its presence, of its severity, or both, the severity's times `share`.

    See `SeverityConfig` for the settings.
    """
    presence, severity = factors
    if presence is None and severity is not None:
        return severity_loss(severity.float(), batch, balance)
    assert presence is not None
    if squared and severity is not None:
        above = severity.float() - floor
        lifted = floor + torch.where(above > 0, above, LEAK * above)
        expected = presence.float().sigmoid() * lifted
        return severity_loss(expected, batch, balance)
    loss = presence_loss(presence.float(), batch, balance)
    if severity is None:
        return loss
    return loss + share * conditional_loss(severity.float(), batch)


def severity_loss(severity: Tensor, batch: Batch, balance: float) -> Tensor:
    """Weighted mean squared error of severities, 0 in sound cells: the paper's L2 loss if `balance` is 0."""
    weights = _weights(batch, balance)
    return ((severity - batch.severity) ** 2 * weights).sum() / weights.sum().clamp(min=1)


def presence_loss(logits: Tensor, batch: Batch, balance: float) -> Tensor:
    """Cross entropy of defect against sound cells, and the soft Dice loss of the patches that hold a defect.

    Cross entropy makes a probability of it, Dice looks at the overlap, which small defects would else lose.
    """
    truth, weights = batch.defect.float(), _weights(batch, balance)
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    entropy = (entropy * weights).sum() / weights.sum().clamp(min=1)
    probability, truth = logits.sigmoid() * batch.known, truth * batch.known
    overlap, total = (probability * truth).sum((1, 2, 3)), (probability + truth).sum((1, 2, 3))
    held = (truth.sum((1, 2, 3)) > 0).float()
    dice = 1 - (2 * overlap + 1) / (total + 1)
    return entropy + (dice * held).sum() / held.sum().clamp(min=1)


def conditional_loss(severity: Tensor, batch: Batch) -> Tensor:
    """Mean error of the severity where there is a defect: absolute, and squared below 1."""
    defect = (batch.defect & batch.known).float()
    error = F.smooth_l1_loss(severity, batch.severity, reduction="none")
    return (error * defect).sum() / defect.sum().clamp(min=1)


def _weights(batch: Batch, balance: float) -> Tensor:
    """Weight of each cell: 0 where nothing is known, 1 in sound ones, in the patch's defect cells more.

    They get (sound cells / defect cells) ** balance, at least 1 and at most 10.
    """
    known = batch.known.float()
    defect = known * batch.defect
    counts = defect.sum((1, 2, 3), keepdim=True)
    sound = known.sum((1, 2, 3), keepdim=True) - counts
    weight = (sound / counts.clamp(min=1)).pow(balance).clamp(1, HIGHEST_WEIGHT)
    return torch.where(defect > 0, weight, known)
