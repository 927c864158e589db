"""Precision, recall and F1, the form that pixel and object figures share."""

from typing import NamedTuple


def ratio(part: float, whole: float) -> float:
    """`part` / `whole`; nan of nothing."""
    return float(part) / float(whole) if whole else float("nan")


class Score(NamedTuple):
    """Precision and recall; nan where there is nothing predicted or nothing to find."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both; nan where one is nan or both are 0."""
        return ratio(2 * self.precision * self.recall, self.precision + self.recall)
