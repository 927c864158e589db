"""Frames and parts: does a score tell the defective from the sound, and do frames of a part agree?"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inspector.metrics.score import ratio

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """What each threshold on a score lets through, from above the highest score down to the lowest.

    Attributes
    ----------
    hits, alarms : float64 (k + 1,)
        Defective and sound frames at or above each distinct score; both begin with 0.
    """

    hits: Values
    alarms: Values

    @property
    def hit_rate(self) -> Values:
        """Share of the defective frames: recall, the true positive rate."""
        return self.hits / (self.hits[-1] or np.nan)

    @property
    def alarm_rate(self) -> Values:
        """Share of the sound frames: the false positive rate."""
        return self.alarms / (self.alarms[-1] or np.nan)

    @property
    def precision(self) -> Values:
        """Share of defective frames among those let through; 1 where none is."""
        let_through = self.hits + self.alarms
        return np.divide(self.hits, let_through, out=np.ones_like(self.hits), where=let_through > 0)

    @property
    def auroc(self) -> float:
        """Area under the ROC curve: chance that a defective frame scores higher than a sound one; nan without both."""
        return float(np.trapezoid(self.hit_rate, self.alarm_rate))

    @property
    def average_precision(self) -> float:
        """Mean precision over the recall gained; frames of the same score count at once. Nan without a defect."""
        return float(np.sum(np.diff(self.hit_rate) * self.precision[1:]))


def rank_frames(score: Sequence[float], defective: Sequence[bool]) -> Ranking:
    """Rank frames by a score that is higher the more likely they are defective."""
    scores, positive = np.asarray(score, float), np.asarray(defective, bool)
    levels = np.unique(scores)[::-1]
    hits = [0, *(np.count_nonzero(scores[positive] >= level) for level in levels)]
    alarms = [0, *(np.count_nonzero(scores[~positive] >= level) for level in levels)]
    return Ranking(np.array(hits, float), np.array(alarms, float))


def average_precision_as_listed(score: Sequence[float], defective: Sequence[bool]) -> float:
    """Average precision where frames of the same score count one by one, in the order in which they are listed.

    Some programs reckon so. Unlike `Ranking.average_precision` it depends on that order.
    """
    order = np.argsort(-np.asarray(score, float), kind="stable")
    hit = np.asarray(defective, bool)[order]
    precision = hit.cumsum() / np.arange(1, len(hit) + 1)
    return ratio(precision[hit].sum(), int(np.count_nonzero(hit)))


@dataclass(frozen=True)
class GroupAgreement:
    """Groups of several frames with one truth, and those of them whose frames have different verdicts."""

    groups: int
    disagreeing: int

    @property
    def share_disagreeing(self) -> float:
        """Nan where no group has several frames."""
        return ratio(self.disagreeing, self.groups)


def compare_within_groups(frames: Iterable[tuple[Hashable, Hashable, bool]]) -> GroupAgreement:
    """Do the frames of a part get the same verdict?

    Parameters
    ----------
    frames : iterable of (group, verdict, defective)
        Groups of one frame, and those of which some frames have a defect and others none, are left out.
    """
    members = defaultdict[Hashable, list[tuple[Hashable, bool]]](list)
    for group, verdict, defective in frames:
        members[group].append((verdict, defective))
    alike = [m for m in members.values() if len(m) > 1 and len({defective for _, defective in m}) == 1]
    return GroupAgreement(len(alike), sum(len({verdict for verdict, _ in m}) > 1 for m in alike))
