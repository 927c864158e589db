"""How a network does on val while it is trained: its best weights are kept, and an idle training is cut short.

A network that is stopped while the learning rate is still high is worse than one whose rate has come down. So when
nothing has got better for a while, the schedule leaps to its last part, where the rate is low and falls to 0: what is
left out is the idle middle, never the annealing.
"""

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

MARKS = tuple(round(0.35 + 0.05 * k, 2) for k in range(14))
"""Shares of the schedule at which it is measured, the last at its end."""

COOL_DOWN = 0.85
"""Share of the schedule that a training which no longer gains leaps to."""

COST = 0.1
"""Share of the training's arithmetic that all measurements together may take."""

_PASSES = 3
"""A step is as much arithmetic as this many passes forward."""


Curve = list[tuple[float, float]]
"""Share of the schedule, and score."""


class Validation:
    """Measures a network now and then; its state is part of the training's checkpoint.

    Parameters
    ----------
    network : torch module
        In evaluation mode.
    score : callable
        Given how many batches' worth of arithmetic it may take, says how good the network is; more is better.
    patience : int
        Measurements without a gain after which the training leaps to its end; 0 measures nothing.

    Attributes
    ----------
    curve : Curve
    """

    def __init__(self, network: nn.Module, score: Callable[[float], float], patience: int) -> None:
        self.network, self.score, self.patience = network, score, patience
        self.curve: Curve = []
        self._best: dict[str, Tensor] = {}
        self._due, self._leapt, self._batches = MARKS[0], 0.0, 0.0

    def look(self, done: float, step: int) -> float:
        """Measure if it is time to.

        Parameters
        ----------
        done : float
            Share of the budget that is spent.
        step : int
            Steps taken.

        Returns
        -------
        float
            Share of the schedule that is done, in [0, 1]: as given, or further where the training has leapt.
        """
        done = min(round(done + self._leapt, 9), 1.0)
        if not self.patience or done < self._due:
            return done
        self._batches = self._batches or COST * _PASSES * step / (done * len(MARKS))
        self.curve.append((done, self.score(self._batches)))
        scores = [score for _, score in self.curve]
        if scores[-1] >= max(scores):
            self._best = {name: weight.detach().cpu().clone() for name, weight in self.network.state_dict().items()}
        elif done < COOL_DOWN and len(scores) - scores.index(max(scores)) > self.patience:
            self._leapt += COOL_DOWN - done
            done = COOL_DOWN
        self._due = next((mark for mark in MARKS if mark > done), math.inf)
        return done

    def take_best(self) -> None:
        """Give the network the weights that did best."""
        if self._best:
            self.network.load_state_dict(self._best)

    @property
    def note(self) -> str:
        """The latest score and the best one, to follow the loss in a line of text."""
        if not self.curve:
            return ""
        return f", val {self.curve[-1][1]:.3f}, best {max(score for _, score in self.curve):.3f}"

    def state_dict(self) -> dict[str, Any]:
        """All that changes, for a checkpoint."""
        given = {"due": self._due, "leapt": self._leapt, "batches": self._batches}
        return {"curve": list(self.curve), "best": self._best, **given}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave."""
        self.curve, self._best = list(state["curve"]), state["best"]
        self._due, self._leapt, self._batches = state["due"], state["leapt"], state["batches"]
