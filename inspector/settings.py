"""What belongs to the machine, not to the product: what was open last, the theme, the threads."""

import logging
import tomllib
from datetime import time
from typing import Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inspector.paths import settings_file

log = logging.getLogger(__name__)


class Settings(BaseModel):
    """Settings of this machine.

    Attributes
    ----------
    recipe, source : str
        What the window opens with: the last ones, the demo at first.
    part : str
        Names the parts of the source's files; see `inspector.sources.part_names`.
    theme : {"system", "light", "dark"}
    threads : int
        For the networks; 0 leaves one processor to the window.
    idle_minutes : int
        After so long without mouse or key an engineer becomes an operator; 0 is never.
    shifts : tuple of time
        When the shifts of a day begin, in local time.
    part_ids : bool
        Parts have ids, which a barcode reader types into the window.
    sound : bool
        A sound for each reject.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    recipe: str = "demo"
    source: str = "demo"
    part: str = ""
    theme: Literal["system", "light", "dark"] = "system"
    threads: int = Field(default=0, ge=0)
    idle_minutes: int = Field(default=10, ge=0)
    shifts: tuple[time, ...] = Field(default=(time(6), time(14), time(22)), min_length=1)
    part_ids: bool = False
    sound: bool = False


def load_settings() -> Settings:
    """The saved settings; defaults where there are none or they can't be used, as a station must start."""
    try:
        return Settings.model_validate(tomllib.loads(settings_file().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError, ValidationError) as error:
        log.warning("settings %s can't be used, starting with defaults: %s", settings_file(), error)
        return Settings()


def save_settings(settings: Settings) -> None:
    """Keep the settings; a machine that can't keep them goes on without."""
    try:
        settings_file().parent.mkdir(parents=True, exist_ok=True)
        settings_file().write_text(tomli_w.dumps(settings.model_dump(mode="json")), encoding="utf-8")
    except OSError as error:
        log.warning("settings %s can't be saved: %s", settings_file(), error)
