"""Two trials of the same frames side by side: which verdicts flip."""

from dataclasses import dataclass

import numpy as np

from inspector.errors import InspectorError
from inspector.tune.swept import Ints
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial
from inspector.types import Verdict


@dataclass(frozen=True)
class PartFlip:
    """A part whose verdict differs.

    Attributes
    ----------
    part : int
        Number among the set's parts.
    defective : bool
    before, after : Verdict
    """

    part: int
    defective: bool
    before: Verdict
    after: Verdict

    @property
    def better(self) -> bool:
        """Whether the second verdict is nearer to the truth."""
        return (self.after.rank > self.before.rank) == self.defective


def flips(before: Trial, threshold: float, after: Trial, other_threshold: float) -> list[PartFlip]:
    """The parts whose verdicts differ between two recipes, each at a T, or two models; those for the worse first.

    Raises
    ------
    InspectorError
        If they were tried on different frames.
    """
    names = [[(frame.part, frame.name) for frame in trial.swept.truth.frames] for trial in (before, after)]
    if names[0] != names[1]:
        raise InspectorError(
            f"{before.swept.truth.name} and {after.swept.truth.name} are not the same frames; "
            "try both recipes on one of them"
        )
    one, other = before.part_verdicts[:, column(threshold)], after.part_verdicts[:, column(other_threshold)]
    verdicts, defective = tuple(Verdict), before.swept.defective_parts
    found = [
        PartFlip(part, bool(defective[part]), verdicts[one[part]], verdicts[other[part]])
        for part in np.flatnonzero(one != other).tolist()
    ]
    return sorted(found, key=lambda flip: (flip.better, -abs(flip.after.rank - flip.before.rank)))


def frames_of(trial: Trial, flipped: PartFlip) -> Ints:
    """The frames of a part, by number."""
    return np.flatnonzero(trial.swept.part_of == flipped.part)
