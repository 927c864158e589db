"""Whole frames: megapixels a second and peak memory, in one piece or in tiles."""

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from inspector.networks.bundle import Model, load_model
from inspector.stages.severity import severity_levels
from inspector.types import Pixels

SIZES = ((512, 512), (2048, 2048), (8192, 12800))
WHOLE_UP_TO = 2048 * 2048
"""Larger frames go through in tiles only: in one piece they would need some ten GB."""

Row = dict[str, Any]


def measure_frames(bundles: dict[str, Path], threads: int, rounds: int) -> Iterator[Row]:
    """A row for each bundle (named by colour and cell), size and way: ``mpx_s`` and ``mb`` over the image itself.

    Each is measured in a process of its own, as a process never gives back its peak.
    """
    for colour, bundle in bundles.items():
        spec = load_model(bundle, threads=1).spec
        own, longest = spec.tile, spec.tile + 2 * spec.halo
        for height, width in SIZES:
            in_one_piece = [max(height, width)] if longest**2 < height * width <= WHOLE_UP_TO else []
            for tile in (own, *in_one_piece):
                asked = [str(bundle), str(height), str(width), str(tile), str(threads), str(rounds)]
                run = subprocess.run([sys.executable, __file__, *asked], check=True, capture_output=True, text=True)
                way = f"tiles of {tile}" if max(height, width) > tile + 2 * spec.halo else "in one piece"
                yield {"frame": f"{height} x {width}", "colour": colour, "way": way, **json.loads(run.stdout)}


def tiles_differ(bundle: Path, threads: int, side: int = 2048) -> int:
    """Levels of 255 by which the tiled map of a frame differs from that of the frame in one piece, at most."""
    model = load_model(bundle, threads=threads)
    pixels = _surface(side, side, model.spec.channels)
    tiled, whole = (severity_levels(model.engine.severity, pixels, model.spec, tile=tile) for tile in (None, side))
    return int(np.abs(tiled.astype(int) - whole).max())


def _surface(height: int, width: int, channels: int) -> Pixels:
    """Noise over a slow wave: the network's time does not depend on what it sees."""
    rng = np.random.default_rng(0)
    tile = rng.normal(120, 12, (256, 256, channels)).clip(0, 255).astype(np.uint8)
    surface = np.tile(tile, (-(-height // 256), -(-width // 256), 1))[:height, :width]
    return np.ascontiguousarray(surface if channels == 3 else surface[..., 0])


def _one(model: Model, height: int, width: int, tile: int, rounds: int) -> dict[str, float]:
    pixels = _surface(height, width, model.spec.channels)
    before, taken = held_mb(), []
    severity_levels(model.engine.severity, pixels[: model.spec.tile, : model.spec.tile], model.spec)  # warm-up
    for _ in range(rounds if pixels.size < 2**26 else 1):
        started = time.perf_counter()
        severity_levels(model.engine.severity, pixels, model.spec, tile=tile)
        taken.append(time.perf_counter() - started)
    return {"mpx_s": height * width / 1e6 / float(np.median(taken)), "mb": peak_mb() - before, "mb_before": before}


def held_mb() -> float:
    """The memory that this process holds now; where the system does not tell, the most that it has held."""
    return _told_by_linux("VmRSS") or peak_mb()


def peak_mb() -> float:
    """The most memory that this process has held."""
    if told := _told_by_linux("VmHWM"):  # the usage below begins with the peak of the process that started this one
        return told
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _told_by_linux(name: str) -> float | None:
    status = Path("/proc/self/status")
    return int(re.search(rf"{name}:\s+(\d+) kB", status.read_text())[1]) / 2**10 if status.exists() else None


if __name__ == "__main__":
    folder, *numbers = sys.argv[1:]
    height, width, tile, threads, rounds = map(int, numbers)
    print(json.dumps(_one(load_model(Path(folder), threads=threads), height, width, tile, rounds)))
