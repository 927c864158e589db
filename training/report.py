"""How a long training tells where it is: bars on a terminal, a line now and then in a log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Report = Callable[[str, float, str], None]
"""Told the phase, the share of it that is done and a line of text."""

LOG_SECONDS = 30.0


@contextmanager
def reporting() -> Iterator[Report]:
    """Gives the callable that a training reports to."""
    columns = (TextColumn("{task.description:20}"), BarColumn(), TextColumn("{task.percentage:5.1f} %"))
    bars = Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[note]}"), refresh_per_second=2)
    if not bars.console.is_terminal:
        yield _LogLines()
        return
    tasks: dict[str, TaskID] = {}

    def report(phase: str, done: float, note: str) -> None:
        if phase not in tasks:
            for task in tasks.values():
                bars.update(task, completed=1.0)
            tasks[phase] = bars.add_task(phase, total=1.0, note="")
        bars.update(tasks[phase], completed=done, note=note)

    with bars:
        yield report
        for task in tasks.values():
            bars.update(task, completed=1.0)


@contextmanager
def silence() -> Iterator[Report]:
    """Gives a callable for a training that another process reports of."""
    yield lambda phase, done, note: None


class _LogLines:
    def __init__(self) -> None:
        self._phase, self._told = "", 0.0

    def __call__(self, phase: str, done: float, note: str) -> None:
        if phase == self._phase and time.monotonic() - self._told < LOG_SECONDS:
            return
        self._phase, self._told = phase, time.monotonic()
        print(f"{phase} {100 * done:.1f} % {note}".rstrip(), flush=True)
