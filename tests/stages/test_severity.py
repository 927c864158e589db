from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_networks import Contract, contract_of, random_pixels, random_regressor, regress_with

from inspector.networks.architectures import ARCHITECTURES
from inspector.networks.input import Blocks, Normalisation, input_scale, prepare, with_channels
from inspector.stages.severity import _spans, severity_levels

REGRESSORS = [(name, cell) for name in ARCHITECTURES for cell in ((1,) if name == "unet" else (4, 2, 1))]
"""Each regressor with each cell that it can have."""

SHAPES = {4: [(30, 950), (393, 17, 3)], 2: [(933, 37, 3)], 1: [(18, 403), (941, 21, 3)]}
"""The longest are more than a tile of 64 with what the farthest-seeing network sees around it, and off every grid."""


@pytest.mark.parametrize(
    ("architecture", "cell", "shape"), [(name, cell, shape) for name, cell in REGRESSORS for shape in SHAPES[cell]]
)
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


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tiles_of_single_pixels_agree_whatever_the_weights(seed: int) -> None:
    """Off the grid of the coarsest resolution on all sides, with tiles that begin inside of each other's halo."""
    regressor, pixels = random_regressor("pyramid", 1, 1, seed), random_pixels((381, 53), seed)
    contract = contract_of(regressor, 1, 1)
    whole = severity_levels(regress_with(regressor), pixels, contract).astype(int)
    for tile in (32, 80):
        tiled = severity_levels(regress_with(regressor), pixels, contract, tile=tile)
        assert np.abs(whole - tiled).max() <= 1
        assert (whole != tiled).mean() < 0.01


@pytest.mark.parametrize(("architecture", "cell"), REGRESSORS)
def test_cells_see_no_further_than_the_halo(architecture: str, cell: int) -> None:
    regressor = random_regressor(architecture, 1, cell)
    assert regressor.halo % regressor.multiple == regressor.late_halo % regressor.multiple == 0
    block = regressor.multiple
    start = regressor.halo + block  # a block that lies on the grid of the coarsest resolution, as tiles do
    inputs = torch.randn(1, 1, 2 * start + block, 2 * start + block, requires_grad=True)
    cells = slice(start // cell, (start + block) // cell)
    factors = [factor for factor in regressor.factors(inputs, torch.ones(1, 1, 1, 1)) if factor is not None]
    sum(factor[0, 0, cells, cells].sum() for factor in factors).backward()  # not of the map, which is clipped
    assert inputs.grad is not None
    for axis in (0, 1):
        seen = np.flatnonzero(inputs.grad[0, 0].abs().sum(axis).numpy())
        assert seen[0] >= start - regressor.halo
        assert seen[-1] < start + block + regressor.halo


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("shape", [(16, 16), (17, 16), (16, 301), (16, 16, 3)])
def test_frames_of_any_size_give_a_map(architecture: str, shape: tuple[int, ...]) -> None:
    cell = 1 if architecture == "unet" else 4
    regressor = random_regressor(architecture, cell=cell)
    levels = severity_levels(regress_with(regressor), random_pixels(shape), contract_of(regressor, 1, cell))
    assert levels.dtype == np.uint8
    assert levels.shape == (-(-shape[0] // cell), -(-shape[1] // cell))


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
    contract = replace(contract_of(regressor, 1, 4), normalisation=normalisation)
    dark, bright = (severity_levels(regress_with(regressor), pixels + np.uint8(k), contract) for k in (0, 90))
    assert np.abs(dark.astype(int) - bright).max() <= 1


@pytest.mark.parametrize(("normalisation", "spreads"), [(Normalisation.MEAN, 1), (Normalisation.FRAME, 2)])
def test_a_network_of_standardised_frames_is_told_their_contrast(normalisation: Normalisation, spreads: float) -> None:
    """Two exposures of one part: one input under `frame`, and the spread says which had more light."""
    dark = random_pixels((64, 48)) // 4 + 20
    seen = []

    def regress(inputs: np.ndarray, spread: float, blocks: Blocks) -> np.ndarray:
        seen.append((inputs, spread))
        return np.zeros((1, 16, 12), np.float32)

    contract = Contract(1, 4, 4, 0, 0, normalisation=normalisation)
    for pixels in (dark, 2 * dark):
        severity_levels(regress, pixels, contract)
    (inputs, spread), (brighter, wider) = seen
    assert wider == pytest.approx(spreads * spread)
    assert brighter == pytest.approx(inputs * 2 / spreads, abs=1e-4)
    scale = input_scale(dark, 1, normalisation)
    assert 64 * spread * prepare(dark, 1, scale)[0] + scale.offset == pytest.approx(dark, abs=1e-3)


@pytest.mark.parametrize("normalisation", list(Normalisation))
def test_a_colour_frame_is_scaled_by_what_a_grey_model_sees_of_it(normalisation: Normalisation) -> None:
    """Trained on grey frames, a model must be given a colour frame as it would be given the grey one."""
    colour = random_pixels((48, 64, 3))
    colour[..., 0] //= 4  # luminance weighs red by a third only, the mean of the channels would say otherwise
    grey = with_channels(colour, 1)
    assert input_scale(colour, 1, normalisation) == input_scale(grey, 1, normalisation)
    assert input_scale(colour, 3, normalisation) != input_scale(grey, 1, normalisation)


@pytest.mark.parametrize("cell", [4, 2, 1])
@pytest.mark.parametrize("architecture", ["lite", "pyramid", "swift"])
def test_the_severity_goes_with_the_spread_and_the_presence_does_not(architecture: str, cell: int) -> None:
    regressor = random_regressor(architecture, 1, cell)
    inputs = torch.randn(2, 1, 64, 64)
    with torch.inference_mode():
        one, two, three = (regressor.factors(inputs, torch.full((2, 1, 1, 1), spread)) for spread in (1.0, 2.0, 3.0))
    assert torch.equal(one.presence, two.presence)
    assert torch.allclose(three.severity - one.severity, 2 * (two.severity - one.severity), atol=1e-3)
    assert (two.severity - one.severity).abs().mean() > 1


@pytest.mark.parametrize("architecture", ["lite", "pyramid", "swift"])
def test_the_severity_is_what_is_there_times_what_it_would_be(architecture: str) -> None:
    regressor, inputs, one = random_regressor(architecture, 1, 1), torch.randn(1, 1, 64, 64), torch.ones(1, 1, 1, 1)
    with torch.inference_mode():
        presence, severity = regressor.factors(inputs, one)
        given = regressor(inputs, one)
    assert torch.allclose(given, presence.sigmoid() * severity.clamp(0, 12), atol=1e-5)
    assert severity.min() < 0
    assert severity.max() > 12


@given(
    side=st.integers(16, 20_000),
    tile=st.sampled_from([64, 448, 1024, 2816]),
    cell=st.sampled_from([4, 2, 1]),
    halos=st.sampled_from([(64, 64), (144, 32), (0, 0)]),
)
def test_tiles_of_a_frame_are_about_equal_and_as_few_as_fit(
    side: int, tile: int, cell: int, halos: tuple[int, int]
) -> None:
    contract = Contract(1, cell, 16, *halos)
    spans = list(_spans(side, tile, contract))
    cells = [span.cells for span in spans]
    lengths = [cell * (own.stop - own.start) for own in cells]
    assert cells[0].start == 0
    assert cells[-1].stop == -(-side // cell)
    assert all(before.stop == after.start for before, after in pairwise(cells))
    longest = tile + 2 * halos[0]
    assert len(spans) == (1 if side <= longest else -(-side // tile))
    assert max(span.seen.stop - span.seen.start for span in spans) <= longest
    assert all(cell * own.start % 16 == 0 for own in cells)
    assert max(lengths) - min(lengths) < 16 * len(spans)


@given(
    side=st.integers(16, 2000),
    cell=st.sampled_from([4, 2, 1]),
    sides=st.sampled_from([(16, 64, 64), (16, 144, 32), (16, 0, 0), (32, 416, 64)]),
)
def test_a_tile_is_seen_with_its_surroundings_and_found_in_what_is_given(
    side: int, cell: int, sides: tuple[int, int, int]
) -> None:
    """Looked up cell by cell in a network that gives each cell its place in the frame."""
    block, halo, late = sides
    for span in _spans(side, 64, Contract(1, cell, block, halo, late)):
        start, stop = cell * span.cells.start, min(side, cell * span.cells.stop)
        assert (span.seen.start, span.seen.stop) == (max(0, start - halo), min(side, stop + halo))
        assert len(range(span.seen.start, span.seen.stop)) > block * (span.blocks.stop - 1)
        place = np.arange(span.seen.start, span.seen.start + block * span.blocks.stop)[block * span.blocks.start :]
        given = place[::cell] // cell
        assert np.array_equal(given[span.inner], np.arange(span.cells.start, span.cells.stop))
        assert place[0] <= max(0, start - late)
        assert place[-1] + 1 >= min(side, stop + late)


@pytest.mark.parametrize(("architecture", "cell"), REGRESSORS)
def test_every_regressor_says_how_large_its_tiles_may_be(architecture: str, cell: int) -> None:
    regressor = random_regressor(architecture, 1, cell)
    assert regressor.tiles[cell] % regressor.multiple == 0
