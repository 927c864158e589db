"""Which frames to look at: in what order, and behind which count or bar."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from inspector.tune.swept import Ints, SweptSet
from inspector.tune.tables import Table
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial
from inspector.types import LEVEL_MAX, Mask, Verdict


class Order(StrEnum):
    """What comes first."""

    ESCAPE = "worst escape"
    ALARM = "worst false alarm"
    NEAREST = "nearest to T"


def ordered(trial: Trial, threshold: float, order: Order) -> Ints:
    """All frames, by number.

    The worst escape is the accepted frame with the most defect pixels missed; the worst false alarm the sound frame
    with the most severe region that is not accepted, a reject before a review; nearest to T is the frame whose verdict
    changes with the least move of T.
    """
    swept, at = trial.swept, column(threshold)
    verdict = trial.verdicts[:, at].astype(np.intp)
    if order is Order.ESCAPE:
        escaped = swept.defective & (verdict == Verdict.ACCEPT.rank)
        return np.lexsort((-(swept.defect_px - trial.hits[:, at]), ~escaped))
    if order is Order.ALARM:
        alarm = np.where(swept.defective, 0, verdict)
        return np.lexsort((-trial.predicted[:, at], -trial.peaks[:, at].astype(np.intp), -alarm))
    return np.argsort(_way_to_change(trial.verdicts, at), kind="stable")


def frames_of_parts(trial: Trial, threshold: float, defective: bool, verdict: Verdict) -> Ints:
    """The frames of those parts that are defective or not, and have a verdict."""
    swept = trial.swept
    parts = (swept.defective_parts == defective) & (trial.part_verdicts[:, column(threshold)] == verdict.rank)
    return np.flatnonzero(parts[swept.part_of])


def kind_confusion(trial: Trial, threshold: float) -> npt.NDArray[np.int64]:
    """Annotated defects by kind and by kind of their best blob, int64 (classes, classes); column 0 is "missed"."""
    swept = trial.swept
    matrix = np.zeros((len(swept.classes),) * 2, np.int64)
    np.add.at(matrix, (swept.objects.kind, _detected(trial, threshold)), 1)
    return matrix


def frames_of_kinds(trial: Trial, threshold: float, kind: int, detected: int) -> Ints:
    """The frames behind a cell of `kind_confusion`."""
    objects = trial.swept.objects
    return np.unique(objects.frame[(objects.kind == kind) & (_detected(trial, threshold) == detected)])


def severities(swept: SweptSet, kind: int | None = None) -> npt.NDArray[np.int64]:
    """Pixels by level: of the background, and of defects, all or of one kind (class id); int64 (2, 256).

    Of the map interpolated to pixels, which is what T cuts; on a map with cells of one pixel these are the cells.
    """
    counts = swept.histogram.sum(0)
    return np.stack([counts[0], counts[1:].sum(0) if kind is None else counts[kind]])


def frames_in_bar(swept: SweptSet, levels: slice, kind: int | None) -> Ints:
    """The frames that have pixels of some levels, most of them first.

    Parameters
    ----------
    swept : SweptSet
    levels : slice
    kind : int or None
        Class id, 0 for the background; None for defects of all kinds.
    """
    classes = slice(1, None) if kind is None else slice(kind, kind + 1)
    px = swept.histogram[:, classes, levels].sum((1, 2))
    return np.argsort(-px, kind="stable")[: np.count_nonzero(px)]


def regions_of(trial: Trial, frame: int, threshold: float) -> tuple[Table, Mask]:
    """The regions of a frame, a table of REGION, and which of them are defects: neither false alarms nor too small."""
    recipe, table = trial.recipe, trial.swept.sweeps[frame].regions
    rows = table[table["level"] == column(threshold) + 1]
    return rows, (rows["kind"] > 0) & (rows["area"] >= recipe.min_area.in_px2(recipe.mm_per_px))


def _detected(trial: Trial, threshold: float) -> Ints:
    """Class id of the best blob of each object; 0 where it is missed."""
    matches = trial.matches
    here = matches.level == column(threshold) + 1
    detected = np.zeros(len(trial.swept.objects.kind), np.intp)
    detected[matches.object[here]] = trial.swept.blobs.kind[matches.blob[here]]
    return detected


def _way_to_change(verdicts: npt.NDArray[np.uint8], at: int) -> Ints:
    """How many levels T has to move until each frame's verdict is another; more than all where it never is."""
    steps = np.where(verdicts != verdicts[:, at, None], abs(np.arange(LEVEL_MAX) - at), LEVEL_MAX + 1)
    way: Ints = steps.min(1)
    return way
