"""What was typed into a recipe and not saved: a file beside it, so that a closed window or a kill costs nothing; no Qt.

The file is there as long as something is unsaved, and its time is when that was typed last.
"""

import logging
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from inspector.errors import InspectorError
from inspector.files import discard, draft_of, publish, write_synced
from inspector.gui.recipe_draft import Draft

log = logging.getLogger(__name__)

_JSON = TypeAdapter(Draft)


class Unsaved(NamedTuple):
    """What was typed, and when, in local time."""

    draft: Draft
    time: datetime


def read_unsaved(recipe: Path) -> Unsaved | None:
    """What was typed into the recipe of a file; None if nothing was, or what was can't be read."""
    file = _file(recipe)
    try:
        return Unsaved(_JSON.validate_json(file.read_bytes()), datetime.fromtimestamp(file.stat().st_mtime))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        log.warning("what was typed into a recipe and kept in %s can't be read: %s", file, error)
        return None


def keep_unsaved(recipe: Path, draft: Draft) -> None:
    """Keep what was typed; it is on disk when this returns.

    Raises
    ------
    InspectorError
        If it can't be written.
    """
    file = _file(recipe)
    scratch = draft_of(file)
    try:
        write_synced(scratch, _JSON.dump_json(draft, indent=1))
        publish(scratch, file)
    except OSError as error:
        discard(scratch)
        raise InspectorError(
            f"what is typed into {recipe.name} is kept in this window alone, as {file} can't be written "
            f"({error.strerror}); make room, or save the recipe before you close the window"
        ) from error


def forget_unsaved(recipe: Path) -> None:
    """There is nothing unsaved any more."""
    discard(_file(recipe))


def _file(recipe: Path) -> Path:
    return recipe.with_suffix(".unsaved.json")
