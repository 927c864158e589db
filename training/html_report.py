"""An evaluation as one HTML file that stands alone: the answer first, then tables and figures, then how it was done."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from inspector.metrics.objects import MIN_OBJECT_PX
from inspector.metrics.severity import REACH
from training.bootstrap import DRAWS
from training.evaluate import Evaluation
from training.findings import answers, cautions
from training.gallery import GALLERY
from training.html_tables import table, tables
from training.summary import Summary

_TEMPLATE = Path(__file__).with_name("evaluation.html")

_CAPTIONS = {
    "frames": (
        "Can defective frames be told from good ones?",
        "Each point of a line is a limit on the highest severity that counts; the diamond is what the recipe does. "
        "Left, a good model hugs the upper left corner; right, the upper right one.",
    ),
    "object_pr": (
        "Defects as objects",
        "How many annotated defects are found (recall) and how many detections are defects (precision), against the "
        "overlap that is asked for. A wide gap between the lines means wrong kinds.",
    ),
    "confusion": (
        "Kinds",
        "Each row is a kind as annotated, each column a kind as detected, numbers are defects. Of several detections "
        "on a defect the one that overlaps most counts, however little that is.",
    ),
    "iou_of_threshold": (
        "Is T well chosen?",
        "Overlap with the truth at every T, before size filter and classifier. T in use should lie in the shaded "
        "stretch; a narrow peak means that the choice of T is touchy.",
    ),
    "severity": (
        "Severity against measured contrast",
        "Left, all annotated defect cells; right, the contrast that each severity stands for. A severity that can be "
        "trusted gives points that rise steadily with short bars. Cells left of T were missed.",
    ),
    "escapes": (
        "Escapes",
        "Defective frames that were accepted, the largest defect first, one a part. Found but left out: what the "
        "classifier held for a false alarm, and what is too small for the recipe.",
    ),
    "false_alarms": (
        "False alarms",
        "Good frames that were rejected or sent to a person, the most severe first, one a part.",
    ),
    "poor_outlines": ("Poorest outlines", "Defective frames that were stopped, the worst overlap first, one a part."),
}


def html_report(evaluation: Evaluation, summary: Summary, figures: Mapping[str, bytes]) -> str:
    """The report as one page; `figures` are PNG files by name, shown in the order of this file's captions."""
    spec, data = evaluation.model.spec, evaluation.dataset.name
    title = f"How good is {spec.name} on {data}?"
    counts = summary.counts
    parts = f" of {counts['parts']} parts" if counts["parts"] < counts["frames"] else ""
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(title),
        subtitle=escape(
            f"{counts['frames']} annotated frames{parts}, split {evaluation.split}; judged at T "
            f"{evaluation.recipe.threshold:g} under the recipe {evaluation.recipe.name}."
        ),
        answers="\n".join(
            f"<section><h2>{escape(f.question)}</h2><strong>{escape(f.answer)}</strong><p>{escape(f.detail)}</p></section>"
            for f in answers(summary)
        ),
        cautions=_cautions(list(cautions(evaluation, summary))),
        body="\n".join([*tables(summary), *_figures(figures), *_method(evaluation)]),
    )


def _cautions(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<section class="care"><h2>Read with care</h2><ul>{items}</ul></section>'


def _figures(figures: Mapping[str, bytes]) -> Iterator[str]:
    for name, (title, text) in _CAPTIONS.items():
        if name in figures:
            kind = "wide" if name in GALLERY else "chart"
            image = base64.b64encode(figures[name]).decode("ascii")
            yield (
                f'<figure class="{kind}"><h2>{title}</h2><img alt="{title}" src="data:image/png;base64,{image}">'
                f"<figcaption>{text}</figcaption></figure>"
            )


def _method(evaluation: Evaluation) -> Iterator[str]:
    spec, recipe, dataset = evaluation.model.spec, evaluation.recipe, evaluation.dataset
    entries = {
        "Data": f"{dataset.name}, split {evaluation.split}; kinds {', '.join(dataset.classes[1:])}",
        "Model": f"{spec.name}: {spec.architecture}, {spec.backbone}, cells of {spec.cell} px; trained on "
        f"{spec.training.get('dataset', 'unknown data')}; its own T {spec.threshold:g} ({spec.threshold_choice})",
        "Digest of the model": evaluation.model.digest,
        "Pixels": "Counts of all frames are summed, then divided; ignored pixels (255) count on neither side. Within "
        "n px means in a straight line.",
        "Objects": f"8-connected areas of {MIN_OBJECT_PX} px and more; each defect takes the detection that overlaps "
        "most, and a detection counts once. AR is 2 x the mean of what the IoU exceeds 0.5 by.",
        "Severity": f"A defect cell is covered by a quarter or more. Its contrast is the difference in grey value "
        f"between its defect pixels and the sound pixels within {REACH} px.",
        "Intervals": f"95 %; exact binomial for verdicts on parts, else percentiles of {DRAWS} bootstrap draws of "
        "parts.",
    }
    yield "<h2>How this was measured</h2><dl>"
    yield "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in entries.items())
    yield f"</dl><pre>{escape(recipe.to_toml())}</pre>"
    if evaluation.failed:
        rows = [[escape(failed.name), escape(failed.error)] for failed in evaluation.failed]
        yield f"<h2>Frames that could not be evaluated</h2>{table(['frame', 'reason'], rows)}"
