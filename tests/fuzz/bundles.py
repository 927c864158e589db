"""Damaged model bundles: each is refused, or does what it did before."""

import hashlib
import shutil
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import numpy as np
import tomli_w
from builders import CAPTURED
from fuzz.mutation import damage, damage_text
from fuzz.refusals import refusal
from fuzz.traces import untouched
from fuzz.trees import damage_tree
from tiny_bundle import write_tiny_bundle

from inspector.networks.bundle import load_model
from inspector.networks.spec import MODEL_TOML
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.types import Frame

_PIXELS = np.random.default_rng(0).integers(80, 120, (70, 90), np.uint8)
_PIXELS[20:32, 40:60] = 200
FRAME = Frame(_PIXELS, 0, "frame.png", "frame", CAPTURED)
RECIPE = Recipe(name="tile", model="tiny", threshold=4.0)


@cache
def whole() -> dict[str, bytes]:
    """The files of a bundle that is in order."""
    scratch = Path(mkdtemp())
    try:
        return {path.name: path.read_bytes() for path in write_tiny_bundle(scratch / "tiny").iterdir()}
    finally:
        shutil.rmtree(scratch)


def case(folder: Path, number: int) -> str:
    """One damaged bundle; of some the digests are right again, as an attacker would have them."""
    chance = Random(f"bundles {number}")
    bundle, outside = folder / "tiny", folder.parent / "canary"
    bundle.mkdir()
    for name, data in whole().items():
        (bundle / name).write_bytes(data)
    kind = chance.choice(("tree", "text", "text", "bytes", "signed", "signed"))
    name = MODEL_TOML if kind == "text" else chance.choice(list(whole()))
    if kind == "tree":
        damage_tree(bundle, chance, outside)
    elif name == MODEL_TOML:
        (bundle / name).write_bytes(damage_text(whole()[name].decode(), chance, str(outside / "written")))
    else:
        (bundle / name).write_bytes(damage(whole()[name], chance))
    if kind == "signed":
        sign(bundle)
    with untouched(folder):
        model, _ = refusal(lambda: load_model(bundle, threads=1))
    if model is None:
        return "refused"
    for name, digest in model.spec.files.items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest, f"{name} is not what it was"
    found = judge(measure(FRAME, model), RECIPE)
    return "signed anew" if kind == "signed" else f"as it was, {found.verdict}"


def sign(bundle: Path) -> None:
    """Give every file its right digest, if model.toml can be read at all."""
    try:
        values = tomllib.loads((bundle / MODEL_TOML).read_text("utf-8"))
        values["files"] = {name: hashlib.sha256((bundle / name).read_bytes()).hexdigest() for name in values["files"]}
        (bundle / MODEL_TOML).write_text(tomli_w.dumps(values), "utf-8")
    except (OSError, ValueError, RecursionError, KeyError, AttributeError, TypeError):
        return
