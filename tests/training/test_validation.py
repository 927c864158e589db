import itertools

import pytest
import torch
from torch import nn

from training.validation import COOL_DOWN, Validation

STEPS = 1400
SHARES = [0.35 + 0.05 * k for k in range(14)]
"""Where a training is measured that is never cut short."""


class Growing:
    """A training whose network counts its steps, with scores that are given."""

    def __init__(self, scores: list[float], patience: int) -> None:
        self.network, self.scores, self.asked = nn.Linear(1, 1), scores, []
        self.validation = Validation(self.network, self.score, patience)
        self.step, self.trained_at = 0, []

    def score(self, batches: float) -> float:
        self.asked.append(batches)
        return self.scores[len(self.validation.curve)]

    def run(self, until: int = STEPS) -> bool:
        """Go on to a step or the end; whether it is the end."""
        while (done := self.validation.look(self.step / STEPS, self.step)) < 1:
            if self.step == until:
                return False
            self.trained_at.append(done)
            self.step += 1
            nn.init.constant_(self.network.weight, self.step)
        return True


def test_it_measures_from_a_third_on_to_the_very_end() -> None:
    training = Growing([0.1 * k for k in range(14)], patience=3)
    assert training.run()
    assert [share for share, _ in training.validation.curve] == pytest.approx(SHARES, abs=1e-3)
    assert [score for _, score in training.validation.curve] == training.scores
    assert training.step == STEPS


def test_all_measurements_together_take_a_tenth_of_the_arithmetic() -> None:
    """A step is worth three passes, so 1400 steps leave 14 measurements 30 batches each."""
    training = Growing([0.0] * 14, patience=3)
    training.run()
    assert training.asked == [pytest.approx(30)] * 14


def test_the_best_weights_are_kept_and_of_equal_ones_the_latest() -> None:
    training = Growing([0.2, 0.5, 0.4, 0.5, *[0.3] * 10], patience=14)
    training.run()
    assert training.network.weight.item() == STEPS
    training.validation.take_best()
    assert training.network.weight.item() == pytest.approx(0.5 * STEPS)


def test_without_a_gain_the_training_leaps_to_its_cool_down() -> None:
    training = Growing([0.2, 0.5, 0.4, 0.3, 0.45, 0.3, 0.6, 0.4, 0.1], patience=3)
    training.run()
    at = round(0.55 * STEPS)  # the third measurement after the one at 0.4
    assert training.trained_at[:at] == pytest.approx([step / STEPS for step in range(at)])
    assert training.trained_at[at:] == pytest.approx([COOL_DOWN + step / STEPS for step in range(STEPS * 15 // 100)])
    assert [share for share, _ in training.validation.curve] == pytest.approx(
        [0.35, 0.4, 0.45, 0.5, 0.55, 0.9, 0.95, 1.0], abs=2e-3
    )
    training.validation.take_best()
    assert training.network.weight.item() == pytest.approx(at + 0.1 * STEPS, abs=2)  # 0.6, at 0.95


def test_equal_scores_are_no_reason_to_stop() -> None:
    """As long as a network finds nothing at all, it has not stopped learning."""
    training = Growing([0.0] * 14, patience=2)
    training.run()
    assert training.step == STEPS


def test_without_patience_nothing_is_measured_and_the_last_weights_stay() -> None:
    training = Growing([], patience=0)
    training.run()
    training.validation.take_best()
    assert training.validation.curve == []
    assert training.network.weight.item() == STEPS
    assert training.validation.note == ""


def test_what_was_stopped_goes_on_as_if_it_had_not_been(tmp_path) -> None:
    scores = [0.2, 0.5, 0.4, 0.3, 0.45, 0.3, 0.6, 0.4, 0.1]
    unbroken = Growing(scores, patience=3)
    unbroken.run()
    unbroken.validation.take_best()
    for stop in (0, 489, 490, 600, 770, 771, 900, 980):
        first = Growing(scores, patience=3)
        first.run(stop)
        torch.save(first.validation.state_dict(), tmp_path / "state.pt")
        again = Growing(scores, patience=3)
        again.step = stop
        nn.init.constant_(again.network.weight, stop)
        again.validation.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
        assert again.run()
        again.validation.take_best()
        assert again.validation.curve == unbroken.validation.curve
        assert again.trained_at == unbroken.trained_at[stop:]
        assert torch.equal(again.network.weight, unbroken.network.weight)


def test_a_training_that_is_over_is_not_measured_again() -> None:
    training = Growing([0.1] * 14, patience=3)
    training.run()
    for _ in itertools.repeat(None, 3):
        assert training.run()
    assert len(training.asked) == 14


def test_the_note_tells_the_latest_and_the_best() -> None:
    training = Growing([0.25, 0.5, 0.375], patience=3)
    training.run(STEPS // 2 - 1)
    assert training.validation.note == ", val 0.375, best 0.500"
