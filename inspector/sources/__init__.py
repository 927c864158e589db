"""Where frames come from."""

from pathlib import Path

from inspector.errors import InspectorError
from inspector.sources.base import Source
from inspector.sources.folder import FolderSource
from inspector.sources.simulated import SimulatedSource

DEMO = "demo"
DEMO_SEED = 2020
"""Not among the seeds that the demo model was trained on."""


def open_source(text: str, *, frames: int = 0, parts_per_second: float | None = None) -> Source:
    """The source of a command line or a dialog.

    Parameters
    ----------
    text : str
        ``demo``, a folder or image file, or ``folder:PATH``.
    frames : int
        Stop after so many; 0 for all, which is no end at the demo.
    parts_per_second : float or None
        The demo's pace; None is as fast as asked.

    Raises
    ------
    InspectorError
        If there is no such source.
    """
    if text == DEMO:
        return SimulatedSource(seed=DEMO_SEED, count=frames, parts_per_second=parts_per_second)
    path = Path(text.removeprefix("folder:"))
    if not path.exists():
        raise InspectorError(f"no source {text!r}: give 'demo', a folder of images or an image file that exists")
    return FolderSource(path, limit=frames)
