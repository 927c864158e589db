"""What a verdict is worth, as truth is known."""

from enum import StrEnum

from inspector.types import Verdict


class Outcome(StrEnum):
    """Of a frame, in a word."""

    MISSED = "missed"
    FALSE_ALARM = "false alarm"
    REVIEW = "to review"
    FOUND = "found"
    SOUND = "sound"

    @property
    def is_mistake(self) -> bool:
        """Whether the verdict is wrong; what goes to a person is not."""
        return self in (Outcome.MISSED, Outcome.FALSE_ALARM)


def outcome(defective: bool, verdict: Verdict) -> Outcome:
    """What a verdict on a defective or sound frame is."""
    if verdict is Verdict.REVIEW:
        return Outcome.REVIEW
    if defective:
        return Outcome.FOUND if verdict is Verdict.REJECT else Outcome.MISSED
    return Outcome.FALSE_ALARM if verdict is Verdict.REJECT else Outcome.SOUND
