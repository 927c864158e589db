import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.stages.filtering import areas_above
from inspector.types import BLOCK, block_peaks


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.integers(1, 600), st.integers(0, 25), st.integers(0, 2**32 - 1))
def test_areas_hold_all_that_reaches_t_and_lie_apart(height: int, width: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 100, (height, width), np.uint8)
    levels[rng.integers(0, height, count), rng.integers(0, width, count)] = 200
    areas = areas_above(block_peaks(levels), 6.0).tolist()
    outside = levels.copy()
    for top, left, bottom, right in areas:
        assert levels[top:bottom, left:right].max() == 200
        outside[top:bottom, left:right] = 0
    assert outside.max(initial=0) < 200
    for number, (top, left, bottom, right) in enumerate(areas):
        for y0, x0, y1, x1 in areas[:number]:
            assert max(top - y1, y0 - bottom, left - x1, x0 - right) >= 64


def test_areas_are_as_large_as_their_blocks() -> None:
    levels = np.zeros((64 * 9, 64 * 10 - 5), np.uint8)
    levels[5, 9], levels[64 * 5 + 1, 64 * 5 + 7], levels[64 * 5 + 1, 64 * 6] = 200, 200, 200
    levels[64 * 8, 0] = 80  # below T
    found = {tuple(area) for area in (areas_above(block_peaks(levels), 5.0) // BLOCK).tolist()}
    assert found == {(0, 1, 1, 2), (40, 40, 41, 49)}
    assert len(areas_above(block_peaks(levels), 9.5)) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 2**32 - 1))
def test_peaks_are_the_highest_levels_of_the_blocks(height: int, width: int, seed: int) -> None:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    peaks = block_peaks(levels)
    assert peaks.shape == (-(-height // BLOCK), -(-width // BLOCK))
    for (y, x), peak in np.ndenumerate(peaks):
        assert peak == levels[y * BLOCK : (y + 1) * BLOCK, x * BLOCK : (x + 1) * BLOCK].max()
