"""The one part that is on the screen, live, past or from the journal; no Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from inspector.journal.entry import Entry
from inspector.journal.replay import stored_measurement
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge
from inspector.policy import area_text, with_units
from inspector.recipe import Recipe
from inspector.types import Inspection, Levels, Measurement, Pixels, Region, Verdict


@dataclass(frozen=True, eq=False)
class Shown:
    """A part as it is painted.

    Attributes
    ----------
    entry_id : int
        Its row in the journal.
    name : str
    pixels : uint8 (H, W) or (H, W, 3)
    levels : uint8 (ceil(H / cell), ceil(W / cell))
    cell : int
    recipe : Recipe
        What it is judged by when T is moved.
    verdict, reasons, threshold
        What is said of it now: as logged, or as it would be under another T.
    regions, left_out : tuple of Region
        Defects, worst first; suppressed and too small ones.
    logged_verdict, logged_threshold
        What the journal holds.
    measurement : callable
        Gives the measurement to judge anew; raises InspectorError if there is none to be had.
    """

    entry_id: int
    name: str
    pixels: Pixels
    levels: Levels
    cell: int
    recipe: Recipe
    verdict: Verdict
    reasons: tuple[str, ...]
    threshold: float
    regions: tuple[Region, ...]
    left_out: tuple[Region, ...]
    logged_verdict: Verdict
    logged_threshold: float
    measurement: Callable[[], Measurement]

    @property
    def is_preview(self) -> bool:
        """Whether this is what would be under another T, not what was logged."""
        return self.threshold != self.logged_threshold

    def under(self, threshold: float) -> "Shown":
        """The same part judged at another T: costs stages 2 to 4, never the severity network."""
        inspection = judge(self.measurement(), self.recipe.with_threshold(threshold))
        return replace(
            self,
            verdict=inspection.verdict,
            reasons=inspection.reasons,
            threshold=threshold,
            regions=inspection.regions,
            left_out=inspection.suppressed + inspection.too_small,
        )


def show_inspection(entry_id: int, inspection: Inspection, recipe: Recipe) -> Shown:
    """A part of the line, just judged or a little while ago."""
    return Shown(
        entry_id=entry_id,
        name=inspection.frame.name,
        pixels=inspection.frame.pixels,
        levels=inspection.measurement.levels,
        cell=inspection.measurement.cell,
        recipe=recipe,
        verdict=inspection.verdict,
        reasons=inspection.reasons,
        threshold=inspection.threshold,
        regions=inspection.regions,
        left_out=inspection.suppressed + inspection.too_small,
        logged_verdict=inspection.verdict,
        logged_threshold=inspection.threshold,
        measurement=lambda: inspection.measurement,
    )


def show_entry(journal: Journal, entry: Entry, load_model: Callable[[str], Model]) -> Shown:
    """A part from the journal, with the boxes that were logged; the model is loaded when T is moved, not before.

    Raises
    ------
    InspectorError
        If the frame, map or recipe can't be read.
    """
    record, recipe = entry.record, journal.recipe(entry.recipe)
    return Shown(
        entry_id=entry.id,
        name=record["name"],
        pixels=journal.pixels(entry),
        levels=journal.levels(entry),
        cell=record["cell"],
        recipe=recipe,
        verdict=entry.verdict,
        reasons=tuple(record["reasons"]),
        threshold=record["threshold"],
        regions=tuple(map(_logged_region, record["regions"])),
        left_out=tuple(map(_logged_region, [*record["suppressed"], *entry.too_small])),
        logged_verdict=entry.verdict,
        logged_threshold=record["threshold"],
        measurement=cache(lambda: stored_measurement(journal, entry, load_model(recipe.model))),
    )


def _logged_region(record: Mapping[str, Any]) -> Region:
    """A region of the journal, which holds boxes but no outlines: its mask is the whole box."""
    top, left, bottom, right = record["box"]
    mask = np.ones((bottom - top, right - left), np.bool_)
    rest = {key: value for key, value in record.items() if key != "box"}
    return Region(box=(top, left, bottom, right), mask=mask, **rest)


def region_at(regions: tuple[Region, ...], x: int, y: int) -> Region | None:
    """The first region that holds a pixel."""
    for region in regions:
        top, left, bottom, right = region.box
        if top <= y < bottom and left <= x < right and region.mask[y - top, x - left]:
            return region
    return None


def describe(region: Region, recipe: Recipe) -> str:
    """A defect in two short lines: kind; area and severity."""
    area = with_units(area_text(region.area_px, recipe))
    return f"{region.kind}\n{area} \N{MIDDLE DOT} severity {region.peak_severity:.1f}"
