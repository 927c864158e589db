"""MVTec AD's own layout: train/good, test/good and test/KIND, and ground_truth/KIND/NAME_mask.png."""

from itertools import cycle
from pathlib import Path

from inspector.dataset import Dataset, MaskFile, Sample, images_in
from inspector.errors import InspectorError
from inspector.types import BACKGROUND

GOOD = "good"
DEALT_DEFECTIVE = ("train", "val", "train", "test", "train")
DEALT_GOOD = ("val", "test")


def is_mvtec(folder: Path) -> bool:
    """Whether a folder is one category of MVTec AD."""
    return (folder / "train" / GOOD).is_dir() or (folder / "ground_truth").is_dir()


def read_mvtec(folder: Path) -> Dataset:
    """Open one category of MVTec AD, split anew for supervised training.

    MVTec AD is made for learning from good frames alone: every defect lies in its test set. Here

    - all frames of ``train/good`` are train;
    - the frames of each ``test/KIND``, in the order of their names, are dealt in turn to train, val, train, test,
      train: three of five teach, one chooses T, one is for reporting. A kind with fewer than four frames has none
      in test;
    - the frames of ``test/good`` are dealt in turn to val and test, as train has good frames enough.

    No frame lies in two splits, and frames added behind the others leave those where they were. Each frame is taken
    for a part of its own. Figures on this test split must not be set beside published ones for MVTec AD, which are
    for its whole test set and for methods that saw no defect.

    The mask of ``test/KIND/NAME`` is ``ground_truth/KIND/NAME_mask`` or ``NAME``; every non-zero pixel is a defect.
    Kinds are sorted by name.

    Raises
    ------
    InspectorError
        If there is no kind of defect, or a defective frame has no mask.
    """
    kinds = sorted(path.name for path in (folder / "test").glob("*") if path.name != GOOD and images_in(path))
    if not kinds:
        raise InspectorError(f"{folder} looks like MVTec AD, but test/ has no folder with frames of a defect")
    good = images_in(folder / "train" / GOOD).items()
    splits = {"train": [Sample(f"train-{GOOD}-{name}", path, None) for name, path in good], "val": [], "test": []}
    for split, (name, path) in zip(cycle(DEALT_GOOD), images_in(folder / "test" / GOOD).items(), strict=False):
        splits[split].append(Sample(f"test-{GOOD}-{name}", path, None))
    for number, kind in enumerate(kinds, start=1):
        masks = images_in(folder / "ground_truth" / kind)
        for split, (name, path) in zip(cycle(DEALT_DEFECTIVE), images_in(folder / "test" / kind).items(), strict=False):
            mask = masks.get(f"{name}_mask") or masks.get(name)
            if mask is None:
                raise InspectorError(f"{path} has no mask ground_truth/{kind}/{name}_mask.png; add it or take it out")
            splits[split].append(Sample(f"test-{kind}-{name}", path, MaskFile(mask, number)))
    return Dataset(folder.name, (BACKGROUND, *kinds), {split: tuple(samples) for split, samples in splits.items()})
