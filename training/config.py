"""All settings of a training, which a TOML file may set."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from inspector.errors import InspectorError
from inspector.networks.input import Normalisation
from inspector.reading import first_fault, parse_toml, read_bytes, shown
from training.augment import Augment
from training.train_kinds import KindsConfig
from training.train_severity import SeverityConfig


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of both networks and of what they share.

    Attributes
    ----------
    channels : int or None
        1 grey, 3 colour; None takes colour where a training frame shows any.
    normalisation : Normalisation
        ``mean`` for a line with steady light, ``frame`` for several exposures.
    cluster_distance : float
        Px, for the false alarms.
    frames : int
        Train on so many of the training frames, 0 for all: what half of them reach says what more of them would bring.
    seed : int
    augment : Augment
    severity, kinds
        Settings of the two trainings.
    """

    channels: int | None = None
    normalisation: Normalisation = Normalisation.MEAN
    cluster_distance: float = 4.0
    frames: int = 0
    seed: int = 0
    augment: Augment = field(default_factory=Augment)
    severity: SeverityConfig = field(default_factory=SeverityConfig)
    kinds: KindsConfig = field(default_factory=KindsConfig)

    def __post_init__(self) -> None:
        if self.channels not in (None, 1, 3) or min(self.frames, self.seed) < 0:
            raise ValueError("channels is 1 or 3, frames and seed 0 or more")


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
        values = parse_toml(read_bytes(path).decode())
        return TypeAdapter(TrainingConfig).validate_python(values, extra="forbid")
    except ValidationError as error:
        raise InspectorError(f"configuration {path}: {first_fault(error)}") from error
    except OSError as error:
        raise InspectorError(f"configuration {path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise InspectorError(f"configuration {path} can't be read: {shown(error)}") from error
