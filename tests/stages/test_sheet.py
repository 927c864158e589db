import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import label

from inspector.stages.sheet import lay_out


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 40), st.integers(1, 65), st.integers(0, 2**32 - 1))
def test_each_cell_of_each_area_lies_on_the_sheet_once_and_finds_its_way_back(
    count: int, apart: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(1, 256, (300, 280), np.uint8)
    corners = rng.choice(30 * 28, count, replace=False)  # of areas in fields of 10 x 10 cells
    top, left = 10 * (corners // 28), 10 * (corners % 28)
    areas = np.column_stack([top, left, top + rng.integers(1, 11, count), left + rng.integers(1, 11, count)])
    areas[0, 2:] += 1000  # beyond the map, as the last block may be
    areas = areas[[0, *(k for k in range(1, count) if (areas[k, :2] < areas[0, :2]).any())]]
    sheet = lay_out(levels, areas, apart)
    rows, columns = np.nonzero(sheet.levels)
    y, x = np.transpose(np.column_stack([rows, columns]) + sheet.to_map(rows, columns))
    assert np.array_equal(sheet.levels[rows, columns], levels[y, x])
    expected = np.zeros(levels.shape, int)
    for area_top, area_left, bottom, right in areas:
        expected[area_top:bottom, area_left:right] += 1
    found = np.zeros(levels.shape, int)
    np.add.at(found, (y, x), 1)
    assert np.array_equal(found, expected)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_areas_keep_their_distance(count: int, apart: int, seed: int) -> None:
    """Grown by half the distance they do not touch; and no row runs into the next."""
    rng = np.random.default_rng(seed)
    corner = np.column_stack([np.arange(count) * 20, np.zeros(count, int)])
    areas = np.column_stack([corner, corner + rng.integers(1, 19, (count, 2))])
    sheet = lay_out(np.ones((20 * count, 20), np.uint8), areas, apart)
    rows, columns = np.nonzero(sheet.levels)
    near = np.zeros(np.array(sheet.levels.shape) + apart - 1, int)
    for y in range(apart):
        for x in range(apart):
            near[rows + y, columns + x] = 1
    assert label(near, connectivity=1).max() == count
    assert not sheet.levels[:, -1].any()
