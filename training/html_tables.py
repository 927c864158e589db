"""The tables of the HTML report."""

from collections.abc import Iterable, Iterator, Sequence

from inspector.metrics.disputes import FAR
from inspector.metrics.objects import MIN_OBJECT_PX
from inspector.types import Verdict
from training.findings import number, percent
from training.summary import OBJECT_IOU, Summary


def tables(summary: Summary) -> Iterator[str]:
    """Verdicts, pixels, objects, what the classifier changes, severity: pieces of HTML."""
    counts = summary.counts
    units = ["parts", "frames"] if counts["parts"] < counts["frames"] else ["frames"]
    yield "<h2>Verdicts</h2><p>A part has the worst verdict of its frames.</p>"
    yield table(
        ["", *(verdict.value for verdict in Verdict), "all"],
        [
            [
                f"{'good' if state == 'sound' else state} {unit}",
                *(str(counts[f"{unit}_{state}_{v}"]) for v in Verdict),
                str(counts[f"{unit}_{state}"]),
            ]
            for unit in units
            for state in ("defective", "sound")
        ],
    )
    if "parts" in units:
        disagreeing = _figure(summary, "parts.disagreeing")
        yield f"<p>Of the parts whose frames are all defective or all good, {disagreeing} got different verdicts.</p>"
    if counts["frames_sound"]:
        shown = (("area under the ROC curve", "auroc"), ("average precision", "average_precision"))
        rows = [[text, _figure(summary, f"frames.{name}")] for text, name in shown]
        yield table(["frames, ranked by their highest severity", ""], rows)
    yield (
        "<h2>Outlines, pixel by pixel</h2><p>Hand-drawn outlines are some pixels off themselves, so the figures within "
        "2 and 5 px stand beside the strict ones. In brackets the 95 % interval.</p>"
    )
    for where, name in (("all frames", "all_images"), ("only frames with a defect", "defective_images")):
        yield table(
            [where, "precision", "recall", "F1"],
            [
                [text, *(_figure(summary, f"{name}.pixels.{key}.{figure}") for figure in ("precision", "recall", "f1"))]
                for text, key in (("strict", "strict"), ("within 2 px", "within_2_px"), ("within 5 px", "within_5_px"))
            ],
        )
    yield table(
        ["overlap (IoU)", ""],
        [
            ["mean over frames with a defect", _figure(summary, "defective_images.pixels.mean_iou")],
            ["pooled over all frames", _figure(summary, "all_images.pixels.pooled_iou")],
        ],
    )
    yield from _object_tables(summary)
    yield from _dispute_table(summary)


def _object_tables(summary: Summary) -> Iterator[str]:
    counts = summary.counts
    yield (
        f"<h2>Defects as objects</h2><p>{counts['objects']} annotated defects and {counts['detections']} detections "
        f"of {MIN_OBJECT_PX} px and more in all frames. Found means an overlap (IoU) above {OBJECT_IOU:g}, which is "
        "strict for small or thin defects.</p>"
    )
    yield table(
        ["all frames", "precision", "recall", "F1"],
        [
            [
                text,
                *(_figure(summary, f"all_images.objects.{key}.{figure}") for figure in ("precision", "recall", "f1")),
            ]
            for text, key in (("any kind", "any_kind"), ("right kind", "right_kind"))
        ],
    )
    accuracy = _figure(summary, "all_images.objects.kind_accuracy_of_found")
    yield f"<p>Among those found the share with the right kind is {accuracy}.</p>"
    yield (
        "<h2>What the classifier changes</h2><p>The same severity maps, T and sizes, with and without the classifier's "
        "say on false alarms (all frames; mean IoU and AR over defects).</p>"
    )
    columns = {
        "AR": "defective_images.objects.ar",
        "mean IoU": "defective_images.pixels.mean_iou",
        "pixel precision": "all_images.pixels.strict.precision",
        "recall": "all_images.pixels.strict.recall",
        "F1": "all_images.pixels.strict.f1",
        "object precision": "all_images.objects.any_kind.precision",
        "object recall": "all_images.objects.any_kind.recall",
    }
    yield table(
        ["", *columns],
        [
            [text, *(number(summary.values[prefix + name]) for name in columns.values())]
            for text, prefix in (("with", ""), ("without", "without_classifier."))
        ],
    )
    yield "<h2>Severity</h2><p>Correlation of severity and local contrast, over the annotated defect cells.</p>"
    yield table(
        ["", "rank (Spearman)", "linear (Pearson)"],
        [
            [text, *(_figure(summary, f"severity.{key}.{kind}") for kind in ("spearman", "pearson"))]
            for text, key in (("all defect cells", "defect_cells"), ("those at or above T", "found_cells"))
        ],
    )


def _dispute_table(summary: Summary) -> Iterator[str]:
    yield (
        f"<h2>Where model and annotation disagree</h2><p>Pixels that only one of them has, more than {FAR} px from "
        "what the other has, and how far they stand out from their surroundings (median, grey values).</p>"
    )
    rows = (("annotated and found", "agreed"), ("only annotated", "only_annotated"), ("only found", "only_found"))
    yield table(
        ["all frames", "share", "contrast"],
        [
            [
                text,
                percent(summary.values.get(f"disputed.{key}.share", float("nan"))),
                number(summary.values[f"disputed.{key}.contrast"], 0),
            ]
            for text, key in rows
        ],
    )


def _figure(summary: Summary, name: str) -> str:
    """A figure and its interval; shares of parts as per cent."""
    show = percent if name.startswith("parts.") else number
    value = show(summary.values[name])
    if name not in summary.intervals or value == "-":
        return value
    low, high = summary.intervals[name]
    return f"{value} <small>({show(low)} to {show(high)})</small>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in HTML; the cells are HTML already."""
    head = "".join(f"<th>{cell}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
