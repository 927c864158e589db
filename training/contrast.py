"""Severity labels from each pixel's contrast with the sound surface around its defect.

At cells of 1 px this is the paper's score (`labels.cell_scores`): there the extremes m and M of a cell are its only
value. For larger cells the paper compares extremes, which grow with the surface's grain and with the cell; here a
cell's score is the mean over its defect pixels, so that a severity means the same at every resolution.
"""

import numpy as np

from inspector.dataset import IGNORE, defect_pixels
from inspector.types import FloatArray, Mask, Pixels
from training.labels import MIN_COVERAGE, TRUNCATION, CellScores, blocks, cell_scores, reference

LABELS = ("contrast", "paper")
"""The ways to score a cell: by its pixels' contrast, or by the paper's extremes."""


def label_scores(pixels: Pixels, background: Pixels, mask: Pixels, cell: int, labels: str) -> CellScores:
    """Raw severity scores in one of the ways of `LABELS`; parameters as of `contrast_scores`."""
    if labels == "paper":
        return cell_scores(pixels, mask, cell)
    return contrast_scores(pixels, background, mask, cell)


def local_background(pixels: Pixels, mask: Pixels) -> Pixels:
    """The sound surface as it would be at each pixel: the mean of the sound pixels near it.

    Parameters
    ----------
    pixels : uint8 (H, W, C)
    mask : uint8 (H, W)
        Class ids; 0 sound, 255 ignore.

    Returns
    -------
    uint8 (H, W, C)
        `pixels` where nothing is sound: the contrast of such a frame can't be known, and counts as the weakest.
    """
    defect = defect_pixels(mask)
    sound = ~defect & (mask != IGNORE)
    if not sound.any():
        return pixels
    channels = [reference(channel.astype(np.float32), sound, defect, 1) for channel in np.moveaxis(pixels, -1, 0)]
    background: Pixels = np.rint(np.stack(channels, -1)).astype(np.uint8)
    return background


def contrast_scores(pixels: Pixels, background: Pixels, mask: Pixels, cell: int) -> CellScores:
    """Raw severity scores, s = 2 |grey - background| as in Eqs. 1 and 2 for one pixel, mean over a cell's defect.

    Parameters
    ----------
    pixels, background : uint8 (H, W, C)
        Under the same light. In colour the channel with the highest contrast counts.
    mask : uint8 (H, W)
    cell : int
        Side of a cell in px.
    """
    inside = defect_pixels(mask)
    contrast: FloatArray = abs(pixels.astype(np.int16) - background).max(-1).astype(np.float32)
    score = np.where(inside, np.minimum(2 * contrast, TRUNCATION), 0).astype(np.float32)
    if cell == 1:
        return CellScores(score, inside, mask != IGNORE)
    held = blocks(inside, cell).sum(-1)
    defect = held >= MIN_COVERAGE * cell * cell
    mean = blocks(score, cell).sum(-1) / np.maximum(held, 1)
    known: Mask = np.logical_not(blocks(mask == IGNORE, cell).any(-1))
    return CellScores(np.where(defect, mean, 0).astype(np.float32), defect, known)
