"""The whole command over a folder of damaged and hostile images: no verdict for what is not whole."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from fuzz.mutation import damage
from fuzz.pictures import GREY, RGB, pictures, saved
from fuzz.traces import files_below
from fuzz.traps import traps
from tiny_bundle import write_tiny_bundle

from inspector.recipe import Recipe

ROOT = Path(__file__).parents[2]
WHOLE = {"whole.png": saved("PNG", GREY), "whole.jpg": saved("JPEG", RGB), "whole.bmp": saved("BMP", GREY)}
DAMAGED = 60
SECONDS = 120

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are those of Unix")


def pixels_of(data: bytes) -> bytes:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return b"" if pixels is None else pixels.tobytes()


def fill(parts: Path) -> dict[str, bytes]:
    """Write all files; returns the damaged ones that must not get a verdict.

    Of PNG files all that differ: they have checksums. Of JPEG those that are cut off.
    """
    chance, refused = Random("inspect"), {}
    pngs = {name: data for name, data in pictures().items() if name.endswith(".png")}
    jpegs = {name: data for name, data in pictures().items() if name.endswith(".jpg") and name != "several.jpg"}
    for number in range(DAMAGED):
        name, data = chance.choice(list((pngs if number % 2 else jpegs).items()))
        at = chance.randrange(len(data) // 2, len(data) - 20)
        changed = damage(data, chance) if number % 2 else data[:at] + b"\xff\xd9"
        (parts / f"{number}-{name}").write_bytes(changed)
        if not number % 2 or pixels_of(changed) != pixels_of(data):
            refused[f"{number}-{name}"] = changed
    for number, (what, (_, data)) in enumerate(traps().items()):
        if what.startswith("picture:"):
            refused[f"trap-{number}.png"] = data
            (parts / f"trap-{number}.png").write_bytes(data)
    os.mkfifo(parts / "pipe.png")
    (parts / "endless.png").symlink_to("/dev/zero")
    (parts / "nothing.png").symlink_to("nothing")
    for name, data in WHOLE.items():
        (parts / name).write_bytes(data)
    return refused | {"pipe.png": b"", "endless.png": b"", "nothing.png": b""}


def test_damaged_images_get_no_verdict(tmp_path: Path) -> None:
    Recipe(name="tile", model=str(write_tiny_bundle(tmp_path / "tiny")), threshold=4.0).save(tmp_path / "tile.toml")
    for name in ("parts", "home", "here"):
        (tmp_path / name).mkdir()
    refused = fill(tmp_path / "parts")
    before = files_below(tmp_path)
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(tmp_path / "home"))
    done = subprocess.run(
        [sys.executable, "-m", "inspector", "inspect", "../parts", "--recipe", "../tile.toml", "--out", "../out"],
        cwd=tmp_path / "here",
        env=os.environ | places | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
    lines = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    assert sorted(line["name"] for line in lines) == sorted(path.name for path in (tmp_path / "parts").iterdir())
    judged = {line["name"] for line in lines if "verdict" in line}
    assert judged >= WHOLE.keys()
    assert not judged & refused.keys()
    assert all(line["error"].isprintable() for line in lines if line["name"] not in judged)
    written = {Path(entry[0]) for entry in files_below(tmp_path) ^ before}
    assert all(path.is_relative_to(tmp_path / "out") for path in written)
