"""A recipe as one file, to be carried to another machine: its TOML, or a zip where the model is the user's own."""

import os
import re
import shutil
import stat
import struct
import tempfile
import zipfile
from pathlib import Path

from inspector import paths
from inspector.errors import InspectorError
from inspector.files import discard, draft_of, file_stem, free_path, publish, write_synced
from inspector.networks.bundle import load_model
from inspector.networks.spec import MODEL_TOML
from inspector.reading import shown
from inspector.recipe import Recipe
from inspector.recipe_library import MODELS, Kept, RecipeLibrary, model_kinds

SUFFIXES = (".toml", ".zip")
_RECIPE, _MODEL = "recipe.toml", "model"
_MEMBER = re.compile(rf"{re.escape(_RECIPE)}|{_MODEL}/[A-Za-z0-9][A-Za-z0-9_.-]*")
_MAX_FILES = 32
_MAX_BYTES = 2 * 1024**3
_MAX_TEXT = 1024**2
"""Of a recipe or a model.toml."""

_MAX_DIRECTORY = 64 * 1024
_END, _LONG_END = struct.Struct("<4s8xL6x"), b"PK\x06\x07"
"""How an archive ends: a mark, and the size of its list of members; a mark of lists of 4 GB, 20 bytes before."""


def own_bundle(model: str) -> Path | None:
    """The folder of a model of the user's own; None if it ships."""
    folder = Path(model)
    return folder if folder.is_dir() and folder.resolve().parent != (paths.RESOURCES / "models").resolve() else None


def export_suffix(recipe: Recipe) -> str:
    """What kind of file `export_recipe` writes."""
    return ".zip" if own_bundle(recipe.model) else ".toml"


def export_recipe(recipe: Recipe, path: Path) -> None:
    """Write a recipe as one file, whole or not at all.

    Raises
    ------
    InspectorError
        If its model can't be used, or the file not be written.
    """
    bundle, draft = own_bundle(recipe.model), draft_of(path)
    try:
        if bundle is None:
            name = Path(recipe.model).name
            write_synced(draft, recipe.model_copy(update={"model": name}).to_toml().encode())
        else:
            _pack(recipe, bundle, draft)
        publish(draft, path)
    except OSError as error:
        raise InspectorError(f"{path} can't be written ({error.strerror}); choose another folder") from error
    finally:
        discard(draft)


def import_recipe(library: RecipeLibrary, path: Path, who: str) -> Kept:
    """Keep a recipe that was exported elsewhere; where its name is taken it gets a number.

    Raises
    ------
    InspectorError
        If the file can't be read, is no recipe, holds what it should not, or its model is not here or does not do
        what it did when it was made. Nothing of it is kept then.
    """
    if path.suffix.lower() == ".zip":
        return _import_zip(library, path, who)
    recipe = Recipe.load(path)
    model_kinds(recipe.model)
    return _add(library, recipe, path, who)


def _pack(recipe: Recipe, bundle: Path, draft: Path) -> None:
    model = load_model(bundle, threads=1)
    with draft.open("wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(_RECIPE, recipe.model_copy(update={"model": _MODEL}).to_toml())
            for name in (MODEL_TOML, *model.spec.files):
                archive.write(bundle / name, f"{_MODEL}/{name}")
        file.flush()
        os.fsync(file.fileno())


def _import_zip(library: RecipeLibrary, path: Path, who: str) -> Kept:
    """Unpacked beside the models, checked, then given its place."""
    try:
        with tempfile.TemporaryDirectory(dir=library.folder, prefix=".import-") as scratch:
            bundle = Path(scratch) / file_stem(path.stem)
            bundle.mkdir()
            recipe = _unpack(path, bundle)
            spec = load_model(bundle, threads=1).spec
            unnamed = sorted({file.name for file in bundle.iterdir()} - {MODEL_TOML, *spec.files})
            if unnamed:
                raise InspectorError(f"{path.name} holds {unnamed[0]}, which its {MODEL_TOML} does not name")
            (library.folder / MODELS).mkdir(exist_ok=True)
            place = free_path(library.folder / MODELS, file_stem(spec.name))
            publish(bundle, place)
    except InspectorError:
        raise
    except Exception as error:  # each way of being damaged has its own kind of error
        raise InspectorError(
            f"{path.name} can't be read as an exported recipe ({shown(error)}); export it anew"
        ) from error
    try:
        return _add(library, recipe.model_copy(update={"model": str(place)}), path, who)
    except InspectorError:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _add(library: RecipeLibrary, recipe: Recipe, path: Path, who: str) -> Kept:
    named = recipe.model_copy(update={"name": library.free_name(recipe.name)})
    return library.add(named, who, "imported", f"imported from {path.name}")


def _unpack(path: Path, bundle: Path) -> Recipe:
    """Write the model's files into `bundle` and read the recipe."""
    _check_directory(path)
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename != f"{_MODEL}/"]
        _check(path, members)
        for member in members:
            if member.filename != _RECIPE:
                with archive.open(member) as source, (bundle / Path(member.filename).name).open("wb") as target:
                    shutil.copyfileobj(source, target)
                    target.flush()
                    os.fsync(target.fileno())
        try:
            text = archive.read(_RECIPE).decode()
        except UnicodeDecodeError as error:
            raise InspectorError(f"{path.name}: {_RECIPE} is damaged; export it anew") from error
    return Recipe.from_toml(text, f"of {path.name}")


def _check_directory(path: Path) -> None:
    """Refuse an archive whose list of members would fill the memory."""
    if not path.is_file():
        raise OSError("it is no file")
    with path.open("rb") as file:
        file.seek(-_END.size - 20, os.SEEK_END)
        long_end, (mark, size) = file.read(20), _END.unpack(file.read())
    if mark != b"PK\x05\x06" or long_end.startswith(_LONG_END) or size > _MAX_DIRECTORY:
        raise zipfile.BadZipFile("its list of members is missing or too long")


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuse what no export writes: other names, links, a name twice, more or larger files than a model has."""
    names = [member.filename for member in members]
    for member in members:
        if not _MEMBER.fullmatch(member.filename) or stat.S_ISLNK(member.external_attr >> 16):
            raise InspectorError(f"{path.name} is no exported recipe: it holds {member.filename!r}")
    missing = {_RECIPE, f"{_MODEL}/{MODEL_TOML}"} - set(names)
    if missing or len({name.casefold() for name in names}) < len(names):
        raise InspectorError(f"{path.name} is no exported recipe: {min(missing, default='a name')} is missing or twice")
    sizes = [member.file_size for member in members]
    longest = max(member.file_size for member in members if member.filename.endswith(".toml"))
    if len(members) > _MAX_FILES or sum(sizes) > min(_MAX_BYTES, path.stat().st_size) or longest > _MAX_TEXT:
        raise InspectorError(f"{path.name} is too large for an exported recipe, which nothing compresses")
