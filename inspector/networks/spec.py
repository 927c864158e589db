"""model.toml: what a model bundle says of itself."""

from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from inspector.errors import InspectorError
from inspector.networks.input import Normalisation
from inspector.reading import first_fault, parse_toml, shown
from inspector.types import BACKGROUND, SEVERITY_MAX

FORMAT = 2
MODEL_TOML = "model.toml"
SEVERITY_WEIGHTS = "severity.safetensors"
KINDS_WEIGHTS = "kinds.safetensors"


class Scale(BaseModel):
    """How severities were made from contrast scores: lambda, and the scores of the lowest and highest severity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    truncation: float
    low: float
    high: float
    floor: float = Field(ge=0, lt=SEVERITY_MAX)


class ModelSpec(BaseModel):
    """The contents of model.toml.

    Attributes
    ----------
    format : int
        Version of the bundle's form.
    name : str
    architecture, backbone : str
        Of the regressor and of the classifier.
    cell, channels : int
        Side of a cell in px; 1 for grey and 3 for colour input.
    multiple, halo, late_halo : int
        Px: sides that the regressor takes are multiples of the first; the second is how far around a cell it sees, the
        third how far its last layers do (see `InputContract`). Bundles of before name two.
    tile : int
        Px: side of the tiles of frames that are larger.
    normalisation : Normalisation
    classes : tuple of str
        The classifier's, ``background`` first.
    scale : Scale
    veto : float
        Mean probability of ``background`` from which on a region is a false alarm; 0 leaves it to the vote alone.
    threshold : float
        T as chosen in training; `threshold_choice` says how.
    min_area : float
        Px2: the size filter that was chosen on val. A recipe may say otherwise.
    training : mapping
        Data, split, seeds and settings.
    figures : mapping
        What was measured, each named with its split.
    golden_kinds : tuple of float
        The class probabilities of the golden frame's middle window.
    files : mapping of file name to SHA-256
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    name: str
    architecture: str
    backbone: str
    cell: Literal[4, 2, 1]
    channels: Literal[1, 3]
    multiple: int = Field(gt=0, le=256)
    halo: int = Field(ge=0, le=4096)
    late_halo: int = Field(default_factory=lambda given: given.get("halo", 0), ge=0, le=4096)
    tile: int = Field(default=1024, gt=0, le=16384)
    normalisation: Normalisation
    classes: tuple[str, ...]
    scale: Scale
    veto: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    threshold: float = Field(ge=0, le=SEVERITY_MAX)
    threshold_choice: str
    min_area: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    training: dict[str, Any]
    figures: dict[str, float]
    golden_kinds: tuple[float, ...]
    files: dict[str, str]

    @model_validator(mode="after")
    def _consistent(self) -> "ModelSpec":
        if self.classes[:1] != (BACKGROUND,) or len(set(self.classes)) < len(self.classes):
            raise ValueError(f"classes: they are {BACKGROUND} and others, each once")
        if self.multiple % self.cell or any(side % self.multiple for side in (self.halo, self.late_halo, self.tile)):
            raise ValueError("multiple: it is one of cell, and halo, late_halo and tile are multiples of it")
        if self.late_halo > self.halo:
            raise ValueError("late_halo: it is a part of halo")
        return self

    def to_toml(self) -> str:
        """The text of model.toml."""
        return tomli_w.dumps(self.model_dump(mode="json"))


def parse_spec(data: bytes, folder: Path) -> ModelSpec:
    """Read the bytes of model.toml.

    Raises
    ------
    InspectorError
        If they are no TOML, of another format version, or lack or misname a field.
    """
    try:
        values = parse_toml(data.decode())
        if values.get("format") != FORMAT:
            raise InspectorError(
                f"model {folder.name} has bundle format {shown(values.get('format'))}, this program reads {FORMAT}"
            )
        return ModelSpec.model_validate(values)
    except ValidationError as error:
        raise InspectorError(
            f"model {folder.name}: {MODEL_TOML}: {first_fault(error)}; copy the bundle anew"
        ) from error
    except ValueError as error:
        raise InspectorError(f"model {folder.name}: {MODEL_TOML} is damaged ({error}); copy the bundle anew") from error
