"""Changes of what judges parts, each sealed together with the one before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from inspector.errors import InspectorError

START = ""
"""Stands before the first change."""


@dataclass(frozen=True)
class Change:
    """What somebody changed.

    Attributes
    ----------
    who : str
    what : str
        Such as "recipe magnetic tile".
    old, new : str
        What it was, and what it became; empty where there was or is nothing.
    why : str
    """

    who: str
    what: str
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class AuditEntry:
    """A change in the journal.

    Attributes
    ----------
    id : int
    time : datetime
        UTC, aware.
    change : Change
    digest : str
        `sealed` over the change and the digest before it.
    """

    id: int
    time: datetime
    change: Change
    digest: str


def sealed(before: str, entry_id: int, time: datetime, change: Change) -> str:
    """SHA-256 of a change and of the digest `before` it, hex: neither can be altered without altering all that follow.

    Notes
    -----
    Of the UTF-8 JSON list [before, id, time, who, what, old, new, why] without spaces, time in UTC with six decimals.
    """
    values = [before, entry_id, time.astimezone(UTC).isoformat(timespec="microseconds"), *astuple(change)]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def check_chain(entries: Iterable[AuditEntry], journal: str) -> int:
    """Check the seals of one station's changes, oldest first; returns how many there are.

    Nobody can see from the chain alone that changes were cut off at its end: compare the last digest with one that was
    noted elsewhere.

    Raises
    ------
    InspectorError
        With the first change whose seal does not fit: it, or one before it, was altered, removed or put in.
    """
    before, count = START, 0
    for entry in entries:
        if sealed(before, entry.id, entry.time, entry.change) != entry.digest:
            raise InspectorError(
                f"the audit of {journal} was tampered with at or before change {entry.id} "
                f"({entry.change.what}, {entry.time:%Y-%m-%d %H:%M}): its seal does not fit; compare with a backup"
            )
        before, count = entry.digest, count + 1
    return count
