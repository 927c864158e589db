"""Where frames come from."""

from collections.abc import Callable

from pydantic import BaseModel

from inspector.errors import InspectorError
from inspector.sources.address import Address, parse_address
from inspector.sources.base import Source
from inspector.sources.camera import CameraOptions, open_camera
from inspector.sources.folder import open_folder
from inspector.sources.gige import open_gige
from inspector.sources.gige_settings import GigeOptions
from inspector.sources.simulated import DemoOptions, open_demo
from inspector.sources.stream import open_stream
from inspector.sources.video import open_video
from inspector.sources.watched import open_watched

OPENERS: dict[str, Callable[[Address, int], Source]] = {
    "demo": open_demo,
    "folder": open_folder,
    "watch": open_watched,
    "camera": open_camera,
    "gige": open_gige,
    "video": open_video,
    "stream": open_stream,
}
"""Scheme of a source's address -> what opens it. See `inspector.sources.address` for what an address looks like."""


OPTIONS: dict[str, type[BaseModel]] = {
    "demo": DemoOptions,
    "camera": CameraOptions,
    "gige": GigeOptions,
}
"""Scheme -> the model of its options, for those that have any."""


def open_source(text: str, *, frames: int = 0, parts_per_second: float | None = None, part: str = "") -> Source:
    """The source of a command line or a dialog.

    Parameters
    ----------
    text : str
        An address; see `parse_address`.
    frames : int
        Stop after so many; 0 for all, which is no end at the demo and at cameras.
    parts_per_second : float or None
        The demo's pace where its address says none; None is as fast as asked.
    part : str
        Names the parts of a folder's files; see `PartNames`.

    Raises
    ------
    InspectorError
        If there is no such source, or its address says what it does not know.
    """
    address = parse_address(text)
    if address.scheme == "demo" and parts_per_second is not None:
        address = address.with_default("rate", str(parts_per_second))
    if part:
        if address.scheme not in ("folder", "watch"):
            raise InspectorError(f"source {text} has no files whose names could name parts; leave the expression out")
        address = address.with_default("part", part)
    return OPENERS[address.scheme](address, frames)


__all__ = ["OPTIONS", "Address", "open_source", "parse_address"]
