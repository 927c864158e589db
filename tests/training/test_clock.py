import pytest

from training.clock import Clock

SOON = 0.1
"""Minutes that a test may take."""


def test_each_phase_gets_its_share_as_long_as_that_much_is_left() -> None:
    clock = Clock(10)
    assert clock.share(0.7) == pytest.approx(7)
    clock.add(60 * 5)
    assert clock.share(0.25) == pytest.approx(2.5)
    assert clock.share(0.7) == pytest.approx(9.7 - 5, abs=SOON)  # 3 % is for what follows
    clock.add(60 * 3)
    assert clock.share(0.25) == pytest.approx(1.7, abs=SOON)


def test_a_phase_is_never_left_out() -> None:
    clock = Clock(10)
    clock.add(60 * 20)
    assert clock.share(0.25) == pytest.approx(0.2)


def test_without_a_budget_there_is_no_limit() -> None:
    clock = Clock(None)
    clock.add(60)
    assert clock.share(0.25) is None
