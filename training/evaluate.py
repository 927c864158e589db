"""A model judged against annotated frames: each is measured once, judged with the classifier and without it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from inspector.dataset import IGNORE, Dataset, Sample, defect_pixels
from inspector.errors import InspectorError
from inspector.metrics.disputes import Disputes, find_disputes
from inspector.metrics.objects import FrameObjects, match_objects
from inspector.metrics.pixels import PixelCounts, count_pixels
from inspector.metrics.severity import Values, cell_contrast
from inspector.networks.bundle import Model
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.results import ResultsFolder, class_mask
from inspector.tune.thresholds import ThresholdSweep, sweep_thresholds
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Frame, Inspection, Levels, Pixels, Unreadable, Verdict

Progress = Callable[[str, float, str], None]
"""Told the phase, the share of it that is done and a line of text."""


@dataclass(frozen=True)
class MaskScore:
    """How the mask of a frame compares with its truth."""

    pixels: PixelCounts
    objects: FrameObjects


@dataclass(frozen=True, eq=False)
class FrameScore:
    """What became of one annotated frame.

    Attributes
    ----------
    name, part : str
    defective : bool
        Whether the truth has a defect pixel.
    verdict : Verdict
    max_severity : float
        The highest that counts; see `Inspection.max_severity`.
    classified, unclassified : MaskScore
        With the classifier's say, and with every region a defect (paper, Table 7).
    severity, contrast : float64 (n,)
        Of the annotated defect cells: as measured, and the local contrast in grey values.
    cells : int (n, 2)
        Row and column of those cells.
    disputes : Disputes
        What only the annotation has, and what only the inspection has.
    suppressed, too_small : int
        Regions that the classifier held for false alarms, and that the recipe's minimum area left out.
    milliseconds : float
        Time to measure and judge.
    """

    name: str
    part: str
    defective: bool
    verdict: Verdict
    max_severity: float
    classified: MaskScore
    unclassified: MaskScore
    severity: Values
    contrast: Values
    cells: npt.NDArray[np.intp]
    disputes: Disputes
    suppressed: int
    too_small: int
    milliseconds: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model and a recipe against one split of a dataset.

    Attributes
    ----------
    dataset : Dataset
    split : str
    model : Model
    recipe : Recipe
    classes : tuple of str
        The dataset's, then those that only the model names.
    frames : tuple of FrameScore
        In the order of the split.
    failed : tuple of Unreadable
        Frames that could not be read, or whose annotation could not.
    sweep : ThresholdSweep
        Every T, size filter and classifier left out.
    """

    dataset: Dataset
    split: str
    model: Model
    recipe: Recipe
    classes: tuple[str, ...]
    frames: tuple[FrameScore, ...]
    failed: tuple[Unreadable, ...]
    sweep: ThresholdSweep


def all_classes(dataset: Dataset, model: Model) -> tuple[str, ...]:
    """Names of the class ids in the masks of an evaluation: the dataset's, then those that only the model has."""
    return (*dataset.classes, *(name for name in model.spec.classes if name not in dataset.classes))


def evaluate(
    model: Model, recipe: Recipe, dataset: Dataset, split: str, results: ResultsFolder, progress: Progress
) -> Evaluation:
    """Run a model over the frames of a split and compare with the truth.

    Parameters
    ----------
    model : Model
    recipe : Recipe
        T, cluster distance, minimum area and policy; the model that it names is not looked at.
    dataset : Dataset
    split : str
    results : ResultsFolder
        Takes every inspection, so that other programs can score the same output; made for `all_classes`.
    progress : callable

    Raises
    ------
    InspectorError
        If the dataset has no such split, no frame of it can be read, or none has a defect.
    """
    samples, classes = dataset.split(split), all_classes(dataset, model)
    frames, failed = list[FrameScore](), list[Unreadable]()

    def maps() -> Iterator[tuple[Levels, int, Pixels]]:
        for index, sample in enumerate(samples):
            progress("inspecting", index / len(samples), sample.name)
            try:
                pixels, truth = dataset.read(sample)
            except InspectorError as error:
                failed.append(Unreadable(index, _file_name(sample), str(error)))
                results.add_unreadable(failed[-1])
                continue
            part = dataset.groups.get(sample.name, sample.name)
            frame = Frame(pixels, index, _file_name(sample), part, datetime.now(UTC))
            inspection = judge(measure(frame, model), recipe)
            results.add(inspection)
            frames.append(_score(sample.name, inspection, recipe, truth, classes))
            yield inspection.measurement.levels, model.spec.cell, truth

    sweep = sweep_thresholds(maps())
    if not frames:
        raise InspectorError(f"no frame of split {split!r} could be evaluated; the last: {failed[-1].error}")
    if not any(frame.defective for frame in frames):
        raise InspectorError(
            f"dataset {dataset.name} has no defect in its split {split!r}; annotate some or choose another --split"
        )
    return Evaluation(dataset, split, model, recipe, classes, tuple(frames), tuple(failed), sweep)


def _file_name(sample: Sample) -> str:
    """A name whose stem is the sample's: files of several folders may share theirs."""
    return sample.name + sample.image.suffix


def _score(name: str, inspection: Inspection, recipe: Recipe, truth: Pixels, classes: tuple[str, ...]) -> FrameScore:
    measurement, defect = inspection.measurement, defect_pixels(truth)
    plain = judge(replace(measurement, kinds=None), recipe)
    contrast = cell_contrast(inspection.frame.pixels, defect, measurement.cell)
    known = ~np.isnan(contrast)
    claimed = class_mask(inspection, classes)
    found = defect_pixels(claimed) & (truth != IGNORE)
    severity: Values = measurement.levels[known] * np.float64(SEVERITY_MAX / LEVEL_MAX)
    return FrameScore(
        name=name,
        part=inspection.frame.part,
        defective=bool(defect.any()),
        verdict=inspection.verdict,
        max_severity=inspection.max_severity,
        classified=_compare(truth, claimed),
        unclassified=_compare(truth, class_mask(plain, classes)),
        severity=severity,
        contrast=contrast[known],
        cells=np.argwhere(known),
        disputes=find_disputes(inspection.frame.pixels, defect, found),
        suppressed=len(inspection.suppressed),
        too_small=len(inspection.too_small),
        milliseconds=inspection.milliseconds["total"],
    )


def _compare(truth: Pixels, predicted: Pixels) -> MaskScore:
    return MaskScore(count_pixels(truth, predicted), match_objects(truth, predicted))
