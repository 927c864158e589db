import numpy as np
import pytest

from training.bootstrap import bootstrap_intervals


def mean(units):
    return {"mean": float(np.mean(units))}


def test_the_interval_of_a_mean_is_that_of_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(10, 2, 300).tolist()
    low, high = bootstrap_intervals(values, mean, draws=2000)["mean"]
    error = np.std(values) / np.sqrt(len(values))
    assert low == pytest.approx(np.mean(values) - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(np.mean(values) + 1.96 * error, abs=0.15 * error)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = list(range(20))
    assert bootstrap_intervals(values, mean, seed=3) == bootstrap_intervals(values, mean, seed=3)
    assert bootstrap_intervals(values, mean, seed=3) != bootstrap_intervals(values, mean, seed=4)


def test_what_never_moves_or_never_is_defined_has_no_interval() -> None:
    def figures(units):
        return {"never": float("nan"), "same": 0.3 + 0 * sum(units), "often": min(units) or float("nan")}

    intervals = bootstrap_intervals([0.0, 1.0, 2.0, 3.0], figures)
    assert set(intervals) == {"often"}
    assert intervals["often"] == (1, pytest.approx(3, abs=1))
