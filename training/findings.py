"""An evaluation in plain words: the three answers that people ask for, and what to be careful about."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inspector.metrics.disputes import FAR
from training.evaluate import Evaluation
from training.summary import OBJECT_IOU, Summary

FEW_PARTS = 30
"""Fewer parts than this leave a share uncertain by more than 15 % or so."""

FEW_CELLS = 100

_DISPUTED = 0.02
"""Share of disputed pixels, on both sides, from which on they are worth a word."""

_TRUSTED, _ROUGH = 0.8, 0.5
"""Rank correlations from which on a severity is said to be right, or right in the rough.

For the first, the lower end of the interval must reach the second as well.
"""


@dataclass(frozen=True)
class Finding:
    """A question, its answer in a few words and what stands behind it in sentences."""

    question: str
    answer: str
    detail: str


def number(value: float, digits: int = 3) -> str:
    """A figure as people read it; a dash where it is undefined."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "-"


def percent(value: float) -> str:
    """A share as people read it; a dash where it is undefined."""
    return f"{100 * value:.0f} %" if math.isfinite(value) else "-"


def counted(count: int, what: str) -> str:
    """A count with its noun: "1 part", "no part", "3 parts"."""
    return f"{count or 'no'} {what}{'s' if count > 1 else ''}"


def answers(summary: Summary) -> list[Finding]:
    """How many defects are found, how many good parts are rejected, and whether the severity can be trusted."""
    return [_found(summary), _rejected(summary), _severity(summary)]


def _found(summary: Summary) -> Finding:
    counts = summary.counts
    bad, escaped, reviewed = (counts[f"parts_defective{state}"] for state in ("", "_accept", "_review"))
    return Finding(
        "How many defects are found?",
        f"{counts['objects_touched']} of {counts['objects']}",
        f"annotated defects have a detection on them; {counts['objects_found']} are outlined well (overlap above "
        f"{OBJECT_IOU:g}), {counts['objects_found_right_kind']} of these with the right kind. Of "
        f"{counted(bad, 'defective part')}, {counted(escaped, 'part')} passed as good"
        f"{_likely(summary, 'parts.escaped')} and {counted(reviewed, 'part')} went to a person.",
    )


def _rejected(summary: Summary) -> Finding:
    good, rejected, reviewed = (summary.counts[f"parts_sound{state}"] for state in ("", "_reject", "_review"))
    question = "How many good parts are rejected?"
    if not good:
        return Finding(
            question, "not known", "Every part of this split has a defect: good parts must be measured apart."
        )
    return Finding(
        question,
        f"{rejected} of {good}",
        f"good parts are rejected{_likely(summary, 'parts.falsely_rejected')}; "
        f"{counted(reviewed, 'further part')} {'go' if reviewed > 1 else 'goes'} to a person.",
    )


def _severity(summary: Summary) -> Finding:
    question, value = "Can the severity be trusted?", summary.values["severity.defect_cells.spearman"]
    if not math.isfinite(value):
        return Finding(question, "not known", "There are too few defect cells, or all have one severity.")
    low, _ = summary.intervals.get("severity.defect_cells.spearman", (value, value))
    if value >= _TRUSTED and low >= _ROUGH:
        answer, meaning = "Yes", "what looks stronger is measured as more severe."
    elif value >= _ROUGH:
        answer, meaning = "In the rough", "strong defects are told from weak ones, similar ones are not."
    else:
        answer, meaning = "No", "do not rank or accept defects by it."
    return Finding(
        question,
        answer,
        f"Its rank correlation with the contrast measured on the annotated defects is {number(value, 2)}"
        f"{_likely(summary, 'severity.defect_cells.spearman', as_share=False)}, where 1 is the same order and 0 is no "
        f"relation: {meaning}",
    )


def _likely(summary: Summary, name: str, *, as_share: bool = True) -> str:
    """The interval of a figure in brackets, empty where there is none."""
    if name not in summary.intervals:
        return ""
    low, high = summary.intervals[name]
    return f" (likely {percent(low)} to {percent(high)})" if as_share else f" (likely {low:.2f} to {high:.2f})"


def cautions(evaluation: Evaluation, summary: Summary) -> Iterator[str]:
    """Sentences that keep a reader from taking more from the figures than is in them."""
    counts, spec = summary.counts, evaluation.model.spec
    for state, share in (("defective", "found and missed"), ("sound", "rejected though good")):
        parts = counts[f"parts_{state}"]
        if parts < FEW_PARTS:
            name = "defective" if state == "defective" else "good"
            yield (
                f"There {'are' if parts > 1 else 'is'} only {counted(parts, f'{name} part')} in this split: what is "
                f"{share} may be quite different on other parts."
                if parts
                else f"There is no {name} part in this split: nothing is known of what is {share}."
            )
    if counts["parts"] < counts["frames"]:
        yield (
            f"The {counts['frames']} frames show {counted(counts['parts'], 'part')}. Frames of one part resemble each "
            "other, so all intervals are reckoned over parts, and a defect counts once in each frame that shows it."
        )
    if counts["defect_cells"] < FEW_CELLS:
        yield f"Severity was compared on {counts['defect_cells']} defect cells only."
    yield from _disputed(summary.values)
    if evaluation.failed:
        yield f"{counted(len(evaluation.failed), 'frame')} could not be read and took no part; see the end."
    if spec.training.get("dataset") == evaluation.dataset.name and evaluation.split in ("train", "val"):
        used = "learned from" if evaluation.split == "train" else "chose T and its settings on"
        yield f"The model {used} the split {evaluation.split} of this data: these figures flatter it."
    unknown = [name for name in evaluation.dataset.classes if name not in spec.classes]
    if unknown:
        yield f"The model does not know the kind {', '.join(unknown)}: kinds are wrong by necessity there."


def _disputed(values: Mapping[str, float]) -> Iterator[str]:
    missed, extra = (values[f"disputed.only_{side}.share"] for side in ("annotated", "found"))
    strong, weak = (values[f"disputed.only_{side}.contrast"] for side in ("found", "annotated"))
    if min(missed, extra) >= _DISPUTED and strong >= weak:
        yield (
            f"{percent(extra)} of the pixels found lie over {FAR} px from any annotation, and stand out from their "
            f"surroundings as much ({number(strong, 0)} grey values) as what was annotated and missed "
            f"({number(weak, 0)}). Look at both: where defects were left out of the annotation, or sound surface "
            "looks like them, more training won't make the figures better."
        )
