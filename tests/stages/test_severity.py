import numpy as np
import pytest
import torch
from random_networks import contract_of, random_pixels, random_regressor, regress_with

from inspector.networks.architectures import ARCHITECTURES
from inspector.networks.input import Normalisation
from inspector.stages.severity import severity_levels


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("cell", "shape"), [(4, (30, 430)), (4, (393, 17, 3)), (2, (253, 37, 3)), (1, (18, 403))])
def test_tiles_give_what_the_whole_frame_gives(architecture: str, cell: int, shape: tuple[int, ...]) -> None:
    channels = shape[2] if len(shape) == 3 else 1
    regressor = random_regressor(architecture, channels, cell)
    contract, pixels = contract_of(regressor, channels, cell), random_pixels(shape)
    whole = severity_levels(regress_with(regressor), pixels, contract)
    tiled = severity_levels(regress_with(regressor), pixels, contract, tile=64)
    assert whole.shape == (-(-shape[0] // cell), -(-shape[1] // cell))
    assert np.abs(whole.astype(int) - tiled).max() <= 1  # convolutions of another size round otherwise
    assert (whole != tiled).mean() < 0.01
    assert np.ptp(whole) > 50


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("cell", [4, 2, 1])
def test_cells_see_no_further_than_the_halo(architecture: str, cell: int) -> None:
    regressor = random_regressor(architecture, 1, cell)
    assert regressor.halo % regressor.multiple == 0
    start, block = regressor.halo + 16, 16  # a block that lies on the grid of the coarsest resolution, as tiles do
    inputs = torch.randn(1, 1, 2 * start + block, 2 * start + block, requires_grad=True)
    cells = slice(start // cell, (start + block) // cell)
    regressor(inputs)[0, 0, cells, cells].sum().backward()
    assert inputs.grad is not None
    for axis in (0, 1):
        seen = np.flatnonzero(inputs.grad[0, 0].abs().sum(axis).numpy())
        assert seen[0] >= start - regressor.halo
        assert seen[-1] < start + block + regressor.halo


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("shape", [(16, 16), (17, 16), (16, 301), (16, 16, 3)])
def test_frames_of_any_size_give_a_map(architecture: str, shape: tuple[int, ...]) -> None:
    regressor = random_regressor(architecture)
    levels = severity_levels(regress_with(regressor), random_pixels(shape), contract_of(regressor, 1, 4))
    assert levels.dtype == np.uint8
    assert levels.shape == (-(-shape[0] // 4), -(-shape[1] // 4))


def test_colour_equals_grey_for_a_grey_model() -> None:
    regressor, grey = random_regressor("paper"), random_pixels((40, 48))
    contract = contract_of(regressor, 1, 4)
    colour = np.repeat(grey[..., None], 3, axis=2)
    assert np.array_equal(
        severity_levels(regress_with(regressor), grey, contract),
        severity_levels(regress_with(regressor), colour, contract),
    )


@pytest.mark.parametrize("normalisation", Normalisation)
def test_brightness_does_not_change_the_severity(normalisation: Normalisation) -> None:
    regressor, pixels = random_regressor("paper"), random_pixels((64, 64)) // 4 + 20
    contract = contract_of(regressor, 1, 4)
    contract = type(contract)(1, 4, contract.multiple, contract.halo, normalisation)
    dark, bright = (severity_levels(regress_with(regressor), pixels + np.uint8(k), contract) for k in (0, 90))
    assert np.abs(dark.astype(int) - bright).max() <= 1
