"""Annotation files of other tools: read whole or refused, and trusted with nothing outside their folder."""

from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError

from inspector.errors import InspectorError
from inspector.reading import first_fault, read_bytes

Coordinate = Annotated[float, Field(allow_inf_nan=False)]
"""In px; pixel 0 covers [0, 1)."""

_MOST = 1 << 30
"""Bytes of a file: COCO's own have half as many."""

Content = TypeVar("Content", bound=BaseModel)


def json_files(folder: Path) -> list[Path]:
    """The JSON files of a folder, sorted; hidden files are left out."""
    return sorted(p for p in folder.glob("*") if p.suffix.lower() == ".json" and not p.name.startswith("."))


def read_json(path: Path, form: type[Content]) -> Content:
    """The content of a JSON file, checked against its form.

    Raises
    ------
    InspectorError
        If it can't be read, is no JSON or not of this form.
    """
    try:
        return form.model_validate_json(read_bytes(path, _MOST).decode("utf-8-sig"))
    except ValidationError as error:
        raise InspectorError(f"{path} is malformed: {first_fault(error)}; correct it or export it anew") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InspectorError(f"{path} can't be read: {error}") from error


def path_inside(folder: Path, name: str, source: Path) -> Path:
    """Where the image `name` that the file `source` mentions lies, with either kind of slash; it may be missing.

    Raises
    ------
    InspectorError
        If the name is absolute or leads out of the folder.
    """
    path = PureWindowsPath(name)
    if path.anchor or ".." in path.parts:
        raise InspectorError(f"{source} names {name!r}, which is no place inside its dataset; move the image there")
    return folder.joinpath(*path.parts)


def check_size(stated: tuple[int | None, int | None], shape: tuple[int, int], what: str) -> None:
    """Refuse outlines that were drawn on an image of another size; `stated` (rows, columns) may be unknown.

    Raises
    ------
    InspectorError
    """
    if any(side not in (None, actual) for side, actual in zip(stated, shape, strict=True)):
        raise InspectorError(f"{what} was annotated at {stated} rows and columns, but its image has {shape}")


def check_near(xs: Sequence[float], ys: Sequence[float], shape: tuple[int, int], what: str) -> None:
    """Refuse outlines that can't be meant for the frame: further outside of it than its longer side.

    Raises
    ------
    InspectorError
    """
    far = max(shape)
    if min(*xs, *ys) < -far or max(xs) > shape[1] + far or max(ys) > shape[0] + far:
        raise InspectorError(f"{what} reaches far outside of its image of {shape} rows and columns; draw it anew")
