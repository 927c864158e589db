"""The verdict of a region and of a frame, with the reason in words."""

from typing import NamedTuple

import numpy as np

from inspector.recipe import ANY_KIND, PolicyRow, Recipe
from inspector.types import Region, Verdict


class Decision(NamedTuple):
    """A verdict and the sentence that explains it."""

    verdict: Verdict
    reason: str


class _Rule(NamedTuple):
    """A policy row, ready for many regions."""

    kind: str
    min_px2: float
    min_severity: float
    verdict: Verdict
    passed: str


def _rule(row: PolicyRow, recipe: Recipe) -> _Rule:
    limits = [
        f"{row.min_area}" if row.min_area.value else "",
        f"severity {row.min_severity:g}" if row.min_severity else "",
    ]
    named = [text for text in limits if text]
    passed = f", over the limit{'s' * (len(named) - 1)} of {' and '.join(named)}" if named else ""
    return _Rule(row.kind, row.min_area.in_px2(recipe.mm_per_px), row.min_severity, row.verdict, passed)


def _decide(region: Region, rules: list[_Rule], recipe: Recipe) -> Decision:
    """The verdict on one defect: that of the first policy row that matches, else reject."""
    reason = f"{region.kind} of {area_text(region.area_px, recipe)}, severity {region.peak_severity:.1f}"
    for kind, min_px2, min_severity, verdict, passed in rules:
        if kind in (ANY_KIND, region.kind) and region.area_px >= min_px2 and region.peak_severity >= min_severity:
            return Decision(verdict, reason + passed)
    return Decision(Verdict.REJECT, reason)


def area_text(area_px: int, recipe: Recipe) -> str:
    """An area as people read it: mm2 where the recipe knows the scale, else px2."""
    if recipe.mm_per_px is None:
        return f"{area_px} px2"
    area = np.format_float_positional(area_px * recipe.mm_per_px**2, 2, unique=False, fractional=False, trim="-")
    return f"{area} mm2"


def with_units(text: str) -> str:
    """A sentence with its units as people write them."""
    return text.replace("px2", "px\N{SUPERSCRIPT TWO}").replace("mm2", "mm\N{SUPERSCRIPT TWO}")


def frame_verdict(
    regions: tuple[Region, ...], suppressed: tuple[Region, ...], too_small: tuple[Region, ...], recipe: Recipe
) -> tuple[Verdict, tuple[str, ...]]:
    """The worst verdict of a frame's defects, and all reasons, the deciding one first.

    What was left out, by the classifier or by its size, is named too: nothing changes a verdict unseen.
    """
    rules = [_rule(row, recipe) for row in recipe.policy]
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in reversed(Verdict)}
    for region in regions:
        verdict, reason = _decide(region, rules, recipe)
        found[verdict].append(reason)
    worst = next((verdict for verdict, reasons in found.items() if reasons), Verdict.ACCEPT)
    reasons = [reason for reasons in found.values() for reason in reasons]
    if not regions:
        reasons.append(f"no defect at or above severity {recipe.threshold:g}")
    if suppressed:
        reasons.append(f"{_count(suppressed)} held for a false alarm by the classifier")
    if too_small:
        reasons.append(f"{_count(too_small)} smaller than {recipe.min_area} left out")
    return worst, tuple(reasons)


def _count(regions: tuple[Region, ...]) -> str:
    return f"{len(regions)} region{'s' if len(regions) > 1 else ''}"
