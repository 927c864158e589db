"""The frames where the model did worst, with the annotated outline and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from inspector.dataset import Dataset, Sample, defect_pixels
from inspector.images import read_image
from inspector.types import Mask, Pixels, Verdict
from training.evaluate import Evaluation, FrameScore
from training.figures import ORANGE

GALLERY = ("escapes", "false_alarms", "poor_outlines")

PICTURES = 8
"""Frames of each kind that are shown, each of another part."""

_LIGHT_BLUE = "#5aa9ff"
"""The annotation's colour: the product's blue would be lost on a dark surface."""

_COLUMNS, _WIDTH, _MAX_ASPECT = 4, 9.0, 1.3
"""Columns of the gallery, its width in inches and the most that a row is higher than wide."""

_SIDE = 480
"""Px: larger frames are shown smaller."""


def worst_frames(evaluation: Evaluation) -> dict[str, list[FrameScore]]:
    """Escapes, largest defect first; false alarms, most severe first; defects found, poorest outline first."""
    frames = evaluation.frames
    accepted = [frame for frame in frames if frame.verdict is Verdict.ACCEPT]
    stopped = [frame for frame in frames if frame.verdict is not Verdict.ACCEPT]
    escapes = sorted((f for f in accepted if f.defective), key=lambda f: -f.classified.pixels.defect)
    false_alarms = sorted((f for f in stopped if not f.defective), key=lambda f: (-f.verdict.rank, -f.max_severity))
    poor_outlines = sorted((f for f in stopped if f.defective), key=lambda f: f.classified.pixels.iou)
    return dict(zip(GALLERY, (escapes, false_alarms, poor_outlines), strict=True))


def draw_gallery(evaluation: Evaluation, masks: Path) -> dict[str, Figure]:
    """A picture of each group of `worst_frames` that is not empty, by its name.

    Parameters
    ----------
    evaluation : Evaluation
    masks : Path
        Folder of the predicted masks that were written with it.
    """
    groups = worst_frames(evaluation)
    return {name: _draw(evaluation, _one_a_part(frames)[:PICTURES], masks) for name, frames in groups.items() if frames}


def _one_a_part(frames: Sequence[FrameScore]) -> list[FrameScore]:
    """The first frame of each part."""
    first: dict[str, FrameScore] = {}
    for frame in frames:
        first.setdefault(frame.part, frame)
    return list(first.values())


@dataclass(frozen=True, eq=False)
class _Picture:
    """A frame, its annotated and its found defects, at most `_SIDE` px large."""

    pixels: Pixels
    annotated: Mask
    found: Mask


def _draw(evaluation: Evaluation, frames: Sequence[FrameScore], masks: Path) -> Figure:
    samples = {sample.name: sample for sample in evaluation.dataset.split(evaluation.split)}
    pictures = [_picture(evaluation.dataset, samples[f.name], masks / f"{f.name}.png") for f in frames]
    rows = -(-len(frames) // _COLUMNS)
    tallest = min(max(picture.found.shape[0] / picture.found.shape[1] for picture in pictures), _MAX_ASPECT)
    figure = Figure(figsize=(_WIDTH, rows * (tallest * _WIDTH / _COLUMNS + 0.6) + 0.4), layout="constrained", dpi=150)
    for place, (frame, picture) in enumerate(zip(frames, pictures, strict=True), start=1):
        axes = figure.add_subplot(rows, _COLUMNS, place)
        axes.imshow(picture.pixels, cmap="gray", vmin=0, vmax=255)
        _outline(axes, picture.annotated, _LIGHT_BLUE, "-")
        _outline(axes, picture.found, ORANGE, "--")
        axes.set_title(_title(frame), fontsize=7)
        axes.set_axis_off()
    lines = [Line2D([], [], color=_LIGHT_BLUE), Line2D([], [], color=ORANGE, linestyle="--")]
    figure.legend(lines, ["annotated", "found"], loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _picture(dataset: Dataset, sample: Sample, mask: Path) -> _Picture:
    pixels, truth = dataset.read(sample)
    scale = min(1, _SIDE / max(truth.shape))
    found = read_image(mask) > 0
    return _Picture(_smaller(pixels, scale), _smaller_mask(defect_pixels(truth), scale), _smaller_mask(found, scale))


def _title(frame: FrameScore) -> str:
    overlap = f", IoU {frame.classified.pixels.iou:.2f}" if frame.defective else ""
    left_out = ((frame.suppressed, "held for false alarm"), (frame.too_small, "too small"))
    lines = (
        frame.name,
        f"{frame.verdict}, severity {frame.max_severity:.1f}{overlap}",
        ", ".join(f"{count} {what}" for count, what in left_out if count),
    )
    return "\n".join(line for line in lines if line)


def _smaller(pixels: Pixels, scale: float) -> Pixels:
    return pixels if scale == 1 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _smaller_mask(mask: Mask, scale: float) -> Mask:
    """A pixel of the smaller mask is set if any that it stands for is: thin cracks stay to be seen."""
    shrunk: Mask = _smaller(np.where(mask, np.uint8(255), np.uint8(0)), scale) > 0
    return shrunk


def _outline(axes: Axes, mask: Mask, colour: str, style: str) -> None:
    if mask.any():
        # A margin of background closes the outlines of what touches the border.
        padded = np.pad(mask, 1).astype(float)
        y, x = np.arange(-1, mask.shape[0] + 1), np.arange(-1, mask.shape[1] + 1)
        axes.contour(x, y, padded, levels=[0.5], colors=[colour], linewidths=0.9, linestyles=[style])
