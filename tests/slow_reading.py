"""Stages 2 to 4 and the verdict as the design words them: one region, window and pixel at a time."""

from typing import NamedTuple

import numpy as np
from skimage.measure import label

from inspector.policy import area_text
from inspector.recipe import Recipe
from inspector.stages.filtering import pixel_levels
from inspector.types import BACKGROUND, Levels, Mask, Measurement, Verdict, WindowKinds, threshold_level, to_severity


class SlowRegion(NamedTuple):
    """What `inspector.types.Region` says, to compare."""

    box: tuple[int, ...]
    mask: list[list[bool]]
    area_px: int
    peak_severity: float
    mean_severity: float
    kind: str
    confidence: float
    votes: list[tuple[str, int]]


class SlowInspection(NamedTuple):
    """What `inspector.types.Inspection` says, to compare."""

    verdict: Verdict
    reasons: tuple[str, ...]
    regions: list[SlowRegion]
    suppressed: list[SlowRegion]
    too_small: list[SlowRegion]


def slow_clusters(cells: Mask, cell: int, distance: float) -> list[Mask]:
    """Touching cells, then pairs of clusters joined while any two are nearer than the distance."""
    labels = label(cells, connectivity=2)
    clusters = [np.argwhere(labels == number) for number in range(1, labels.max() + 1)]
    i = 0
    while i < len(clusters):
        near = next(
            (j for j in range(len(clusters)) if j != i and gap(clusters[i], clusters[j], cell) < distance), None
        )
        if near is None:
            i += 1
        else:
            clusters[min(i, near)] = np.concatenate([clusters[i], clusters[near]])
            del clusters[max(i, near)]
            i = 0
    masks = [np.zeros_like(cells) for _ in clusters]
    for mask, cluster in zip(masks, clusters, strict=True):
        mask[tuple(cluster.T)] = True
    return masks


def gap(one: np.ndarray, other: np.ndarray, cell: int) -> float:
    """Px between the edges of the nearest two cells."""
    between = np.maximum(np.abs(one[:, None] - other[None]) - 1, 0) * cell
    return float(np.hypot(*between.transpose(2, 0, 1)).min())


def slow_outline(levels: Levels, own: Mask, cell: int, threshold: float, shape: tuple[int, int]) -> Mask:
    """The pixels of a cluster in the frame: where the interpolated map reaches T, at most a cell beyond its own."""
    around = np.pad(own, 1)
    grown = np.any([np.roll(around, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)], axis=0)[1:-1, 1:-1]
    inside, near = (np.kron(m, np.ones((cell, cell), bool))[: shape[0], : shape[1]] for m in (own, grown))
    above = (pixel_levels(levels, cell, shape) >= threshold_level(threshold)) & near
    return above if (above & inside).any() else inside


def slow_windows(mask: Mask) -> list[tuple[int, int, int]]:
    """Scale, top and left of the windows that hold at least half of what the best one holds of a region."""
    top, left, bottom, right = bounds(mask)
    scale = next((s for s in range(3) if max(bottom - top, right - left) <= 64 << s), 3)
    size = 64 << scale
    held = {
        (scale, y, x): int(mask[y : y + size, x : x + size].sum())
        for y in starts(mask.shape[0], size)
        for x in starts(mask.shape[1], size)
    }
    return [window for window, px in held.items() if px and px >= max(held.values()) / 2]


def starts(side: int, size: int) -> list[int]:
    """Where windows begin: they overlap by half, the last ends at the border."""
    last = max(side - size, 0)
    return [*range(0, last, size // 2), last]


def slow_judge(measurement: Measurement, recipe: Recipe) -> SlowInspection:
    """The literal reading of `inspector.pipeline.judge`."""
    levels, cell, shape = measurement.levels, measurement.cell, measurement.frame.shape
    found = []
    for own in slow_clusters(levels >= threshold_level(recipe.threshold), cell, recipe.cluster_distance):
        mask, severities = slow_outline(levels, own, cell, recipe.threshold, shape), to_severity(levels)[own]
        peak, mean = float(severities.max()), float(severities.mean(dtype=float))
        found.append((-round(peak, 3), -int(mask.sum()), bounds(mask), peak, mean, mask))
    regions: dict[str, list[SlowRegion]] = {"defect": [], "suppressed": [], "small": []}
    for _, area, box, peak, mean, mask in sorted(found, key=lambda one: one[:3]):
        small = -area < recipe.min_area.in_px2(recipe.mm_per_px)
        kind, confidence, votes = ("defect", 1.0, []) if small else slow_vote(slow_windows(mask), measurement.kinds)
        top, left, bottom, right = box
        cut = mask[top:bottom, left:right].tolist()
        regions["small" if small else "suppressed" if kind == BACKGROUND else "defect"].append(
            SlowRegion(box, cut, -area, round(peak, 3), round(mean, 3), kind, round(confidence, 6), votes)
        )
    verdict, reasons = slow_verdict(*regions.values(), recipe)
    return SlowInspection(verdict, reasons, *regions.values())


def slow_vote(windows: list[tuple[int, int, int]], kinds: WindowKinds) -> tuple[str, float, list[tuple[str, int]]]:
    """Kind, confidence and votes of a region, the most frequent first."""
    known = np.array([kinds.probabilities(np.array([window]))[0] for window in windows], float)
    counts = [int((known.argmax(1) == number).sum()) for number in range(len(kinds.classes))]
    ranked = sorted(range(len(counts)), key=lambda number: (-counts[number], -known[:, number].mean()))
    overruled = ranked[0] == 0 and known[:, 0].mean() < kinds.veto
    winner = ranked[1] if overruled else ranked[0]
    votes = [(kinds.classes[number], counts[number]) for number in ranked if counts[number]]
    return kinds.classes[winner], counts[winner] / len(windows), votes


def slow_verdict(
    defects: list[SlowRegion], suppressed: list[SlowRegion], small: list[SlowRegion], recipe: Recipe
) -> tuple[Verdict, tuple[str, ...]]:
    """The worst verdict, and the reasons, the worst first."""
    told = []
    for region in defects:
        text = f"{region.kind} of {area_text(region.area_px, recipe)}, severity {region.peak_severity:.1f}"
        verdict = Verdict.REJECT
        for row in recipe.policy:
            large = region.area_px >= row.min_area.in_px2(recipe.mm_per_px)
            if row.kind in ("*", region.kind) and large and region.peak_severity >= row.min_severity:
                area, severity = bool(row.min_area.value), bool(row.min_severity)
                limits = [f"{row.min_area}"] * area + [f"severity {row.min_severity:g}"] * severity
                if limits:
                    text += f", over the limit{'s' if len(limits) > 1 else ''} of {' and '.join(limits)}"
                verdict = row.verdict
                break
        told.append((verdict, text))
    told.sort(key=lambda one: ["reject", "review", "accept"].index(one[0]))
    reasons = [text for _, text in told] or [f"no defect at or above severity {recipe.threshold:g}"]
    for left_out, why in (
        (suppressed, "held for a false alarm by the classifier"),
        (small, f"smaller than {recipe.min_area} left out"),
    ):
        if left_out:
            reasons.append(f"{len(left_out)} region{'s' if len(left_out) > 1 else ''} {why}")
    return (told[0][0] if told else Verdict.ACCEPT), tuple(reasons)


def bounds(mask: Mask) -> tuple[int, ...]:
    """The box of what is True: top, left, bottom, right."""
    rows, columns = np.nonzero(mask)
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1
