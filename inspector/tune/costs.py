"""What the mistakes at each T cost, and the T at which they cost least."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from inspector.tune.thresholds import Curve, Stretch, stretch_around
from inspector.tune.trial import Trial


@dataclass(frozen=True)
class Costs:
    """What one part costs, in whatever unit: only their ratios count.

    Attributes
    ----------
    escape : float
        A defective part that is accepted.
    false_reject : float
        A sound part that is rejected.
    review : float
        A part that a person has to look at, sound or defective: it neither escapes nor is lost.
    """

    escape: float = 10.0
    false_reject: float = 1.0
    review: float = 0.0

    def of(self, trial: Trial) -> Curve:
        """The cost of all parts at each T."""
        reviews = trial.reviews.sum(0)
        cost: Curve = self.escape * trial.escapes + self.false_reject * trial.false_rejects + self.review * reviews
        return cost


class Cheapest(NamedTuple):
    """The widest stretch of T at which the mistakes cost least, and what they cost there."""

    stretch: Stretch
    cost: float


def cheapest(cost: Curve) -> Cheapest:
    """Where a cost is lowest; of several such stretches the widest, of equally wide ones that of the lowest T."""
    lowest = cost == cost.min()
    starts = np.flatnonzero(np.diff(lowest.astype(np.int8), prepend=0) == 1)
    stretches = [stretch_around(int(start), lowest) for start in starts]
    return Cheapest(max(stretches, key=lambda stretch: round(stretch.width, 6)), float(cost.min()))
