"""The shift that a part belongs to, and how many of its parts are good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from inspector.types import Verdict


def shift_start(at: datetime, starts: Sequence[time]) -> datetime:
    """When the shift began that a time lies in.

    Parameters
    ----------
    at : datetime
        Aware, in the zone that the shifts' times are in.
    starts : sequence of time
        Of the shifts of a day, in any order, at least one.
    """
    today = [at.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0) for start in starts]
    begun = [start for start in today if start <= at]
    return max(begun) if begun else max(today) - timedelta(days=1)


def with_verdict(
    counts: Mapping[Verdict, int], verdict: Verdict, replaces: Verdict | None = None
) -> Mapping[Verdict, int]:
    """The counts with one part more, or with a part of theirs counted anew.

    A part whose first verdict was counted elsewhere, in the shift before, say, is one part more here.
    """
    after = {**counts, verdict: counts[verdict] + 1}
    if replaces is not None and after[replaces]:
        after[replaces] -= 1
    return after


@dataclass(frozen=True)
class Shift:
    """The counts of a shift; a part of the next one begins anew.

    Attributes
    ----------
    starts : tuple of time
        Of a day's shifts.
    since : datetime
        Aware; when this one began.
    counts : mapping of Verdict to number of parts
    """

    starts: tuple[time, ...]
    since: datetime
    counts: Mapping[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))

    @classmethod
    def of(cls, at: datetime, starts: tuple[time, ...]) -> "Shift":
        """The shift that a time lies in, without its parts."""
        return cls(starts, shift_start(at, starts))

    def with_part(self, verdict: Verdict, at: datetime, replaces: Verdict | None = None) -> "Shift":
        """This shift with one part more, or the next one with its first; `replaces` is what the part counted as."""
        local = at.astimezone(self.since.tzinfo)
        shift = self if shift_start(local, self.starts) <= self.since else Shift.of(local, self.starts)
        return replace(shift, counts=with_verdict(shift.counts, verdict, replaces))

    @property
    def parts(self) -> int:
        """How many."""
        return sum(self.counts.values())

    @property
    def yield_share(self) -> float | None:
        """Accepted parts of all, in [0, 1]; None before the first."""
        return self.counts[Verdict.ACCEPT] / self.parts if self.parts else None
