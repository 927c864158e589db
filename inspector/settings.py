"""What belongs to the machine, not to the product: what was open last, the theme, the threads."""

import logging
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inspector.credentials import filled_in, keepable
from inspector.files import discard, draft_of, free_path, publish, write_synced
from inspector.paths import default_journal, settings_file
from inspector.reading import first_fault, parse_toml, read_bytes, shown

log = logging.getLogger(__name__)


class Settings(BaseModel):
    """Settings of this machine.

    Attributes
    ----------
    recipe, source : str
        What the window opens with: the last ones, the demo at first.
    part : str
        Names the parts of the source's files; see `inspector.sources.part_names`.
    dataset : str
        The folder that was measured last on the page Tune.
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
    journal : str
        SQLAlchemy URL of the journal, empty for the station's own file. A password in it may be the name of an
        environment variable, as in ``${JOURNAL_PASSWORD}``; written out it is not kept.
    pictures_gb : float
        What the journal's frames and maps may take on this machine; 0 is what the disk allows. Where it gets short,
        those of accepted parts go first, and never those of rejects that nobody has reviewed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    recipe: str = "demo"
    source: str = "demo"
    part: str = ""
    dataset: str = ""
    theme: Literal["system", "light", "dark"] = "system"
    threads: int = Field(default=0, ge=0)
    idle_minutes: int = Field(default=10, ge=0)
    shifts: tuple[time, ...] = Field(default=(time(6), time(14), time(22)), min_length=1)
    part_ids: bool = False
    sound: bool = False
    journal: str = ""
    pictures_gb: float = Field(default=0, ge=0)

    @property
    def journal_url(self) -> str:
        """The URL with its password.

        Raises
        ------
        InspectorError
            If a variable that it names is not set.
        """
        return filled_in(self.journal) if self.journal else default_journal()

    @property
    def pictures_bytes(self) -> float:
        """See `pictures_gb`."""
        return self.pictures_gb * 1e9


def load_settings(tell: Callable[[str], None] = log.warning) -> Settings:
    """The saved settings; defaults where there are none or they can't be used, as a station must start.

    A file that can't be used is kept under another name beside, and `tell` is told so in one sentence.
    """
    path = settings_file()
    try:
        text = read_bytes(path).decode()
        if not text.strip():
            raise ValueError("it is empty")
        return Settings.model_validate(parse_toml(text))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        why = error.strerror
    except ValidationError as error:
        why = first_fault(error)
    except ValueError as error:
        why = shown(error)
    tell(f"the settings {path} can't be used ({why}), so the station starts with the defaults{_put_aside(path)}")
    return Settings()


def save_settings(settings: Settings) -> None:
    """Keep the settings, without the secrets of the source; a machine that can't keep them goes on without."""
    path = settings_file()
    kept = settings.model_copy(update={"source": keepable(settings.source), "journal": keepable(settings.journal)})
    draft = draft_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(draft, tomli_w.dumps(kept.model_dump(mode="json")).encode())
        publish(draft, path)
    except OSError as error:
        discard(draft)
        log.warning("settings %s can't be saved: %s", path, error)


def _put_aside(path: Path) -> str:
    """Give a file another name, before the next save takes its own; the words that say so."""
    aside = free_path(path.parent, f"{path.stem}-unusable", path.suffix)
    try:
        path.replace(aside)
    except OSError:
        return ""
    return f"; what stood there is kept as {aside.name}"
