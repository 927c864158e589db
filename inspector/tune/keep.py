"""A chosen T put into the recipe: the audit keeps the old and the new one, who, when and why, and the curve."""

import hashlib
from datetime import UTC, datetime

from inspector.errors import InspectorError
from inspector.files import discard, free_path, write_synced
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.tune.choice import curve_csv, curve_table
from inspector.tune.costs import Costs
from inspector.tune.trial import Trial

CURVES = "curves"
"""Folder beside the recipes."""


def save_threshold(
    library: RecipeLibrary, kept: Kept, trial: Trial, threshold: float, costs: Costs, who: str, why: str
) -> Kept:
    """Save the tried recipe at a T; the line of its changes names the file of the curve.

    Raises
    ------
    InspectorError
        As `RecipeLibrary.save`, and if the curve can't be written; then nothing is changed.
    """
    folder, curve = library.folder / CURVES, curve_csv(curve_table(trial, costs)).encode()
    # With its digest in the name the line of the change says whether the curve is still the one of then.
    stem = f"{kept.path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{hashlib.sha256(curve).hexdigest()[:16]}"
    path = free_path(folder, stem, ".csv")
    try:
        folder.mkdir(exist_ok=True)
        write_synced(path, curve)
    except OSError as error:
        discard(path)
        raise InspectorError(f"the curve {path} can't be saved: {error.strerror}; make room and try again") from error
    try:
        return library.save(kept, trial.recipe.with_threshold(threshold), who, f"{why} (curve: {CURVES}/{path.name})")
    except InspectorError:
        discard(path)
        raise
