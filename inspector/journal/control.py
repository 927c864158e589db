"""Whether a process drifts: the limits of a control chart, and what lies outside of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

BASELINE = 20
"""Points that the limits are made of: the first ones, while all was well."""

RUN = 8
"""So many points in a row on one side of the centre are a drift, though each lies within the limits."""

_WIDTH = 3 / 1.128
"""Three standard deviations, of which the mean range of two values in a row is 1.128."""


@dataclass(frozen=True)
class Limits:
    """The limits of an individuals chart; `lower` is 0 at least."""

    centre: float
    lower: float
    upper: float


def control_limits(values: Sequence[float], baseline: int = BASELINE) -> Limits | None:
    """Limits from the moving range of the first values; None if there are fewer than `baseline`.

    Parameters
    ----------
    values : sequence of float
        Such as the mean severities of groups of accepted parts. The spread is taken from group to group and not from
        within them: neighbouring parts are alike (a batch, a roll, the light), and limits from within would be too
        narrow.

    Notes
    -----
    NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: mean +- 3 x mean moving range / 1.128.
    """
    if len(values) < max(baseline, 2):
        return None
    first = np.asarray(values[:baseline], float)
    centre, reach = float(first.mean()), _WIDTH * float(np.abs(np.diff(first)).mean())
    return Limits(centre, max(0.0, centre - reach), centre + reach)


def out_of_control(values: Sequence[float], limits: Limits) -> list[int]:
    """The places of values beyond the limits, and of those that end or prolong a run on one side of the centre.

    Notes
    -----
    The Western Electric rules 1 and 4.
    """
    found, run, side = list[int](), 0, 0
    for place, value in enumerate(values):
        now = (value > limits.centre) - (value < limits.centre)
        run = run + 1 if now and now == side else 1
        side = now
        if not limits.lower <= value <= limits.upper or (now and run >= RUN):
            found.append(place)
    return found


def in_words(what: str, values: Sequence[float], times: Sequence[datetime], limits: Limits) -> str:
    """What a chart shows, in one sentence: whether there is a drift now, else whether there was one.

    Parameters
    ----------
    what : str
        Of which the values are, as the sentence begins.
    values, times : sequence of float, of datetime
        At least one; the times in the zone that they are told in.
    limits : Limits
    """

    def at(place: int) -> str:
        return f"{times[place]:%H:%M}" if times[place].date() == times[-1].date() else f"{times[place]:%d %b, %H:%M}"

    last = len(values) - 1
    side, start = _last_run(values, limits)
    length = last + 1 - start
    if length >= RUN:
        change, place = ("risen", "above") if side > 0 else ("fallen", "below")
        return f"{what} has {change} since {at(start)}: {length} points in a row {place} the centre."
    if values[last] > limits.upper or values[last] < limits.lower:
        which = "above the upper" if values[last] > limits.upper else "below the lower"
        return f"{what} lies {which} limit at {at(last)}."
    found = out_of_control(values, limits)
    if found:
        points = "1 point was" if len(found) == 1 else f"{len(found)} points were"
        return f"{what} is within its limits now; {points} out of control, the last at {at(found[-1])}."
    return f"{what} is steady: all {len(values)} points lie within the limits."


def _last_run(values: Sequence[float], limits: Limits) -> tuple[int, int]:
    """On which side of the centre the last values lie, 1, -1 or 0, and the place of the first of them in a row."""
    sides = [(value > limits.centre) - (value < limits.centre) for value in values]
    start = len(sides) - 1
    while start and sides[start - 1] == sides[-1]:
        start -= 1
    return (sides[-1], start) if sides[-1] else (0, len(sides) - 1)
