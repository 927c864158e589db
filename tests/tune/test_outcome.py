import pytest

from inspector.tune.outcome import Outcome, outcome
from inspector.types import Verdict


@pytest.mark.parametrize(
    ("defective", "verdict", "expected"),
    [
        (True, Verdict.ACCEPT, Outcome.MISSED),
        (True, Verdict.REVIEW, Outcome.REVIEW),
        (True, Verdict.REJECT, Outcome.FOUND),
        (False, Verdict.ACCEPT, Outcome.SOUND),
        (False, Verdict.REVIEW, Outcome.REVIEW),
        (False, Verdict.REJECT, Outcome.FALSE_ALARM),
    ],
)
def test_what_a_verdict_is_worth(defective: bool, verdict: Verdict, expected: Outcome) -> None:
    assert outcome(defective, verdict) is expected
    assert expected.is_mistake == (expected in (Outcome.MISSED, Outcome.FALSE_ALARM))
