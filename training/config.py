"""Training settings from a TOML file."""

import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from inspector.errors import InspectorError
from training.session import TrainingConfig


def load_config(path: Path | None) -> TrainingConfig:
    """The settings of a file, with defaults for what it leaves out; all defaults for None.

    Raises
    ------
    InspectorError
        If the file can't be read, is no TOML or names an unknown or unfit setting.
    """
    if path is None:
        return TrainingConfig()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(TrainingConfig).validate_python(values, extra="forbid")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InspectorError(f"configuration {path} can't be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InspectorError(f"configuration {path}: {place or 'settings'}: {message}") from error
