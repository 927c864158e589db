"""Timing contenders side by side: in turns, so that what else the machine does meets all of them alike."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Timing:
    """Seconds of each call of a contender, without those of the warm-up."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds."""
        return float(np.median(self.seconds))

    def percentile(self, share: float) -> float:
        """Seconds that `share` percent of the calls stay below."""
        return float(np.percentile(self.seconds, share))


def in_turns(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 2, seconds: float = 20.0
) -> dict[str, Timing]:
    """Call each contender once a round.

    Parameters
    ----------
    contenders : mapping of name to callable
    rounds : int
        At most; at least three are made.
    warm_up : int
        Rounds before them that do not count.
    seconds : float
        No round begins after so long, the warm-up left aside.
    """
    for _ in range(warm_up):
        for call in contenders.values():
            call()
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    gc.collect()
    began = time.perf_counter()
    for number in range(rounds):
        if number >= 3 and time.perf_counter() - began > seconds:
            break
        for name, call in contenders.items():
            started = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - started)
    return {name: Timing(tuple(values)) for name, values in taken.items()}
