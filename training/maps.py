"""Severity maps by a regressor that is in no bundle yet, as the station will measure them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch

from inspector.networks.architectures import Regressor
from inspector.networks.input import Normalisation
from inspector.stages.severity import severity_levels
from inspector.types import FloatArray, Levels
from training.patches import Annotated


class _Contract(NamedTuple):
    """The regressor's `InputContract`."""

    channels: int
    cell: int
    multiple: int
    halo: int
    tile: int
    normalisation: Normalisation


def severity_maps(
    regressor: Regressor, frames: Sequence[Annotated], cell: int, normalisation: Normalisation
) -> Iterator[Levels]:
    """The maps of frames, one after the other: uint8 (ceil(H / cell), ceil(W / cell)).

    Parameters
    ----------
    regressor : Regressor
        In evaluation mode.
    frames : sequence of Annotated
    cell : int
    normalisation : Normalisation
    """
    device = next(regressor.parameters()).device

    @torch.inference_mode()
    def regress(inputs: FloatArray, spread: float) -> FloatArray:
        spreads = torch.full((len(inputs), 1, 1, 1), spread, device=device)
        severity: FloatArray = regressor(torch.from_numpy(inputs).to(device), spreads)[:, 0].cpu().numpy()
        return severity

    for frame in frames:
        sides = (regressor.multiple, regressor.halo, regressor.tiles[cell])
        contract = _Contract(frame.pixels.shape[2], cell, *sides, normalisation)
        yield severity_levels(regress, frame.pixels, contract)
