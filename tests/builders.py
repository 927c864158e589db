"""Small, valid objects for tests; every field that a test does not care about has a value."""

from datetime import UTC, datetime

import numpy as np

from inspector.recipe import Recipe
from inspector.types import STAGES, Frame, Inspection, Levels, Measurement, Region, Verdict

CELL = 4
CAPTURED = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)


def make_recipe(threshold: float = 5.4, model: str = "demo") -> Recipe:
    """A recipe that rejects every defect."""
    return Recipe(name="tile", model=model, threshold=threshold)


def make_frame(
    shape: tuple[int, ...] = (24, 32), index: int = 0, name: str = "tile.png", part: str = "tile", seed: int = 0
) -> Frame:
    """Noise, uint8 (H, W) or (H, W, 3)."""
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return Frame(pixels, index, name, part, CAPTURED)


def make_levels(frame: Frame, peak: int = 200) -> Levels:
    """A map with one defect cell, the second of the second row."""
    height, width = frame.shape
    levels = np.zeros((-(-height // CELL), -(-width // CELL)), np.uint8)
    levels[1, 1] = peak
    return levels


def make_region(kind: str = "crack") -> Region:
    """One cell, the one of `make_levels`."""
    box = (CELL, CELL, 2 * CELL, 2 * CELL)
    mask = np.ones((CELL, CELL), np.bool_)
    return Region(box, mask, mask.size, 9.41, 9.41, kind, 0.75, {kind: 3, "pit": 1})


def make_inspection(
    frame: Frame | None = None,
    *,
    verdict: Verdict = Verdict.REJECT,
    kinds: tuple[str, ...] = ("crack",),
    reasons: tuple[str, ...] = ("a crack of 16 px2 is a reject",),
    recipe: Recipe | None = None,
    model: str = "digest-of-the-model",
) -> Inspection:
    """An inspection with one region of each kind, one suppressed and one too small."""
    frame = frame or make_frame()
    recipe = recipe or make_recipe()
    return Inspection(
        measurement=Measurement(frame, make_levels(frame), CELL, None, model, 9.1),
        threshold=recipe.threshold,
        recipe=recipe.digest,
        verdict=verdict,
        reasons=reasons,
        regions=tuple(make_region(kind) for kind in kinds),
        suppressed=(make_region("background"),),
        too_small=(make_region("dust"),),
        milliseconds={**dict.fromkeys(STAGES, 1.5), "total": 6.0},
    )
