"""The demo line: simulated parts without end, at a given pace."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from inspector.errors import InspectorError
from inspector.simulation.dataset import part_name
from inspector.simulation.part import simulate_part
from inspector.sources.address import Address
from inspector.types import Frame

DEMO_SEED = 2020
"""Not among the seeds that the demo model was trained on."""


class SimulatedSource:
    """Parts of a simulated line, one frame each.

    Parameters
    ----------
    seed : int
        Seed of the line, 0 or more; the same seed gives the same parts.
    count : int
        Number of parts; 0 for an endless line.
    parts_per_second : float or None
        Pace of the line; None gives each part as soon as it is asked for.

    Raises
    ------
    InspectorError
        If a number is out of its range.
    """

    name = "demo"

    def __init__(self, seed: int = 0, count: int = 0, parts_per_second: float | None = None) -> None:
        if seed < 0 or count < 0 or (parts_per_second is not None and parts_per_second <= 0):
            raise InspectorError(
                f"the demo line can't run with seed {seed}, count {count} and {parts_per_second} parts per second; "
                "seed and count start at 0 and the pace is above 0"
            )
        self._seed = seed
        self._count = count
        self._period = 0.0 if parts_per_second is None else 1 / parts_per_second
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Frame]:
        """Parts in order, from the first; none once the source is closed."""
        index = 0
        due = time.monotonic()
        while not self._closed.is_set() and (not self._count or index < self._count):
            pixels, name = simulate_part(self._seed, index).pixels, part_name(index)
            if self._closed.wait(max(0.0, due - time.monotonic())):
                return
            yield Frame(pixels, index, name=name, part=name, captured_at=datetime.now(UTC))
            index += 1
            # A line that was held up goes on at its pace; it does not catch up in a burst.
            due = max(due + self._period, time.monotonic())

    def __len__(self) -> int:
        """Number of parts; 0 for an endless line."""
        return self._count

    def close(self) -> None:
        """End the iteration, also one that waits for the next part; the source gives no more frames."""
        self._closed.set()

    def discard(self, in_hand: int) -> bool:
        """See `Source`: a part is made when it is asked for."""
        return False


class DemoOptions(BaseModel):
    """``demo?rate=5&seed=7``: parts per second, as fast as asked where none is given, and which line it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: float | None = Field(default=None, gt=0, allow_inf_nan=False, title="parts per second")
    seed: int = Field(default=DEMO_SEED, ge=0, title="number of the line")


def open_demo(address: Address, frames: int) -> SimulatedSource:
    """The demo line of an address."""
    options = address.read(DemoOptions)
    return SimulatedSource(seed=options.seed, count=frames, parts_per_second=options.rate)
