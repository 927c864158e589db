"""What a person can choose a source from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Known:
    """A source, or the beginning of the address of one.

    Attributes
    ----------
    title, about : str
        For people.
    address : str
        See `inspector.sources.parse_address`; where it ends in ``:`` or ``//`` a person writes the rest.
    """

    title: str
    about: str
    address: str


def known_sources(*, search: bool) -> list[Known]:
    """The kinds of sources, the cameras of this machine and, after a search of some seconds, those of the network."""
    found = [
        Known("Demo line", "simulated parts", "demo?rate=2"),
        Known("Folder", "the images that it holds", "folder:"),
        Known("Watched folder", "images that are dropped into it", "watch:"),
        *(Known(f"Camera {number}", "built in or on USB", f"camera:{number}") for number in _local_cameras()),
        Known("Stream", "RTSP, or MJPEG over HTTP", "rtsp://"),
    ]
    if search:
        from inspector.sources.gige import discover  # its library is loaded where a network is looked at

        cameras = discover()
        found += [
            Known(f"{camera.model} {camera.name}", f"GigE Vision at {camera.address}", f"gige:{camera.name}")
            for camera in cameras
        ]
        if not cameras:
            found.append(Known("GigE Vision", "none was found; write its name or address", "gige:"))
    return found


def _local_cameras() -> list[int]:
    """Numbers of the video devices where the system lists them, else the first one."""
    devices = sorted(Path("/dev").glob("video[0-9]*")) if Path("/dev").is_dir() else []
    return [int(device.name.removeprefix("video")) for device in devices] or [0]
