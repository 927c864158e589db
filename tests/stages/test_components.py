import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from slow_reading import bounds, slow_clusters, slow_outline

from inspector.stages.components import find_shapes
from inspector.stages.filtering import areas_above, defect_cells
from inspector.types import Levels, Mask, block_peaks, threshold_level, to_severity

CELLS = st.sampled_from([4, 2, 1])


def shapes_of(levels: Levels, cell: int, threshold: float, shape: tuple[int, int], distance: float = 4.0):
    areas = areas_above(block_peaks(levels), threshold)
    return find_shapes(levels, areas, cell=cell, threshold=threshold, distance=distance, shape=shape)


@settings(max_examples=120, deadline=None)
@given(st.data(), CELLS, st.floats(0.1, 11.9), st.integers(0, 3), st.integers(0, 3))
def test_outlines_are_those_of_the_whole_interpolated_map(data, cell: int, threshold: float, dy: int, dx: int) -> None:
    grid = data.draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=4, max_side=16))
    levels = data.draw(hnp.arrays(np.uint8, grid, elements=st.sampled_from([0, 10, 60, 110, 140, 200, 255])))
    shape = (grid[0] * cell - dy % cell, grid[1] * cell - dx % cell)
    expected = [
        (slow_outline(levels, own, cell, threshold, shape), to_severity(levels)[own])
        for own in slow_clusters(defect_cells(levels, threshold), cell, 4.0)
    ]
    found = shapes_of(levels, cell, threshold, shape)
    assert sorted(told(s.box, s.mask, s.area_px, s.peak_severity, s.mean_severity) for s in found) == sorted(
        told(bounds(mask), cut(mask), mask.sum(), values.max(), values.mean()) for mask, values in expected
    )


def told(box, mask: Mask, area: int, peak: float, mean: float) -> tuple:
    return (tuple(box), mask.tolist(), int(area), round(float(peak), 3), round(float(mean), 3))


def cut(mask: Mask) -> Mask:
    top, left, bottom, right = bounds(mask)
    return mask[top:bottom, left:right]


@pytest.mark.parametrize("cell", [4, 2, 1])
def test_a_lone_cell_just_above_t_keeps_its_own_pixels(cell: int) -> None:
    levels = np.zeros((8, 8), np.uint8)
    levels[3, 5] = threshold_level(5.0)
    (region,) = shapes_of(levels, cell, 5.0, (8 * cell, 8 * cell))
    assert region.box == (3 * cell, 5 * cell, 4 * cell, 6 * cell)
    assert region.area_px == cell * cell == region.mask.sum()
    assert region.peak_severity == region.mean_severity == pytest.approx(5.0, abs=12 / 255)


def test_the_most_severe_comes_first_then_the_largest() -> None:
    levels = np.zeros((12, 30), np.uint8)
    levels[1, 1] = 200
    levels[5:8, 10:14] = 240
    levels[5:10, 20:26] = 240
    found = shapes_of(levels, 4, 5.0, (48, 120))
    assert [round(s.peak_severity, 2) for s in found] == [11.29, 11.29, 9.41]
    assert found[0].area_px > found[1].area_px


@pytest.mark.parametrize("shape", [(17, 30), (16, 16), (19, 18)])
def test_regions_end_at_the_border_of_the_frame(shape: tuple[int, int]) -> None:
    levels = np.full((-(-shape[0] // 4), -(-shape[1] // 4)), 255, np.uint8)
    (region,) = shapes_of(levels, 4, 5.0, shape)
    assert region.box == (0, 0, *shape)
    assert region.mask.all()
    assert region.area_px == shape[0] * shape[1]


def test_nothing_above_t_gives_no_region() -> None:
    assert shapes_of(np.full((5, 5), 100, np.uint8), 4, 12.0, (20, 20)) == []


def test_a_cluster_distance_wider_than_the_frame_joins_all() -> None:
    levels = np.zeros((4, 4), np.uint8)
    levels[0, 0] = levels[3, 3] = 255
    assert len(shapes_of(levels, 4, 5.0, (16, 16), distance=64)) == 1
    assert len(shapes_of(levels, 4, 5.0, (16, 16), distance=4)) == 2


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 300), st.integers(1, 300), CELLS, st.sampled_from([0.0, 4.0, 23.0, 64.0]), st.integers(0, 2**32 - 1)
)
def test_areas_apart_have_the_regions_of_the_whole_map(
    height: int, width: int, cell: int, distance: float, seed: int
) -> None:
    """What lies between the areas is looked at by neither; clusters across blocks are one all the same."""
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 90, (height, width), np.uint8)
    for _ in range(rng.integers(0, 12)):
        y, x = rng.integers(0, height), rng.integers(0, width)
        levels[y : y + rng.integers(1, 40), x : x + rng.integers(1, 40)] = rng.integers(90, 256)
    shape = (height * cell, width * cell)
    found = shapes_of(levels, cell, 5.0, shape, distance)
    everywhere = np.array([[0, 0, height, width]] if levels.max() >= threshold_level(5.0) else []).reshape(-1, 4)
    expected = find_shapes(levels, everywhere, cell=cell, threshold=5.0, distance=distance, shape=shape)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one.box, one.area_px, one.peak_severity) == (other.box, other.area_px, other.peak_severity)
        assert one.mean_severity == pytest.approx(other.mean_severity)
        assert np.array_equal(one.mask, other.mask)
