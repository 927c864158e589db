"""A recipe as it is typed: texts, and what is wrong with them; no Qt."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from inspector.errors import InspectorError
from inspector.recipe import ANY_KIND, Area, AreaField, PolicyRow, Recipe
from inspector.types import SEVERITY_MAX, Verdict

Place = str | tuple[int, str]
"""A field of a draft, or of one of its rows."""

_AREA: TypeAdapter[Area] = TypeAdapter(AreaField)


@dataclass(frozen=True)
class RowDraft:
    """A row of the policy as it is typed; empty limits are none."""

    kind: str = ANY_KIND
    min_area: str = ""
    min_severity: str = ""
    verdict: Verdict = Verdict.REVIEW


@dataclass(frozen=True)
class Draft:
    """A recipe as it is typed; `base` has what can't be typed."""

    base: Recipe = field(compare=False)
    name: str
    model: str
    threshold: str
    cluster_distance: str
    min_area: str
    mm_per_px: str
    views: str
    rows: tuple[RowDraft, ...]


class Reading(NamedTuple):
    """The recipe that a draft is, or None and what is wrong at which place."""

    recipe: Recipe | None
    problems: dict[Place, str]


def draft_of(recipe: Recipe) -> Draft:
    """The texts of a recipe; read again they are the same recipe."""
    return Draft(
        base=recipe,
        name=recipe.name,
        model=recipe.model,
        threshold=_number_text(recipe.threshold),
        cluster_distance=_number_text(recipe.cluster_distance),
        min_area=_area_text(recipe.min_area),
        mm_per_px="" if recipe.mm_per_px is None else _number_text(recipe.mm_per_px),
        views=str(recipe.views),
        rows=tuple(
            RowDraft(
                row.kind,
                _area_text(row.min_area),
                _number_text(row.min_severity) if row.min_severity else "",
                row.verdict,
            )
            for row in recipe.policy
        ),
    )


def read_draft(draft: Draft, kinds_of: Callable[[str], tuple[str, ...]]) -> Reading:
    """Check a draft.

    Parameters
    ----------
    draft : Draft
    kinds_of : callable
        Gives the kinds that a model tells apart; raises InspectorError if there is no such model.
    """
    problems: dict[Place, str] = {}
    values: dict[str, Any] = {}
    for name, read in _FIELDS.items():
        try:
            values[name] = read(getattr(draft, name))
        except ValueError as error:
            problems[name] = str(error)
    kinds: tuple[str, ...] | None = None
    try:
        kinds = kinds_of(draft.model.strip()) if draft.model.strip() else None
    except InspectorError as error:
        problems["model"] = str(error)
    rows = [_read_row(row, number, kinds, problems) for number, row in enumerate(draft.rows)]
    areas = [values.get("min_area"), *(row.get("min_area") for row in rows)]
    if values.get("mm_per_px", 0) is None and any(area is not None and area.unit == "mm2" for area in areas):
        problems["mm_per_px"] = "areas in mm2 need it: type how many mm a px is"
    if problems:
        return Reading(None, problems)
    policy = tuple(PolicyRow.model_validate(row) for row in rows)
    return Reading(Recipe.model_validate({**dict(draft.base), **values, "policy": policy}), {})


def _read_row(row: RowDraft, number: int, kinds: tuple[str, ...] | None, problems: dict[Place, str]) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": row.kind, "verdict": row.verdict}
    if kinds is not None and row.kind not in (ANY_KIND, *kinds):
        problems[number, "kind"] = f"the model tells no {row.kind!r} apart, so the row never matches: choose another"
    for name, read in (("min_area", _area), ("min_severity", _limit)):
        try:
            values[name] = read(getattr(row, name))
        except ValueError as error:
            problems[number, name] = str(error)
    return values


def _number(text: str, low: float, high: float, said: str) -> float:
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        raise ValueError(said) from None
    if not low <= number <= high:  # not a number is neither
        raise ValueError(said)
    return number


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("type something: it can't be empty")
    return text.strip()


def _threshold(text: str) -> float:
    return _number(text, 0, SEVERITY_MAX, "it is a number from 0 to 12")


def _limit(text: str) -> float:
    return _threshold(text) if text.strip() else 0.0


def _area(text: str) -> Area:
    plain = text.strip().replace(",", ".").replace("\N{SUPERSCRIPT TWO}", "2") or "0"
    try:
        return _AREA.validate_python(plain if re.search("[mp]", plain) else f"{plain} px2")
    except ValidationError:
        raise ValueError('an area is "40" or "40 px2" in pixels, or "2.5 mm2"; empty is none') from None


def _scale(text: str) -> float | None:
    if not text.strip():
        return None
    return _number(text, math.ulp(0.0), 1e6, "it is a number over 0, or empty where it is not known")


def _views(text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= 1000:
        raise ValueError("it is a number from 1 to 1000")
    return int(text)


_FIELDS: dict[str, Callable[[str], Any]] = {
    "name": _text,
    "model": _text,
    "threshold": _threshold,
    "cluster_distance": lambda text: _number(text, 0, 64, "it is a number of px from 0 to 64"),
    "min_area": _area,
    "mm_per_px": _scale,
    "views": _views,
}


def _number_text(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _area_text(area: Area) -> str:
    return f"{_number_text(area.value)} {area.unit}" if area != Area(value=0) else ""
