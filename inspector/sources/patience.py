"""Not to wait for ever on a source that gives nothing."""

import threading
import time
from collections.abc import Iterator

from inspector.errors import InspectorError
from inspector.sources.base import Item, Source, SourceState, Status


def with_patience(source: Source, seconds: float) -> Iterator[Item]:
    """What a source gives, as long as a frame comes now and then.

    The time that the caller takes does not count.

    Parameters
    ----------
    source : Source
        Closed when the patience is at its end.
    seconds : float
        To wait for a frame; 0 waits for ever.

    Raises
    ------
    InspectorError
        If none came.
    """
    items, waited, status = iter(source), 0.0, Status(SourceState.CONNECTING)
    over = threading.Event()

    def give_up() -> None:
        over.set()
        source.close()

    while not over.is_set():
        began = time.monotonic()
        timer = threading.Timer(seconds - waited, give_up)
        timer.daemon = True  # Ctrl-C may come while it starts
        try:
            if seconds:
                timer.start()
            item = next(items, None)
        finally:
            timer.cancel()
        if item is None:
            break
        if isinstance(item, Status):
            waited, status = waited + time.monotonic() - began, item
        else:
            waited = 0.0
        yield item
    if over.is_set():
        why = status.text or f"it is {status.state}; check what it waits for"
        raise InspectorError(f"no frame came from {source.name} within {seconds:g} s: {why}")
