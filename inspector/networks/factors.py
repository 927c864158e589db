"""What a regressor learns, before it becomes one severity."""

from typing import NamedTuple

from torch import Tensor


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
