"""What a regressor learns, before it becomes one severity."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from inspector.types import SEVERITY_MAX


class Factors(NamedTuple):
    """The outputs of a regressor that its loss looks at, each (N, 1, H / cell, W / cell) or None.

    Attributes
    ----------
    presence : Tensor or None
        Logit of the probability that a cell is defect.
    severity : Tensor or None
        The cell's severity, not clipped: where there is a presence, the one that it has if it is defect; without,
        the expected one, as the paper regresses it.
    """

    presence: Tensor | None
    severity: Tensor | None


class TwoFactors(nn.Module, ABC):
    """A regressor whose severity is the probability that a cell is defect, times the severity that it has if it is.

    The severity that the paper regresses with one L2 loss is this expectation. With an output for each factor the
    outline need not be blurred for the sake of the severity, nor the severity flattened for the sake of the outline.
    What derives from it has `outputs`: both of them for prepared pixels, (N, 2, H / cell, W / cell).
    """

    floor: Tensor
    """The severity of the weakest defects: how doubtful a cell is shows in its presence alone."""

    def __init__(self) -> None:
        super().__init__()
        self.base = nn.Parameter(torch.tensor(SEVERITY_MAX / 2))
        self.register_buffer("floor", torch.tensor(0.0))

    @abstractmethod
    def outputs(self, pixels: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """The presence's logit and the severity, the latter in units of the spread around `base`.

        Of all, or of some rows and columns of blocks (see `kept`).
        """

    def factors(self, x: Tensor, spread: Tensor) -> Factors:
        """Presence and severity of each cell; parameters as of `forward`."""
        presence, severity = self.outputs(x).chunk(2, 1)
        return Factors(presence, self.base + severity * spread)

    def forward(self, x: Tensor, spread: Tensor, rows: Tensor | None = None, columns: Tensor | None = None) -> Tensor:
        """Severities (N, 1, H / cell, W / cell) in [0, 12] of prepared pixels (N, channels, H, W).

        `spread`, (N, 1, 1, 1), is the frames', see `InputScale.spread`. Rows and columns as of `outputs`.
        """
        presence, severity = self.outputs(x, rows, columns).chunk(2, 1)
        severity = self.base + severity * spread
        return torch.sigmoid(presence) * torch.maximum(severity, self.floor).clamp(max=SEVERITY_MAX)
