"""Severity maps by a regressor that is in no bundle yet, as the station will measure them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from inspector.networks.architectures import Regressor
from inspector.networks.input import Normalisation
from inspector.networks.torch_engine import severities
from inspector.stages.severity import severity_levels
from inspector.types import Levels
from training.patches import Annotated


class _Contract(NamedTuple):
    """The regressor's `InputContract`."""

    channels: int
    cell: int
    multiple: int
    halo: int
    late_halo: int
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
    for frame in frames:
        sides = (regressor.multiple, regressor.halo, regressor.late_halo, regressor.tiles[cell])
        contract = _Contract(frame.pixels.shape[2], cell, *sides, normalisation)
        yield severity_levels(partial(severities, regressor), frame.pixels, contract)
