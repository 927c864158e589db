"""Which frames are trained on, and on which T is chosen."""

from collections.abc import Sequence

import numpy as np

from inspector.dataset import Dataset, Sample
from inspector.errors import InspectorError


def split_samples(dataset: Dataset, frames: int = 0) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """The samples to train on and those to choose T on; frames of one group stay together.

    Parameters
    ----------
    dataset : Dataset
    frames : int
        Train on so many at most, taken from all over the list; 0 takes all. Those of val are the same ones.

    Raises
    ------
    InspectorError
        If there are too few.
    """
    training, validation = _held_out(dataset)
    if 0 < frames < len(training):
        training = [training[i] for i in np.linspace(0, len(training) - 1, frames).round().astype(int)]
    return training, validation


def _held_out(dataset: Dataset) -> tuple[Sequence[Sample], Sequence[Sample]]:
    samples = dataset.split("train")
    if dataset.splits.get("val"):
        return samples, dataset.split("val")
    groups = {sample.name: dataset.groups.get(sample.name, sample.name) for sample in samples}
    held = set(sorted(set(groups.values()))[::5])
    training = [sample for sample in samples if groups[sample.name] not in held]
    validation = [sample for sample in samples if groups[sample.name] in held]
    if not training or not validation:
        raise InspectorError(
            f"dataset {dataset.name} is too small: {len(samples)} training frames; annotate at least 5"
        )
    return training, validation
