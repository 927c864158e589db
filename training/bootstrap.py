"""How far figures would move with another sample of the same size: 95 % bootstrap intervals."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

Unit = TypeVar("Unit")
Interval = tuple[float, float]

DRAWS = 400
_SAME = 1e-9
_PERCENTILES = (2.5, 97.5)


def bootstrap_intervals(
    units: Sequence[Unit],
    figures: Callable[[Sequence[Unit]], Mapping[str, float]],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Interval]:
    """Percentile intervals of several figures at once.

    Parameters
    ----------
    units : sequence
        What was sampled independently: parts, not the frames of a part.
    figures : callable
        Figures of a sample, by name.
    draws, seed : int
        Samples as large as `units`, drawn with replacement.

    Returns
    -------
    dict of name to (low, high)
        A figure that is undefined (nan) in some draws has the interval of the others. Left out is one that is the
        same in all draws, as 0 of 8 parts is: its interval would claim a certainty that there is not.
    """
    rng = np.random.default_rng(seed)
    drawn = [figures([units[i] for i in rng.integers(len(units), size=len(units))]) for _ in range(draws)]
    intervals = {}
    for name in drawn[0]:
        values = np.array([sample[name] for sample in drawn])
        values = values[~np.isnan(values)]
        if values.size and np.ptp(values) > _SAME:
            low, high = np.percentile(values, _PERCENTILES).tolist()
            intervals[name] = (low, high)
    return intervals
