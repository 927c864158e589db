"""The recipes of a station: those that ship, and the user's own as TOML files in one folder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from inspector import paths
from inspector.errors import InspectorError
from inspector.files import discard, draft_of, file_stem, free_path, publish, write_synced
from inspector.networks.spec import MODEL_TOML, parse_spec
from inspector.pipeline import region_classes
from inspector.recipe import Recipe
from inspector.recipe_history import Change, Difference, append_change, differences, read_changes

MODELS = "models"
OLDER = "older"


@dataclass(frozen=True)
class Kept:
    """A recipe in the library.

    Attributes
    ----------
    path : Path
    shipped : bool
        It comes with the program and can't be changed.
    recipe : Recipe or None
        None if the file can't be read.
    trouble : str
        Why it can't be read; else empty.
    """

    path: Path
    shipped: bool
    recipe: Recipe | None
    trouble: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.recipe.name if self.recipe else self.path.stem


class RecipeLibrary:
    """Lists, adds, changes and removes recipes; a change is on disk as a whole or not at all.

    Beside each of the user's recipes lies a file of its changes. What is deleted goes to the folder `older`, and before
    a recipe that was written by hand is saved anew, it goes there as it was, since comments are not written back.
    Models that came with a recipe lie in `models`.

    Parameters
    ----------
    folder : Path
        Of the user's own; made if missing.

    Attributes
    ----------
    tell : callable
        Told the recipe's name and the change before it is made; what it raises prevents the change.

    Raises
    ------
    InspectorError
        If the folder can't be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tell: Callable[[str, Change], None] = lambda name, change: None
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InspectorError(f"the folder of recipes {folder} can't be made: {error.strerror}") from error

    def all(self) -> list[Kept]:
        """Those that ship, then the user's own, each by name."""
        shipped = [_read(paths.shipped("recipes", f"{name}.toml"), True) for name in paths.shipped_names("recipes")]
        own = [_read(path, False) for path in self.folder.glob("*.toml")]
        return [*shipped, *sorted(own, key=lambda kept: (kept.name.casefold(), kept.path))]

    def models(self) -> list[str]:
        """What a recipe can name: the models that ship, and the folders of those that came with a recipe."""
        own = sorted(path.parent for path in (self.folder / MODELS).glob(f"*/{MODEL_TOML}"))
        return [*paths.shipped_names("models"), *map(str, own)]

    def history(self, kept: Kept) -> list[Change]:
        """The changes of a recipe, newest first."""
        return read_changes(_changes_file(kept.path))

    def free_name(self, name: str) -> str:
        """The name, with a number behind it if it is taken."""
        taken = {kept.name.casefold() for kept in self.all()}
        names = (f"{name} {number}" if number > 1 else name for number in count(1))
        return next(free for free in names if free.casefold() not in taken)

    def check_name(self, name: str, own: Path | None = None) -> None:
        """Refuse a name that another recipe than the one at `own` has.

        Raises
        ------
        InspectorError
        """
        if any(kept.name.casefold() == name.casefold() for kept in self.all() if kept.path != own):
            raise InspectorError(f"there is a recipe {name!r} already; choose another name")

    def add(self, recipe: Recipe, who: str, why: str, origin: str) -> Kept:
        """Keep a new recipe; `origin` says where it comes from.

        Raises
        ------
        InspectorError
            If its name is taken, or it can't be written.
        """
        self.check_name(recipe.name)
        path = free_path(self.folder, file_stem(recipe.name), ".toml")
        return self._write(path, recipe, who, why, (Difference("recipe", "", origin),))

    def save(self, kept: Kept, recipe: Recipe, who: str, why: str) -> Kept:
        """Change a recipe of the user's own.

        Raises
        ------
        InspectorError
            If it ships, the new name is taken, the file was changed since it was read, or it can't be written.
        """
        self._refuse_shipped(kept)
        self.check_name(recipe.name, kept.path)
        if kept.recipe is None or _read(kept.path, False) != kept:
            raise InspectorError(f"{kept.path.name} was changed since it was opened; keep yours as a copy")
        return self._write(kept.path, recipe, who, why, differences(kept.recipe, recipe))

    def delete(self, kept: Kept, who: str, why: str) -> Path:
        """Move a recipe of the user's own and its changes to the older ones; returns where it is now.

        Raises
        ------
        InspectorError
            If it ships, or it can't be moved.
        """
        self._refuse_shipped(kept)
        now, file = datetime.now(UTC), _changes_file(kept.path)
        try:
            older = self._older(kept.path, now)
            what = Difference("recipe", "", f"deleted, kept as {older.name}")
            self._note(file, kept.name, Change(now, who, why, (what,)))
            kept.path.rename(older)
            file.rename(_changes_file(older))
        except OSError as error:
            raise InspectorError(f"recipe {kept.path} can't be deleted: {error.strerror}") from error
        return older

    def _refuse_shipped(self, kept: Kept) -> None:
        if kept.shipped:
            raise InspectorError(f"recipe {kept.name!r} ships with the program and stays as it is; make a copy of it")

    def _older(self, path: Path, now: datetime) -> Path:
        """A free place for a recipe that is no more as it was."""
        (self.folder / OLDER).mkdir(exist_ok=True)
        return free_path(self.folder / OLDER, f"{path.stem}-{now:%Y%m%dT%H%M%S}", ".toml")

    def _set_aside(self, path: Path, now: datetime) -> tuple[Difference, ...]:
        """Keep a file that somebody wrote by hand; what is to be said of it."""
        if not path.exists() or not _by_hand(text := path.read_bytes()):
            return ()
        older = self._older(path, now)
        write_synced(older, text)
        return (Difference("file", "", f"was written by hand, kept with its comments as {older.name}"),)

    def _write(self, path: Path, recipe: Recipe, who: str, why: str, what: tuple[Difference, ...]) -> Kept:
        """The line of the change comes before the change itself: none is without a line, whatever fails between."""
        portable = recipe.model_copy(update={"model": self._portable(recipe.model)})
        draft, now = draft_of(path), datetime.now(UTC)
        try:
            write_synced(draft, portable.to_toml().encode())
            what = (*what, *self._set_aside(path, now))
            self._note(_changes_file(path), recipe.name, Change(now, who, why, what))
            publish(draft, path)
        except InspectorError:
            discard(draft)
            raise
        except OSError as error:
            discard(draft)
            raise InspectorError(f"recipe {path} can't be saved: {error.strerror}; make room and try again") from error
        return _read(path, False)

    def _note(self, file: Path, name: str, change: Change) -> None:
        self.tell(name, change)
        append_change(file, change)

    def _portable(self, model: str) -> str:
        """A model without the place of the program or of this library."""
        bundle = Path(model).resolve()
        if bundle.parent == (paths.RESOURCES / "models").resolve():
            return bundle.name
        inside = bundle.is_dir() and bundle.is_relative_to(self.folder.resolve())
        return bundle.relative_to(self.folder.resolve()).as_posix() if inside else model


def model_kinds(model: str) -> tuple[str, ...]:
    """The kinds of defects that a model tells apart, from its model.toml alone.

    Raises
    ------
    InspectorError
        If there is no such model, or its model.toml can't be read.
    """
    folder = paths.find_model(model)
    try:
        spec = parse_spec((folder / MODEL_TOML).read_bytes(), folder)
    except OSError as error:
        raise InspectorError(f"{folder} is no model bundle: {MODEL_TOML} can't be read ({error.strerror})") from error
    return region_classes(spec.classes)[1:]


def _changes_file(path: Path) -> Path:
    return path.with_suffix(".changes.jsonl")


def _by_hand(text: bytes) -> bool:
    """Whether a recipe's file holds anything that is not written back, as comments."""
    return text.decode() != Recipe.from_toml(text.decode(), "as it is").to_toml()


def _read(path: Path, shipped: bool) -> Kept:
    try:
        return Kept(path, shipped, Recipe.load(path))
    except InspectorError as error:
        return Kept(path, shipped, None, str(error))
