"""Stages 2 to 4 and the verdict: milliseconds against the number of regions, and of `judge` after T has moved."""

import gc
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from timing import in_turns

from inspector.networks.bundle import Model
from inspector.pipeline import judge, remember
from inspector.recipe import Recipe
from inspector.types import Frame, Levels

PART = (512, 512)
CELLS_ABOVE = (0, 10, 1_000, 50_000)
GLASS, GLASS_REGIONS = (8192, 12800), 1_000
"""The paper's phone cover glass."""

TS = np.linspace(4.0, 8.0, 41)
"""T is moved up and down over these, as a hand does."""

ABOVE = 220

Row = dict[str, Any]


def measure_stages(model: Model, repeats: int) -> Iterator[Row]:
    """A row for each number of cells above T in a part, and one for a glass with many regions.

    ``classification_ms`` is of windows that are new; ``judge_ms`` of T moved on windows that are known.
    """
    gc.freeze()  # as the station does once its model is loaded
    cell = model.spec.cell
    for count in CELLS_ABOVE:
        yield _row(model, PART, _cells(PART, cell, count), f"{count} cells above T", repeats)
    yield _row(model, GLASS, _regions(GLASS, cell, GLASS_REGIONS), f"{GLASS_REGIONS} regions", repeats)


def _row(model: Model, shape: tuple[int, int], levels: Levels, what: str, repeats: int) -> Row:
    rng = np.random.default_rng(1)
    pixels = np.resize(rng.normal(120, 12, 2**20).clip(0, 255).astype(np.uint8), shape)
    frame = Frame(pixels=pixels, index=0, name="made up", part="made up", captured_at=datetime.now(UTC))
    measurement = remember(frame, levels, model)
    recipes = [Recipe(name="made up", model="demo", threshold=float(t), min_area=0) for t in TS]
    first = judge(measurement, recipes[0]).milliseconds
    for recipe in recipes:
        judge(measurement, recipe)  # knows all windows from here on
    moved = itertools.cycle([*recipes, *recipes[::-1]])
    timing = in_turns({"judge": lambda: judge(measurement, next(moved))}, rounds=repeats)["judge"]
    found = judge(measurement, recipes[0])
    return {
        "frame": f"{shape[0]} x {shape[1]}",
        "what": what,
        "regions": len(found.regions) + len(found.suppressed),
        **{f"{stage}_ms": found.milliseconds[stage] for stage in ("filtering", "components")},
        "classification_ms": first["classification"],
        "judge_ms": 1000 * timing.median,
        "judge_p99_ms": 1000 * timing.percentile(99),
    }


def _empty(shape: tuple[int, int], cell: int) -> Levels:
    return np.zeros((-(-shape[0] // cell), -(-shape[1] // cell)), np.uint8)


def _cells(shape: tuple[int, int], cell: int, count: int) -> Levels:
    """Single cells by chance: at 50,000 of a map's 262,144 they touch in a few large clusters and many small ones."""
    levels = _empty(shape, cell)
    places = np.random.default_rng(2).choice(levels.size, min(count, levels.size), replace=False)
    levels.flat[places] = ABOVE
    return levels


def _regions(shape: tuple[int, int], cell: int, count: int) -> Levels:
    """Discs on a grid, 24 px wide, whose severity falls from the middle: each T gives another outline."""
    levels = _empty(shape, cell)
    across = int(np.ceil(np.sqrt(count * shape[1] / shape[0])))
    step_y, step_x = shape[0] // (-(-count // across)), shape[1] // across
    ys, xs = np.ogrid[: 24 // cell, : 24 // cell]
    middle = (24 // cell - 1) / 2
    disc = (255 - 190 * np.hypot(ys - middle, xs - middle) / (middle + 1)).clip(0, 255).astype(np.uint8)
    for number in range(count):
        y, x = (number // across) * step_y // cell, (number % across) * step_x // cell
        levels[y : y + len(disc), x : x + len(disc)] = disc
    return levels
