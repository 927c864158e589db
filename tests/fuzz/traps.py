"""Files made to hold a program up, to fill its memory, or to have it start or write something."""

import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import onnx
from fuzz.bundles import sign, whole
from fuzz.layouts import layouts
from fuzz.pictures import GREY, RGB, chunks_of, png_of, saved
from fuzz.recipes import WHOLE
from fuzz.refusals import refusal
from fuzz.transfers import archive, members
from onnx import TensorProto

from inspector.dataset import Dataset
from inspector.images import read_image
from inspector.networks.bundle import load_model
from inspector.networks.spec import MODEL_TOML
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.recipe_transfer import import_recipe
from training.datasets import open_dataset

MANY = 1 << 20
DEEP = 1_000_000
DOTTED = "a." * (MANY // 2 - 4) + "a=1"


def case(folder: Path, number: int) -> str:
    """One trap, which has to be refused."""
    name, (read, files) = list(traps().items())[number]
    path = folder / "trap"
    if isinstance(files, dict):
        for inside, data in files.items():
            (path / inside).parent.mkdir(parents=True, exist_ok=True)
            (path / inside).write_bytes(data)
    elif isinstance(files, bytes):
        path.write_bytes(files)
    else:
        files(path)
    _, said = refusal(lambda: read(path))
    assert said, f"{name} was read"
    return name


Files = bytes | dict[str, bytes] | Callable[[Path], object]


@cache
def traps() -> dict[str, tuple[Callable[[Path], object], Files]]:
    """How each is read, and what lies there."""
    elsewhere = {"pipe": os.mkfifo, "endless device": lambda path: path.symlink_to("/dev/zero")}
    readers = {"picture": read_image, "recipe": Recipe.load, "export": _import}
    held = {
        f"{kind} that is a {what}": (read, make) for kind, read in readers.items() for what, make in elsewhere.items()
    }
    pictures = {f"picture: {name}": (read_image, data) for name, data in _pictures().items()}
    texts = {f"recipe: {name}": (Recipe.load, data) for name, data in _texts().items()}
    models = {f"model: {name}": (_load, {**whole(), MODEL_TOML: data}) for name, data in _texts().items()}
    exports = {f"export: {name}": (_import, data) for name, data in _exports().items()}
    datasets = {f"dataset: {name}": (_open, data) for name, data in _datasets().items()}
    return {
        **held,
        **pictures,
        **texts,
        **models,
        "model: data elsewhere": (_load, _write_linked),
        **exports,
        **datasets,
    }


def _import(path: Path) -> object:
    archive_path = path.rename(path.with_suffix(".zip"))
    return import_recipe(RecipeLibrary(path.parent / "recipes"), archive_path, "Eve")


def _load(path: Path) -> object:
    return load_model(path, threads=1)


def _open(path: Path) -> list[object]:
    dataset: Dataset = open_dataset(path)
    return [dataset.read(sample) for samples in dataset.splits.values() for sample in samples]


def _pictures() -> dict[str, bytes]:
    chunks = chunks_of(saved("PNG", GREY))
    head, end = chunks[0][1], chunks[-1]
    far = struct.pack(">II", 60_000, 60_000)
    zeros = zlib.compress(bytes(64 << 20), 9)
    jpeg = saved("JPEG", RGB, progressive=True)
    scan = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    bmp = bytearray(saved("BMP", GREY))
    bmp[18:26] = struct.pack("<II", 60_000, 60_000)
    frame = jpeg.index(b"\xff\xc2") + 5
    return {
        "a PNG of 60000 x 60000": png_of([(b"IHDR", far + head[8:]), *chunks[1:]]),
        "a PNG that unpacks to 64 MB": png_of([(b"IHDR", head), (b"IDAT", zeros), end]),
        "a PNG whose text unpacks to 64 MB": png_of([chunks[0], (b"zTXt", b"a\0\0" + zeros), *chunks[1:]]),
        "a BMP of 60000 x 60000": bytes(bmp),
        "a PGM of 60000 x 60000": b"P5\n60000 60000\n255\n" + bytes(1000),
        "a JPEG of 65535 x 65535": jpeg[:frame] + b"\xff\xff\xff\xff" + jpeg[frame + 4 :],
        "a JPEG of 20000 scans": jpeg[:-2] + scan * 20_000 + jpeg[-2:],
        "a JPEG of a million segments": jpeg[:2] + b"\xff\xe0\0\2" * MANY + b"\xff\xd9",
        "a TIFF whose directory is itself": b"II*\0"
        + struct.pack("<I", 8)
        + b"\xff\xff"
        + bytes(12) * 65_535
        + b"\x08\0\0\0",
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\n" + b"showpage\n" * 9,
    }


def _texts() -> dict[str, bytes]:
    """TOML that takes a parser long or fills the memory."""
    text = WHOLE.to_toml().encode()
    return {
        "a key of half a million parts": DOTTED.encode(),
        "a table of half a million parts": f"[{DOTTED[:-2]}]".encode(),
        "nested lists": b"a=" + b"[" * (MANY // 2),
        "nested tables": b"a=" + b"{a=" * (MANY // 4),
        "a number of a million digits": b"threshold=" + b"9" * (MANY - 20),
        "an area of a million digits": text.replace(b'"0.02 mm2"', b'"' + b"9" * (MANY - 2000) + b'"'),
        "too large": text + b"#" * MANY,
        "a name of half a million": text.replace(b"demo", b"a" * (MANY // 2)),
    }


def _exports() -> dict[str, bytes]:
    files = list(members().items())
    one = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = one * 400_000
    whole_archive = archive(files)
    lying = bytearray(whole_archive)
    at = lying.index(b"PK\1\2")
    lying[at + 24 : at + 28] = struct.pack("<L", 2**32 - 2)
    return {
        "64 MB of nothing": archive([*files, ("model/kinds.safetensors", bytes(64 << 20))], zipfile.ZIP_DEFLATED),
        "a directory of 400000": listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, len(listed), 0, 0),
        "a member that claims 4 GB": bytes(lying),
        "members that share their bytes": _overlapping(files),
        "an archive in an archive": archive([("recipe.toml", whole_archive), ("model/model.toml", whole_archive)]),
    }


def _overlapping(files: list[tuple[str, bytes]]) -> bytes:
    """An archive whose list names one large member under many names."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name, data in files:
            opened.writestr(name, data)
        opened.writestr("model/large.bin", bytes(8 << 20))
        large = opened.filelist[-1]
        for number in range(20):
            copy = zipfile.ZipInfo(f"model/large-{number}.bin")
            for attribute in ("header_offset", "file_size", "compress_size", "CRC", "create_system", "flag_bits"):
                setattr(copy, attribute, getattr(large, attribute))
            opened.filelist.append(copy)
    return written.getvalue()


def _datasets() -> dict[str, Files]:
    native, coco, labelme = (layouts()[name] for name in ("native", "coco", "labelme"))
    deep = b"[" * DEEP
    runs = {"size": [10**9, 10**9], "counts": [10**18]}
    content = json.loads(coco["train.json"])

    def outlined(segmentation: object) -> dict[str, bytes]:
        annotations = [{**content["annotations"][0], "segmentation": segmentation}]
        return {**coco, "train.json": json.dumps({**content, "annotations": annotations}).encode()}

    return {
        "native, nested": {**native, "dataset.json": b'{"classes":' + deep},
        "native, a number of a million digits": {**native, "dataset.json": b'{"classes":' + b"9" * DEEP + b"}"},
        "COCO, nested": {**coco, "train.json": b'{"images":' + deep},
        "COCO, runs of a thousand million rows": outlined(runs),
        "COCO, runs of the frame's size and more": outlined({"size": [24, 32], "counts": [10**18]}),
        "COCO, an outline that is far away": outlined([[1e300, 1e300, -1e300, 0, 5, 5]]),
        "COCO, a path to elsewhere": {
            **coco,
            "train.json": coco["train.json"].replace(b"of-train", b"../../../etc/of"),
        },
        "labelme, nested": {**labelme, "a.json": b'{"shapes":' + deep},
        "labelme, a path to elsewhere": {**labelme, "a.json": labelme["a.json"].replace(b'"a.png"', b'"/etc/passwd"')},
    }


def _write_linked(bundle: Path) -> None:
    """A bundle, signed anew, whose network takes its weights from a file outside of it."""
    bundle.mkdir()
    for name, data in whole().items():
        (bundle / name).write_bytes(data)
    secret = bundle.parent.parent / "canary" / "kept"
    graph = onnx.load(bundle / "severity.onnx")
    weight = graph.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in (("location", os.path.relpath(secret)), ("offset", "0"), ("length", "4")):
        entry = weight.external_data.add()
        entry.key, entry.value = key, value
    (bundle / "severity.onnx").write_bytes(graph.SerializeToString())
    sign(bundle)
