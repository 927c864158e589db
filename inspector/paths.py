"""The only code that knows where resources and user folders are."""

from pathlib import Path

import platformdirs

from inspector.errors import InspectorError

_PACKAGE = Path(__file__).resolve().parent
RESOURCES = next(p for p in (_PACKAGE / "resources", _PACKAGE.parent / "resources") if p.is_dir())
"""What ships: models, recipes, guide, icons. Inside the package once installed, beside it in a clone."""


def user_data() -> Path:
    """Folder for the journal and the user's own recipes, made if missing."""
    return platformdirs.user_data_path("inspector", appauthor=False, ensure_exists=True)


def settings_file() -> Path:
    """Where this machine's settings are kept."""
    return platformdirs.user_config_path("inspector", appauthor=False) / "settings.toml"


def password_file() -> Path:
    """Where the hash of the engineer's password is kept."""
    return settings_file().with_name("password")


def own_recipes() -> Path:
    """Folder of the user's own recipes."""
    return user_data() / "recipes"


def measured_maps() -> Path:
    """Folder of what was measured to try recipes on; it may be deleted."""
    return platformdirs.user_cache_path("inspector", appauthor=False) / "measured"


def default_journal() -> str:
    """SQLAlchemy URL of the station's own journal."""
    return f"sqlite:///{(user_data() / 'journal.db').as_posix()}"


def spools() -> Path:
    """Folder of what waits to be sent to a shared journal."""
    return user_data() / "spool"


def is_there(path: Path) -> bool:
    """Whether there is a file or folder; a name that no file can have, being too long, names none."""
    try:
        return path.exists()
    except OSError:
        return False


def shipped_names(folder: str) -> list[str]:
    """Names of the resources of a kind that ship, sorted."""
    return sorted(p.stem for p in (RESOURCES / folder).iterdir() if not p.name.startswith("."))


def shipped(folder: str, name: str) -> Path:
    """Path of a shipped resource.

    Raises
    ------
    InspectorError
        If there is none of that name; the message lists those that ship.
    """
    path = RESOURCES / folder / name
    if Path(name).name == name and is_there(path):
        return path
    known = shipped_names(folder)
    what = folder.removesuffix("s")
    raise InspectorError(f"no {what} {Path(name).stem!r}: it is neither a file nor one that ships ({', '.join(known)})")


def find_recipe(text: str) -> Path:
    """The file of a recipe given as a path or as the name of one that ships."""
    path = Path(text)
    return path if path.suffix == ".toml" and is_there(path) else shipped("recipes", f"{path.stem}.toml")


def find_model(text: str) -> Path:
    """The folder of a bundle given as a path or as the name of one that ships."""
    path = Path(text)
    return path if is_there(path) and path.is_dir() else shipped("models", text)
