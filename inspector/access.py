"""Who may change what judges parts: everyone until a password is set, then whoever knows it."""

import logging
import math
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from inspector.errors import InspectorError
from inspector.files import discard, draft_of, publish, write_synced

log = logging.getLogger(__name__)

MIN_LENGTH = 8
"""Characters that a new password needs."""

_FREE_TRIES = 2
_LONGEST_WAIT = 60
_HASHER = PasswordHasher()


class Level(StrEnum):
    """What the person before the station may do."""

    OPERATOR = "operator"
    ENGINEER = "engineer"


class Access:
    """The level of now, and the password between the two.

    It keeps people from changing what they did not mean to; whoever may delete this account's files is not kept out.
    As long as no password is set, everyone is an engineer. `unlock` and `set_password` take some 0.1 s and may be
    called in a thread of their own, one after the other.

    Parameters
    ----------
    path : Path
        The password's file: its argon2id hash, and nothing else.
    idle_minutes : float
        After so long without `touch` the level falls back to operator; 0 is never.
    clock : callable
        Seconds that only grow.

    Attributes
    ----------
    tell : callable
        Told what was changed, what it was, what it became and why: the password and the level, also when it stays for
        a wrong password. Called by whatever thread `unlock` or `set_password` is.
    """

    def __init__(self, path: Path, idle_minutes: float = 10, clock: Callable[[], float] = time.monotonic) -> None:
        self.idle_minutes = idle_minutes
        self._path, self._clock = path, clock
        self._touched = clock()
        self._wrong, self._barred_until = 0, clock()
        self.tell: Callable[[str, str, str, str], None] = lambda what, old, new, why: None
        try:
            self._has_password = self._read() is not None
        except InspectorError:  # said when somebody wants to unlock
            self._has_password = True
        self._level = Level.OPERATOR if self._has_password else Level.ENGINEER

    @property
    def level(self) -> Level:
        """The level of now."""
        return self._level

    @property
    def has_password(self) -> bool:
        """Whether there is anything to unlock."""
        return self._has_password

    @property
    def wait(self) -> int:
        """Seconds until a password is looked at again; 0 is now."""
        return max(0, math.ceil(self._barred_until - self._clock()))

    def unlock(self, password: str) -> bool:
        """Become an engineer; False if the password is wrong.

        Raises
        ------
        InspectorError
            If the password's file is damaged, or too many wrong passwords came in a row: the message and `wait` say
            for how long none is looked at.
        """
        known = self._read()
        if known is not None and not self._matches(known, password):
            return False
        self._has_password = known is not None
        self.tell("level", self._level, Level.ENGINEER, "the password" if known else "there is no password")
        self._begin()
        return True

    def lock(self) -> None:
        """Become an operator, if a password leads back."""
        if self._has_password:
            self._level = Level.OPERATOR

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._clock()

    def tick(self) -> None:
        """Lock if nobody has been there for long."""
        idle = self._clock() - self._touched
        if self.idle_minutes and idle >= self.idle_minutes * 60:
            self.lock()

    def set_password(self, new: str, old: str = "") -> bool:
        """Set the first password, or another one; False if `old` is wrong.

        Raises
        ------
        InspectorError
            As in `unlock`, and if the new password is too short or can't be kept.
        """
        if len(new) < MIN_LENGTH:
            raise InspectorError(f"the new password is too short: it needs at least {MIN_LENGTH} characters")
        known = self._read()
        if known is not None and not self._matches(known, old):
            return False
        try:
            self._keep(new)
        except OSError as error:
            why = error.strerror or error
            raise InspectorError(
                f"the password can't be kept in {self._path}: {why}; make that folder writable and try again"
            ) from error
        self.tell("password", "set" if known else "", "set anew" if known else "set", "")
        self._has_password = True
        self._begin()
        return True

    def _begin(self) -> None:
        self.touch()
        self._level = Level.ENGINEER

    def _read(self) -> str | None:
        """The hash that is kept, or None where there is none."""
        try:
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from error
        if not text.endswith("\n"):
            raise self._unusable("its end is missing")
        return text.removesuffix("\n")

    def _matches(self, known: str, password: str) -> bool:
        if self.wait:
            raise InspectorError(f"too many wrong passwords in a row: wait {self.wait} s and try again")
        try:
            _HASHER.verify(known, _encoded(password))
        except VerifyMismatchError:
            self._wrong += 1
            self.tell("level", self._level, self._level, "a wrong password")
            if self._wrong > _FREE_TRIES:
                self._barred_until = self._clock() + min(2 ** (self._wrong - _FREE_TRIES), _LONGEST_WAIT)
            return False
        except (InvalidHashError, VerificationError) as error:
            raise self._unusable(error) from error
        self._wrong = 0
        if _HASHER.check_needs_rehash(known):
            try:
                self._keep(password)
            except OSError as error:
                log.warning("password file %s can't be renewed: %s", self._path, error)
        return True

    def _keep(self, password: str) -> None:
        """Write the hash of a password: whole or not at all, for this user's eyes only."""
        draft, text = draft_of(self._path), _HASHER.hash(_encoded(password)) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            discard(draft)
            draft.touch(mode=0o600, exist_ok=False)
            write_synced(draft, text.encode())
            publish(draft, self._path)
        except OSError:
            discard(draft)
            raise

    def _unusable(self, why: object) -> InspectorError:
        reason = str(why) or "it holds no password hash"
        return InspectorError(
            f"password file {self._path} can't be used ({reason}), so nobody can unlock: "
            "delete it, start again and set a new password"
        )


def _encoded(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # whatever a field may hold
