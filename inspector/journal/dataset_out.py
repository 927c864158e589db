"""Reviewed inspections as a dataset folder, which `inspector-train` takes as it is: from rejects to a better model."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from inspector.dataset import IGNORE, defect_pixels
from inspector.errors import InspectorError
from inspector.journal.again import kept_models
from inspector.journal.entry import Entry
from inspector.journal.log import ALL, Log
from inspector.journal.pictures import encode
from inspector.journal.query import EntryFilter
from inspector.journal.replay import stored_measurement
from inspector.networks.bundle import Model
from inspector.pipeline import judge, region_classes
from inspector.results import class_mask
from inspector.types import BACKGROUND, Pixels, Verdict

_SPLIT_OF = ("train", "val", "train", "test", "train")
"""Parts are dealt in turn, defective and sound ones each by themselves, so that every split has some of both."""

Annotation = tuple[Pixels, tuple[str, ...]]
"""Class ids of a frame, uint8 (H, W), and the classes."""


@dataclass
class Written:
    """What a dataset folder came to hold.

    Attributes
    ----------
    splits : mapping of split to names of frames
    defective : int
        Frames with a defect.
    left_out : mapping of inspection to str
        Why it was left out.
    """

    splits: dict[str, list[str]] = field(default_factory=lambda: {"train": [], "val": [], "test": []})
    defective: int = 0
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many were written."""
        return sum(map(len, self.splits.values()))


def reviewed_ids(journal: Log, filter: EntryFilter = ALL) -> list[int]:
    """Inspections that people reviewed or drew on, of those that match, oldest first."""
    return sorted({*journal.ids(replace(filter, reviewed=True)), *journal.ids(replace(filter, drawn=True))})


def write_reviewed(
    journal: Log,
    ids: Sequence[int],
    out: Path,
    load_model: Callable[[str], Model],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write reviewed inspections as a dataset folder in its fixed form (design, section 5).

    What a person drew counts. Where nothing was drawn, a verdict that was confirmed stands for the regions that were
    found, and an override to accept says that there is no defect. Frames of one part stay in one split.

    Parameters
    ----------
    journal : Log
    ids : sequence of int
        In the order in which parts are dealt to the splits.
    out : Path
        A folder that is empty or does not exist.
    load_model : callable
        Gives the model that a recipe names, which tells the outlines of what was found.
    progress : callable
        Told how many of how many inspections were looked at.

    Returns
    -------
    Written
        An inspection whose picture or model is gone, or whose defects nobody drew, is left out with the reason.

    Raises
    ------
    InspectorError
        If there is nothing to write, the folder holds something or can't be written, or the journal not be read.
    """
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InspectorError(f"{out} is not an empty folder; name a new one for the dataset")
        if not ids:
            raise InspectorError("no inspection here was reviewed or drawn on; confirm, override or draw some first")
        for folder in ("images", "masks"):
            (out / folder).mkdir(parents=True, exist_ok=True)
        written = _write(journal, ids, out, load_model, progress)
    except OSError as error:
        raise InspectorError(f"the dataset can't be written to {out}: {error.strerror or error}") from error
    if not written.frames:
        why = next(iter(written.left_out.values()))
        raise InspectorError(f"all of the {len(ids)} reviewed inspections had to be left out; the first: {why}")
    return written


def _write(
    journal: Log,
    ids: Sequence[int],
    out: Path,
    load_model: Callable[[str], Model],
    progress: Callable[[int, int], None],
) -> Written:
    written, classes, groups = Written(), [BACKGROUND], dict[str, str]()
    deal, model_of = _Deal(), kept_models(load_model)
    for done, entry in enumerate(journal.read(ids), 1):
        try:
            pixels = journal.pixels(entry)
            mask = _in_classes(annotation(journal, entry, model_of), pixels, classes)
        except InspectorError as error:
            written.left_out[entry.id] = str(error)
        else:
            name, part = f"inspection-{entry.id:06d}", entry.record["part"]
            (out / "images" / f"{name}.png").write_bytes(encode(pixels))
            if mask.any():
                (out / "masks" / f"{name}.png").write_bytes(encode(mask))
            defective = bool(defect_pixels(mask).any())
            written.splits[deal.to(part or name, defective)].append(name)
            written.defective += defective
            groups[name] = part or name
        progress(done, len(ids))
    if not written.frames:
        for folder in ("images", "masks"):  # so that the same folder can be named again
            (out / folder).rmdir()
        return written
    meta = {"name": out.name, "classes": classes, "splits": written.splits, "groups": groups}
    # Last, so that a folder with a dataset.json is a complete one.
    (out / "dataset.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False), encoding="utf-8")
    return written


def annotation(journal: Log, entry: Entry, load_model: Callable[[str], Model]) -> Annotation:
    """The defects of a reviewed inspection, as far as people confirmed or drew them.

    Raises
    ------
    InspectorError
        If nobody reviewed it, or nobody drew what the program did not find; if its frame, map or model is gone.
    """
    if drawn := journal.masks(entry.id):
        return drawn[-1].pixels, drawn[-1].classes
    if entry.decision is None:
        raise InspectorError(f"inspection {entry.id} was not reviewed; confirm or override it")
    if entry.final_verdict is Verdict.ACCEPT and entry.verdict is not Verdict.ACCEPT:
        return np.zeros(journal.frame_shape(entry), np.uint8), (BACKGROUND,)
    if entry.verdict is Verdict.ACCEPT and entry.final_verdict is not Verdict.ACCEPT:
        raise InspectorError(f"nobody drew the defect that inspection {entry.id} has been rejected for; draw it")
    return found_mask(journal, entry, load_model)


def found_mask(journal: Log, entry: Entry, load_model: Callable[[str], Model]) -> Annotation:
    """The defects that the program found; what was too small to be shown to anybody is to be ignored.

    Raises
    ------
    InspectorError
        If its frame, map or model is gone.
    """
    recipe = journal.recipe(entry.recipe)
    model = load_model(recipe.model)
    inspection = judge(stored_measurement(journal, entry, model), recipe)
    classes = region_classes(model.spec.classes)
    mask = class_mask(inspection, classes)
    for region in inspection.too_small:  # nobody was shown these as defects
        top, left, bottom, right = region.box
        part = mask[top:bottom, left:right]
        part[region.mask & (part == 0)] = IGNORE
    return mask, classes


def _in_classes(given: Annotation, pixels: Pixels, classes: list[str]) -> Pixels:
    """The mask in the ids of the dataset's classes, which grow by those that are new."""
    mask, own = given
    if mask.shape != pixels.shape[:2]:
        raise InspectorError(f"the mask has {mask.shape} rows and columns, its frame {pixels.shape[:2]}; draw it anew")
    classes.extend(name for name in own if name not in classes)
    ids = np.full(256, IGNORE, np.uint8)
    ids[: len(own)] = [classes.index(name) for name in own]
    return ids[mask]


class _Deal:
    """Deals parts to splits; a part's other frames follow its first."""

    def __init__(self) -> None:
        self._split_of: dict[str, str] = {}
        self._dealt = {True: 0, False: 0}

    def to(self, part: str, defective: bool) -> str:
        if part not in self._split_of:
            self._split_of[part] = _SPLIT_OF[self._dealt[defective] % len(_SPLIT_OF)]
            self._dealt[defective] += 1
        return self._split_of[part]
