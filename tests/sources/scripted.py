"""A device that does what a test says, for what no real one does at will: hang, repeat, count wrongly."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from inspector.sources.driver import Shot

Step = Callable[[float], Shot | None]


def picture(number: int | None = None, *, same: bool = False, error: str = "") -> Shot:
    """A shot of noise, new each time unless it is to be the `same`."""
    pixels = np.zeros((16, 16), np.uint8) if same else np.random.default_rng().integers(0, 255, (16, 16), np.uint8)
    return Shot(None if error else pixels, number, datetime.now(UTC), error)


class Device:
    """Plays steps, one for each call of `read`, over as many connections as it takes; nothing more comes after them."""

    def __init__(self, *steps: Step | Exception) -> None:
        self.steps = list(steps)
        self.refusals: list[Exception] = []
        self.connections = self.closed = 0
        self.release = threading.Event()

    def connect(self) -> "Device":
        self.connections += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return self

    def read(self, timeout: float) -> Shot | None:
        if not self.steps:
            time.sleep(min(timeout, 0.05))
            return None
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step(timeout)

    def close(self) -> None:
        self.closed += 1

    def hang(self, timeout: float) -> Shot | None:
        """Does not come back before the test is over."""
        self.release.wait(30)
        return None


def shots(*numbers: int | None) -> list[Step]:
    """Pictures with these counts of the device."""
    return [lambda _, number=number: picture(number) for number in numbers]
