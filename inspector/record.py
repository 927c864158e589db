"""An inspection as plain JSON data: the fixed form of results.jsonl, of the journal and of headless output."""

from typing import Any

from inspector.types import Inspection, Region, Unreadable


def region_record(region: Region) -> dict[str, Any]:
    """One region in the fixed form (design, section 5)."""
    return {
        "box": list(region.box),
        "area_px": region.area_px,
        "peak_severity": round(region.peak_severity, 3),
        "mean_severity": round(region.mean_severity, 3),
        "kind": region.kind,
        "confidence": round(region.confidence, 3),
        "votes": dict(region.votes),
    }


def inspection_record(inspection: Inspection) -> dict[str, Any]:
    """One line of results.jsonl (design, section 5)."""
    frame = inspection.frame
    return {
        "index": frame.index,
        "name": frame.name,
        "part": frame.part,
        "verdict": inspection.verdict.value,
        "reasons": list(inspection.reasons),
        "threshold": inspection.threshold,
        "cell": inspection.measurement.cell,
        "max_severity": round(inspection.max_severity, 3),
        "regions": [region_record(region) for region in inspection.regions],
        "suppressed": [region_record(region) for region in inspection.suppressed],
        "milliseconds": {stage: round(ms, 3) for stage, ms in inspection.milliseconds.items()},
    }


def unreadable_record(unreadable: Unreadable) -> dict[str, Any]:
    """The line of a frame that could not be read."""
    return {"index": unreadable.index, "name": unreadable.name, "error": unreadable.error}
