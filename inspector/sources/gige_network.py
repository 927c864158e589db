"""GigE Vision cameras on the network: which there are, and whether one is still there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.errors import InspectorError

if TYPE_CHECKING:
    from viva_genicam import GigeDeviceInfo

_SEARCH, _ANSWER = 0.5, 0.25
"""Seconds in which all cameras of a network, and one that is asked by itself, have to answer."""

_PORT = 3956
_WHO_ARE_YOU = bytes.fromhex("4201 0002 0000 0001")
_SERIAL, _USER_NAME = slice(8 + 0xD8, 8 + 0xE8), slice(8 + 0xE8, 8 + 0xF8)


@dataclass(frozen=True)
class Found:
    """A camera on the network.

    Attributes
    ----------
    name : str
        What stands behind ``gige:``: the name that its user gave it, else its serial number, else its address.
    model, serial, address : str
        As it says itself; the address is an IPv4 address. A camera may have no serial number.
    """

    name: str
    model: str
    serial: str
    address: str


@contextmanager
def explained(sentence: str) -> Iterator[None]:
    """What the library raises, as an InspectorError of this sentence with the library's words behind."""
    import viva_genicam

    try:
        yield
    except viva_genicam.GenicamError as error:
        raise InspectorError(f"{sentence} ({' '.join(str(error).split())})") from error


def discover(interface: str | None = None) -> list[Found]:
    """The cameras that answer within half a second, also those that another program controls.

    Parameters
    ----------
    interface : str or None
        IPv4 address of this computer on the network to look at; None looks at all.

    Raises
    ------
    InspectorError
        If there is no such interface.
    """
    return [found for found, _ in _search(interface)]


def find(name: str, interface: str | None) -> "tuple[Found, GigeDeviceInfo]":
    """The camera of a name, serial number or IPv4 address, and what the library opens it by.

    Raises
    ------
    InspectorError
        If it does not answer, or there is no such interface.
    """
    cameras = _search(interface)
    for found, device in cameras:
        if name in (found.name, found.serial, found.address):
            return found, device
    others = ", ".join(found.name for found, _ in cameras) or "none"
    raise InspectorError(
        f"camera {name} is not on the network, where {others} answered; check its power, cable and address"
    )


def ask(address: str, interface: str | None) -> bytes:
    """A camera's answer to the question who it is, which any program may ask; empty where none comes.

    The library has no such question: it tells neither serial number nor name, and takes seconds to give a camera up.
    """
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(_ANSWER)
        link.bind((interface or "", 0))
        link.connect((address, _PORT))
        for _ in range(2):  # a datagram may be lost
            with suppress(OSError):
                link.send(_WHO_ARE_YOU)
                return link.recv(1024)
    return b""


def _search(interface: str | None) -> "list[tuple[Found, GigeDeviceInfo]]":
    import viva_genicam

    with explained("the network can't be searched for cameras; check the interface"):
        devices = viva_genicam.discover(round(1000 * _SEARCH), iface=interface, all=True)
    cameras = []
    for device in devices:
        answer = ask(device.ip, interface)
        serial, name = _text(answer[_SERIAL]), _text(answer[_USER_NAME])
        cameras.append((Found(name or serial or device.ip, device.model or "", serial, device.ip), device))
    return cameras


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode(errors="replace").strip()
