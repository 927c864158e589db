"""What the row of a past inspection tells of its verdict under another recipe, without its pictures."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from inspector.journal.entry import Entry
from inspector.policy import Decision, frame_verdict
from inspector.recipe import Recipe
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Region, threshold_level


def from_row(entry: Entry, own: Recipe, recipe: Recipe) -> Decision | None:
    """The verdict from what was logged; None where the recipe finds or classifies other regions.

    Parameters
    ----------
    entry : Entry
    own : Recipe
        What the inspection was judged by.
    recipe : Recipe
        What it is to be judged by, with the same model.
    """
    record, level = entry.record, threshold_level(recipe.threshold)
    if _highest_level(entry) < level:
        return no_defect(recipe)
    smallest = recipe.min_area.in_px2(recipe.mm_per_px)
    same_regions = threshold_level(own.threshold) == level and own.cluster_distance == recipe.cluster_distance
    # What was too small was never classified: its kind is not known.
    if not same_regions or any(region["area_px"] >= smallest for region in entry.too_small):
        return None
    large = tuple(_region(region) for region in record["regions"] if region["area_px"] >= smallest)
    verdict, reasons = frame_verdict(large, (), (), recipe)  # what is left out gives no first reason
    return Decision(verdict, reasons[0])


def _highest_level(entry: Entry) -> int:
    """The highest level of the whole map."""
    record = entry.record
    found = [region["peak_severity"] for region in (*record["regions"], *record["suppressed"], *entry.too_small)]
    return _level(max(found, default=record["max_severity"]))


def _level(severity: float) -> int:
    """The level that a logged severity stands for: the journal keeps three decimals."""
    return round(severity * LEVEL_MAX / SEVERITY_MAX)


def _region(record: Mapping[str, Any]) -> Region:
    """A logged region, as far as a policy asks for it: the mask is the whole box and takes no memory."""
    top, left, bottom, right = record["box"]
    return Region(
        box=(top, left, bottom, right),
        mask=np.broadcast_to(np.True_, (bottom - top, right - left)),
        area_px=record["area_px"],
        peak_severity=_level(record["peak_severity"]) * (SEVERITY_MAX / LEVEL_MAX),
        mean_severity=record["mean_severity"],
        kind=record["kind"],
        confidence=record["confidence"],
        votes=record["votes"],
    )


def no_defect(recipe: Recipe) -> Decision:
    """The verdict where nothing reaches T."""
    verdict, reasons = frame_verdict((), (), (), recipe)
    return Decision(verdict, reasons[0])
