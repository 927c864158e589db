"""What was changed in a recipe, by whom and why: one line of JSON for each change, beside the recipe."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import AwareDatetime, TypeAdapter

from inspector.errors import InspectorError
from inspector.recipe import ANY_KIND, Area, PolicyRow, Recipe

NONE = "none"
_WORDS = {
    "threshold": "T",
    "cluster_distance": "cluster distance, px",
    "min_area": "minimum area",
    "views": "frames of a part",
}
"""Fields that people call otherwise."""


class Difference(NamedTuple):
    """A field or a policy row, before and after, in words; of the recipe as a whole only what became of it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A change of a recipe; `time` is UTC and aware."""

    time: AwareDatetime
    who: str
    why: str
    what: tuple[Difference, ...]


_CHANGE = TypeAdapter(Change)


def differences(before: Recipe, after: Recipe) -> tuple[Difference, ...]:
    """What differs between two recipes: fields first, then policy rows by their number."""
    return (*_field_differences(before, after), *_row_differences(before.policy, after.policy))


def before_and_after(what: Iterable[Difference]) -> tuple[str, str]:
    """Both sides of some differences, each as one line."""
    told = list(what)
    before = "; ".join(f"{one.field}: {one.before}" for one in told if one.before)
    return before, "; ".join(f"{one.field}: {one.after}" for one in told if one.after)


def row_text(row: PolicyRow) -> str:
    """A policy row in words."""
    kind = "any kind" if row.kind == ANY_KIND else row.kind
    area = f" of {_value_text(row.min_area)} or more" if row.min_area.value else ""
    severity = f" of severity {_value_text(row.min_severity)} or more" if row.min_severity else ""
    return f"{kind}{area}{' and' if area and severity else ''}{severity}: {row.verdict}"


def read_changes(file: Path) -> list[Change]:
    """The changes, newest first; lines that can't be read, as of a write that was cut off, are left out.

    Raises
    ------
    InspectorError
        If the file is there and can't be read.
    """
    try:
        lines = file.read_bytes().splitlines() if file.exists() else []
    except OSError as error:
        raise InspectorError(f"{file} can't be read ({error.strerror}); restore it from a backup") from error
    return [change for line in reversed(lines) if (change := _parsed(line)) is not None]


def append_change(file: Path, change: Change) -> None:
    """Add a change; it is on disk when this returns.

    Raises
    ------
    OSError
        If it can't be written.
    """
    record = {"time": change.time.isoformat(), "who": change.who, "why": change.why}
    line = json.dumps({**record, "what": [one._asdict() for one in change.what]}, ensure_ascii=False)
    with file.open("ab+") as handle:
        if handle.tell():
            handle.seek(-1, os.SEEK_END)
            line = line if handle.read() == b"\n" else f"\n{line}"  # after a write that was cut off
        handle.write(f"{line}\n".encode())
        handle.flush()
        os.fsync(handle.fileno())


def _parsed(line: bytes) -> Change | None:
    try:
        return _CHANGE.validate_json(line)
    except ValueError:
        return None


def _field_differences(before: Recipe, after: Recipe) -> Iterator[Difference]:
    for field in Recipe.model_fields:
        old, new = getattr(before, field), getattr(after, field)
        if field != "policy" and old != new:
            yield Difference(_WORDS.get(field, field.replace("_", " ")), _value_text(old), _value_text(new))


def _row_differences(before: tuple[PolicyRow, ...], after: tuple[PolicyRow, ...]) -> Iterator[Difference]:
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for k, (old, new) in enumerate(zip_longest(before[i:i_end], after[j:j_end])):
            number = (j if new else i) + k + 1
            yield Difference(f"policy row {number}", row_text(old) if old else NONE, row_text(new) if new else NONE)


def _value_text(value: Any) -> str:
    if isinstance(value, Area):
        return f"{_value_text(value.value)} {value.unit}"
    if isinstance(value, float):
        return f"{value:.12g}"
    return NONE if value is None else str(value)
