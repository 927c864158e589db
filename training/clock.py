"""A time budget, shared out among the phases of a training."""

import time

CLOSING = 0.03
"""Share that is kept for what follows the last network: its veto, and the bundle."""

FEWEST = 0.02
"""Share that a phase gets in any case."""


class Clock:
    """Runs from its making on.

    Parameters
    ----------
    minutes : float or None
        The whole budget; None if there is none, and each phase takes what it takes.
    """

    def __init__(self, minutes: float | None) -> None:
        self.minutes = minutes
        self._started, self._earlier = time.monotonic(), 0.0

    def add(self, seconds: float) -> None:
        """Count time that an earlier run spent on what this one need not do again."""
        self._earlier += seconds

    def share(self, share: float) -> float | None:
        """That share of the budget in minutes, less where less is left; None without a budget."""
        if self.minutes is None:
            return None
        spent = (time.monotonic() - self._started + self._earlier) / 60
        left = (1 - CLOSING) * self.minutes - spent
        return max(min(share * self.minutes, left), FEWEST * self.minutes)
