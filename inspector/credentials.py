"""Secrets in the address of a source or a journal: shown to nobody, kept in no file, taken from the environment."""

import os
import re
from urllib.parse import quote

from inspector.errors import InspectorError

_HIDDEN = "***"
_USER = re.compile(r"(?<=://).*@")
_PASSWORD = re.compile(r"(?<!/)(//[^:/?#@]*:)(.*)(?=@)")
_SECRET = re.compile(r"(?<=[/?&;])([^/?=&;]*(?:pass|pwd|token|key|secret|auth|user|login)[^=&;]*=)([^&;]*)", re.I)
_NAME = re.compile(r"\$\{(\w+)\}")


def without_secrets(url: str) -> str:
    """The URL as people may read it: no user, no password, and ``***`` where its query holds one.

    Everything up to the last ``@`` goes, since a password may hold any character.

    >>> without_secrets("rtsp://admin:secret@10.0.0.5:554/live?channel=1&pwd=secret")
    'rtsp://10.0.0.5:554/live?channel=1&pwd=***'
    """
    return _SECRET.sub(rf"\1{_HIDDEN}", _USER.sub("", url))


def keepable(address: str) -> str:
    """The address of a source as it may stand in a file: ``***`` for a secret, but the name of a variable as it is.

    >>> keepable("rtsp://admin:secret@10.0.0.5/live")
    'rtsp://admin:***@10.0.0.5/live'
    >>> keepable("rtsp://admin:${CAMERA_PASSWORD}@10.0.0.5/live")
    'rtsp://admin:${CAMERA_PASSWORD}@10.0.0.5/live'
    """
    return _SECRET.sub(_hidden, _PASSWORD.sub(_hidden, address)) if "//" in address else address


def filled_in(url: str) -> str:
    """The URL of a stream with the values of the environment's variables that it names, as in ``${CAMERA_PASSWORD}``.

    Raises
    ------
    InspectorError
        If one is not set, or a secret was left out when the URL was kept.
    """
    shown = without_secrets(url)
    if _HIDDEN in url:
        raise InspectorError(
            f"the password of {shown} is kept in no file; write the address anew, or in it ${{NAME}} for the password "
            "that the environment variable NAME holds"
        )

    def value(found: re.Match[str]) -> str:
        if (secret := os.environ.get(found[1])) is None:
            raise InspectorError(f"the environment variable {found[1]} for {shown} is not set; set it, and start anew")
        return quote(secret, safe="")

    return _NAME.sub(value, url)


def _hidden(found: re.Match[str]) -> str:
    return found[0] if _NAME.search(found[2]) else f"{found[1]}{_HIDDEN}"
