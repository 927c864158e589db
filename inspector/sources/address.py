"""How a source is written: on the command line, in the settings, in the journal."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ValidationError

from inspector.credentials import without_secrets
from inspector.errors import InspectorError
from inspector.paths import is_there

STREAMS = ("rtsp", "rtsps", "http", "https")
VIDEOS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})
_DEVICES = ("demo", "camera", "gige")

Options = TypeVar("Options", bound=BaseModel)


@dataclass(frozen=True)
class Address:
    """A source, taken apart.

    Attributes
    ----------
    scheme : str
        ``demo``, ``folder``, ``watch``, ``camera``, ``gige``, ``video`` or ``stream``.
    target : str
        A path, a camera's number or name, a URL; empty for the demo.
    options : mapping of name to text
        What stands behind the question mark, for the demo and cameras.
    """

    scheme: str
    target: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        query = f"?{urlencode(self.options)}" if self.options else ""
        if self.scheme in ("video", "stream"):
            return self.target
        return f"{self.scheme}:{self.target}{query}" if self.target else f"{self.scheme}{query}"

    def with_default(self, name: str, value: str) -> "Address":
        """The same source, with an option where it has none of that name."""
        return replace(self, options={name: value, **self.options})

    def read(self, options: type[Options]) -> Options:
        """The options as a model that knows them.

        Raises
        ------
        InspectorError
            If one is unknown or has no fitting value.
        """
        try:
            return options.model_validate(self.options)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(step) for step in first["loc"])
            known = ", ".join(options.model_fields)
            if first["type"] == "extra_forbidden":
                raise InspectorError(f"source {self}: there is no option {name!r}; there are {known}") from error
            message = first["msg"].removeprefix("Value error, ")
            raise InspectorError(f"source {self}: {name}={first['input']}: {message}") from error


def parse_address(text: str) -> Address:
    """Take apart what a person wrote.

    Parameters
    ----------
    text : str
        ``demo``, ``camera:0``, ``gige:NAME``, each with options as in ``gige:GV01?exposure_us=5000&trigger=Line1``;
        ``folder:PATH`` or a path alone; ``watch:PATH`` for a folder that files are dropped into; a video file; the URL
        of a stream, with ``${NAME}`` for what the environment variable NAME holds.

    Raises
    ------
    InspectorError
        If it is none of these.
    """
    if text.split("://", 1)[0].lower() in STREAMS:
        return Address("stream", text)
    shown = without_secrets(text)
    scheme, _, rest = text.partition(":")
    device, _, query = text.partition("?")
    name, _, target = device.partition(":")
    if name in _DEVICES:
        options = dict(parse_qsl(query, keep_blank_values=True))
        if bool(target) == (name == "demo"):
            raise InspectorError(f"no source {shown!r}: write demo, camera:0 or gige:NAME, with ?option=value behind")
        return Address(name, target, options)
    if scheme in ("folder", "watch") and rest:
        return Address(scheme, rest)
    path = Path(text)
    if not is_there(path):
        raise InspectorError(
            f"no source {shown!r}: give 'demo', a folder of images, an image or video file that exists, "
            "camera:0, gige:NAME or the URL of a stream"
        )
    return Address("video" if path.suffix.lower() in VIDEOS else "folder", text)
