"""The progress bar of the commands: on stderr, and only for people who look at it."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


def progress_bars(transient: bool = False) -> Progress:
    """Bars with counts and times; nothing where stderr is no terminal. What is printed meanwhile stays on stdout.

    Parameters
    ----------
    transient : bool
        Take the bars away at the end.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    return Progress(
        *columns,
        console=console,
        refresh_per_second=4,
        transient=transient,
        disable=not console.is_terminal,
        redirect_stdout=sys.stdout.isatty(),
    )
