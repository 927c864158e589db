"""Damaged and hostile exports: a recipe that is imported brings the model that it was exported with, or nothing."""

import io
import stat
import warnings
import zipfile
from functools import cache
from pathlib import Path
from random import Random

from fuzz.bundles import whole
from fuzz.mutation import damage, damage_text
from fuzz.recipes import WHOLE
from fuzz.refusals import refusal
from fuzz.traces import files_below

from inspector.networks.bundle import load_model
from inspector.recipe_library import RecipeLibrary
from inspector.recipe_transfer import import_recipe

NAMES = (
    "../escaped", "model/../../escaped", "/tmp/escaped", "C:\\escaped", "model\\..\\..\\escaped", "model/sub/file",
    "model//kinds.onnx", "./recipe.toml", "recipe.toml/", "model/", "model", "model/.hidden", "model/..",
    "model/con.onnx", "model/SEVERITY.ONNX", "model/a" + "b" * 300, "model/\N{SNOWMAN}", "model/a\nb", "model/a\0b",
    "recipe.toml", "",
)  # fmt: skip


@cache
def members() -> dict[str, bytes]:
    """What an export holds."""
    recipe = WHOLE.model_copy(update={"model": "model"}).to_toml().encode()
    return {"recipe.toml": recipe, **{f"model/{name}": data for name, data in whole().items()}}


def case(folder: Path, number: int) -> str:
    """One archive, made anew with something strange in it, or with its bytes damaged."""
    chance = Random(f"transfers {number}")
    kind = chance.choice(("made", "bytes", "bytes", "text"))
    name = "tile-7.toml" if kind == "text" else "tile-7.zip"
    outside = str(folder.parent / "canary" / "written")
    path = folder / "from elsewhere" / name
    path.parent.mkdir()
    match kind:
        case "made":
            path.write_bytes(_strange(chance, outside))
        case "bytes":
            path.write_bytes(damage(archive(list(members().items())), chance))
        case _:
            path.write_bytes(damage_text(WHOLE.to_toml(), chance, outside))
    library = RecipeLibrary(folder / "recipes")
    (library.folder / "models").mkdir()
    before = files_below(folder)
    kept, said = refusal(lambda: import_recipe(library, path, "Eve"))
    if kept is None:
        assert files_below(folder) == before, f"refused ({said}), but kept {files_below(folder) ^ before}"
        return "refused"
    assert {entry for entry in before if library.folder.as_posix() not in entry[0]} <= files_below(folder)
    assert kept.recipe is not None
    if kind == "text":
        return "a recipe"
    model = load_model(Path(kept.recipe.model), threads=1)
    for name in model.spec.files:
        assert (Path(kept.recipe.model) / name).read_bytes() == whole()[name], f"{name} is not what was exported"
    return "with its model"


def archive(files: list[tuple[str | zipfile.ZipInfo, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, data in files:
            opened.writestr(name, data)
    return written.getvalue()


def _strange(chance: Random, outside: str) -> bytes:
    files: list[tuple[str | zipfile.ZipInfo, bytes]] = list(members().items())
    name, data = files[at := chance.randrange(len(files))]
    compression = zipfile.ZIP_STORED
    match chance.randrange(7):
        case 0:
            files.insert(at, (chance.choice((*NAMES, outside)) or "x", data))
        case 1:
            files[at] = (chance.choice((*NAMES, outside)) or "x", data)
        case 2:
            linked = zipfile.ZipInfo(str(name))
            linked.external_attr = (stat.S_IFLNK | 0o777) << 16
            files[at] = (linked, outside.encode())
        case 3:
            files[at] = (name, damage(data, chance))
        case 4:
            compression = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        case 5:
            files += [(f"model/more-{k}.onnx", b"more") for k in range(chance.choice((1, 40, 2000)))]
        case _:
            files[at] = (name, damage_text(data.decode(errors="replace"), chance, outside))
    return archive(files, compression)
