"""Folders in which something is missing, moved, linked elsewhere or no file at all."""

import os
import shutil
from pathlib import Path
from random import Random

NAMES = ("con.png", "a" * 250, "é.png", "a b.png", ".hidden.png", "a.PNG", "a.png.json", "%s.png", "model.toml~")


def damage_tree(folder: Path, chance: Random, outside: Path) -> None:
    """One change to what lies in a folder; links point to `outside`, where nothing may be changed."""
    paths = sorted(folder.rglob("*"))
    if not paths:
        return
    path = chance.choice(paths)
    match chance.randrange(9):
        case 0:
            _remove(path)
        case 1:
            _remove(path)
            path.symlink_to(chance.choice((outside / "kept", outside, path, Path("/dev/zero"), Path("missing"))))
        case 2 if hasattr(os, "mkfifo"):
            _remove(path)
            os.mkfifo(path)
        case 3:
            _remove(path)
            path.mkdir()
        case 4:
            _remove(path)
            path.write_bytes(b"")
        case 5:
            path.rename(path.with_name(chance.choice(NAMES)))
        case 6:
            other = chance.choice(paths)
            if path.is_file() and other.is_file():
                shutil.copyfile(path, other) if path != other else None
        case 7:
            path.with_name(chance.choice(NAMES)).write_bytes(path.read_bytes() if path.is_file() else b"")
        case _:
            (folder / "loop").symlink_to(folder)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
