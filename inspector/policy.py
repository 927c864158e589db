"""The verdict of a region and of a frame, with the reason in words."""

from typing import NamedTuple

import numpy as np

from inspector.recipe import ANY_KIND, PolicyRow, Recipe
from inspector.types import Region, Verdict


class Decision(NamedTuple):
    """A verdict and the sentence that explains it."""

    verdict: Verdict
    reason: str


def decide(region: Region, recipe: Recipe) -> Decision:
    """The verdict on one defect: that of the first policy row that matches, else reject."""
    row = next((row for row in recipe.policy if _matches(row, region, recipe)), None)
    reason = f"{region.kind} of {area_text(region.area_px, recipe)}, severity {region.peak_severity:.1f}"
    if row is None:
        return Decision(Verdict.REJECT, reason)
    limits = [
        f"{row.min_area}" if row.min_area.value else "",
        f"severity {row.min_severity:g}" if row.min_severity else "",
    ]
    passed = [text for text in limits if text]
    if not passed:
        return Decision(row.verdict, reason)
    return Decision(row.verdict, f"{reason}, over the limit{'s' * (len(passed) - 1)} of {' and '.join(passed)}")


def _matches(row: PolicyRow, region: Region, recipe: Recipe) -> bool:
    return (
        row.kind in (ANY_KIND, region.kind)
        and region.area_px >= row.min_area.in_px2(recipe.mm_per_px)
        and region.peak_severity >= row.min_severity
    )


def area_text(area_px: int, recipe: Recipe) -> str:
    """An area as people read it: mm2 where the recipe knows the scale, else px2."""
    if recipe.mm_per_px is None:
        return f"{area_px} px2"
    area = np.format_float_positional(area_px * recipe.mm_per_px**2, 2, unique=False, fractional=False, trim="-")
    return f"{area} mm2"


def frame_verdict(
    regions: tuple[Region, ...], suppressed: tuple[Region, ...], too_small: tuple[Region, ...], recipe: Recipe
) -> tuple[Verdict, tuple[str, ...]]:
    """The worst verdict of a frame's defects, and all reasons, the deciding one first.

    What was left out, by the classifier or by its size, is named too: nothing changes a verdict unseen.
    """
    decisions = sorted((decide(region, recipe) for region in regions), key=lambda d: -d.verdict.rank)
    reasons = [decision.reason for decision in decisions]
    if not regions:
        reasons.append(f"no defect at or above severity {recipe.threshold:g}")
    if suppressed:
        reasons.append(f"{_count(suppressed)} held for a false alarm by the classifier")
    if too_small:
        reasons.append(f"{_count(too_small)} smaller than {recipe.min_area} left out")
    return (decisions[0].verdict if decisions else Verdict.ACCEPT), tuple(reasons)


def _count(regions: tuple[Region, ...]) -> str:
    return f"{len(regions)} region{'s' if len(regions) > 1 else ''}"
