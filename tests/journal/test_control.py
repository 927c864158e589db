"""Control limits against an example that was worked by hand, and drifts that they show."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from inspector.journal.control import Limits, control_limits, in_words, out_of_control

VALUES = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
"""Ten flow rates; the NIST/SEMATECH e-Handbook, 6.3.2.2, gives their mean as 50.81 and their mean range as 1.8778."""


def test_the_limits_of_the_handbook():
    limits = control_limits(VALUES, baseline=10)
    assert limits is not None
    assert limits.centre == pytest.approx(50.81)
    assert limits.upper == pytest.approx(55.8041, abs=2e-4)
    assert limits.lower == pytest.approx(45.8159, abs=2e-4)


def test_they_are_made_of_the_first_values_alone():
    limits = control_limits(VALUES, baseline=10)
    assert control_limits((*VALUES, 90.0, 91.0), baseline=10) == limits
    assert control_limits(VALUES, baseline=11) is None
    assert control_limits((), baseline=0) is None


def test_a_severity_has_no_limit_below_0():
    assert control_limits((0.1, 2.0, 0.1, 2.0), baseline=4) == Limits(1.05, 0.0, pytest.approx(6.1032, abs=1e-4))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([5.0, 6.9, 7.1, 5.0, 2.9, 3.1], [2, 4]),
        ([5.1] * 7, []),
        ([5.1] * 9, [7, 8]),
        ([4.9] * 4 + [5.1] * 7, []),
        ([4.9] * 4 + [5.0] + [4.9] * 7, []),
        ([5.0] * 12, []),
    ],
    ids=["beyond", "seven above", "nine above", "both sides", "one on the line", "all on the line"],
)
def test_what_is_out_of_control(values: list[float], found: list[int]):
    assert out_of_control(values, Limits(5.0, 3.0, 7.0)) == found


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([4.9, 5.1] * 3, "It is steady: all 6 points lie within the limits."),
        ([4.9] * 3 + [5.1] * 8, "It has risen since 22:30: 8 points in a row above the centre."),
        ([5.1] + [4.9] * 9, "It has fallen since 22:10: 9 points in a row below the centre."),
        ([4.9, 5.1, 7.5], "It lies above the upper limit at 22:20."),
        ([5.1, 2.5], "It lies below the lower limit at 22:10."),
        (
            [4.9, 7.1, 7.2, 4.9, 5.1, 4.9],
            "It is within its limits now; 2 points were out of control, the last at 22:20.",
        ),
        ([7.1] + [4.9, 5.1] * 6, "It is within its limits now; 1 point was out of control, the last at 04 Mar, 22:00."),
    ],
)
def test_what_a_chart_shows_is_told_in_words(values: list[float], words: str):
    begin = datetime(2026, 3, 4, 22, tzinfo=UTC)
    times = [begin + timedelta(minutes=10 * place) for place in range(len(values))]
    assert in_words("It", values, times, Limits(5.0, 3.0, 7.0)) == words


def test_a_drift_is_seen_long_before_it_reaches_t_and_a_steady_process_is_left_alone():
    """Means of 25 largest values each: the law that the highest severities of maps follow, skewed to the right."""
    draw = np.random.default_rng(2)
    steady = draw.gumbel(2.0, 0.3, (400, 25)).mean(1).tolist()
    limits = control_limits(steady)
    assert limits is not None
    assert len([value for value in steady if not limits.lower <= value <= limits.upper]) <= 4
    drifting = [value + 0.01 * place for place, value in enumerate(steady[20:])]
    first = out_of_control(drifting, limits)[0]
    assert drifting[first] < 3.0
