"""What a product needs to be judged: model, T, sizes and the accept / reject policy."""

import hashlib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from inspector.errors import InspectorError
from inspector.reading import first_fault, parse_toml, read_bytes
from inspector.types import SEVERITY_MAX, Verdict

ANY_KIND = "*"
_LONGEST_PATH, _LONGEST_NAME = 1000, 255
_AREA = re.compile(r"\s*((?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(px2|mm2)\s*")


class Area(BaseModel):
    """An area in square pixels or square millimetres."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float = Field(ge=0, allow_inf_nan=False)
    unit: Literal["px2", "mm2"] = "px2"

    def in_px2(self, mm_per_px: float | None) -> float:
        """The area in square pixels.

        Raises
        ------
        ValueError
            If the area is in mm2 and `mm_per_px` is None.
        """
        if self.unit == "px2":
            return self.value
        if mm_per_px is None:
            raise ValueError("an area in mm2 needs mm_per_px")
        return self.value / mm_per_px / mm_per_px  # whose square may be no number

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


def _read_area(value: Any) -> Any:
    """A number is px2; a string carries its unit, as in "2.5 mm2"."""
    if isinstance(value, str):
        match = _AREA.fullmatch(value)
        if not match:
            raise ValueError('an area is a number of px2 or a text like "2.5 mm2"')
        return Area(value=float(match[1]), unit=match[2])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Area(value=float(value))
    return value


def _write_area(area: Area) -> float | str:
    return area.value if area.unit == "px2" else f"{area.value!r} {area.unit}"


def _check_model(model: str) -> str:
    if (
        "\0" in model
        or len(model) > _LONGEST_PATH
        or any(len(part.encode()) > _LONGEST_NAME for part in Path(model).parts)
    ):
        raise ValueError("it is neither the name of a model nor the path of one")
    return model


AreaField = Annotated[Area, BeforeValidator(_read_area), PlainSerializer(_write_area)]


class PolicyRow(BaseModel):
    """One row of the policy: what becomes of a region of that kind, at least that large and that severe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = ANY_KIND
    min_area: AreaField = Area(value=0)
    min_severity: float = Field(default=0, ge=0, le=SEVERITY_MAX)
    verdict: Verdict


class Recipe(BaseModel):
    """What a product needs (design, section 5).

    Attributes
    ----------
    name : str
    model : str
        Name of a bundle that ships, or the path of one; a relative path counts from the recipe's file.
    threshold : float
        T in [0, 12].
    cluster_distance : float
        Clusters nearer than this, in px between their edges, are one defect.
    min_area : Area
        Smaller regions are no defects; a number is px2, a text like "0.5 mm2" carries its unit.
    mm_per_px : float or None
    views : int
        Frames of a part; the part's verdict is the worst of theirs.
    policy : tuple of PolicyRow
        The first matching row decides; a region that no row matches is a reject.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    model: Annotated[str, Field(min_length=1), AfterValidator(_check_model)]
    threshold: float = Field(ge=0, le=SEVERITY_MAX)
    cluster_distance: float = Field(default=4, ge=0, le=64)
    min_area: AreaField = Area(value=0)
    mm_per_px: float | None = Field(default=None, gt=0, le=1e6)
    views: int = Field(default=1, ge=1, le=1000)
    policy: tuple[PolicyRow, ...] = ()

    @model_validator(mode="after")
    def _millimetres_need_a_scale(self) -> "Recipe":
        areas = [self.min_area, *(row.min_area for row in self.policy)]
        if self.mm_per_px is None and any(area.unit == "mm2" for area in areas):
            raise ValueError("areas in mm2 need mm_per_px")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of the recipe's canonical TOML, hex."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()

    def with_threshold(self, threshold: float) -> "Recipe":
        """The same recipe under another T.

        Raises
        ------
        InspectorError
            If T is not in [0, 12].
        """
        if not 0 <= threshold <= SEVERITY_MAX:
            raise InspectorError(f"T can't be {threshold:g}: it lies between 0 and {SEVERITY_MAX:g}")
        return self.model_copy(update={"threshold": float(threshold)})

    def to_toml(self) -> str:
        """The recipe as TOML text, defaults included."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def from_toml(cls, text: str, where: str) -> "Recipe":
        """Parse TOML text; `where` names its origin in error texts.

        Raises
        ------
        InspectorError
            If the text is no TOML or no recipe.
        """
        try:
            return cls.model_validate(parse_toml(text))
        except ValidationError as error:
            raise InspectorError(f"recipe {where}: {first_fault(error)}; correct it and try again") from error
        except ValueError as error:
            raise InspectorError(f"recipe {where} is not valid TOML: {error}") from error

    @classmethod
    def load(cls, path: Path) -> "Recipe":
        """Read a recipe file; a relative model path is resolved against the file's folder.

        Raises
        ------
        InspectorError
            If the file can't be read or holds no recipe.
        """
        try:
            text = read_bytes(path).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise InspectorError(f"recipe {path} can't be read: {error}") from error
        recipe = cls.from_toml(text, str(path))
        beside = path.absolute().parent / recipe.model
        return recipe.model_copy(update={"model": str(beside)}) if beside.is_dir() else recipe

    def save(self, path: Path) -> None:
        """Write the recipe as TOML."""
        path.write_text(self.to_toml(), encoding="utf-8")
