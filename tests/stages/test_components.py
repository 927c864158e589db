import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage.measure import label

from inspector.stages.components import find_shapes, label_cells
from inspector.stages.filtering import areas_above, defect_cells, pixel_levels
from inspector.types import Levels, Mask, block_peaks, threshold_level, to_severity

CELLS = st.sampled_from([4, 2, 1])
MASKS = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14))
DISTANCES = st.sampled_from([0, 1, 2.5, 3.9, 4, 4.1, 5.7, 8, 8.5, 11.4, 12])


def clusters_by_brute_force(cells: Mask, cell: int, distance: float) -> set[frozenset[tuple[int, int]]]:
    """Touching cells, then pairs of clusters joined while any two are nearer than the distance."""
    labels = label(cells, connectivity=2)
    clusters = [np.argwhere(labels == number) for number in range(1, labels.max() + 1)]
    merged = True
    while merged:
        merged = False
        for i in range(len(clusters)):
            for j in range(i):
                steps = np.abs(clusters[i][:, None] - clusters[j][None]) - 1  # whole cells between the edges
                if not merged and np.hypot(*(np.maximum(steps, 0).T * cell)).min() < distance:
                    clusters[j] = np.concatenate([clusters[j], clusters.pop(i)])
                    merged = True
                    break
            if merged:
                break
    return {frozenset(map(tuple, cluster.tolist())) for cluster in clusters}


@settings(max_examples=150, deadline=None)
@given(MASKS, CELLS, DISTANCES)
def test_clusters_are_those_of_the_definition(cells: Mask, cell: int, distance: float) -> None:
    labels, count = label_cells(cells, cell, distance)
    found = {frozenset(map(tuple, np.argwhere(labels == n).tolist())) for n in range(1, count + 1)}
    assert found == clusters_by_brute_force(cells, cell, distance)
    assert np.array_equal(labels > 0, cells)
    assert labels.max(initial=0) == count


def test_the_distance_is_between_edges_in_pixels() -> None:
    cells = np.zeros((1, 4), np.bool_)
    cells[0, [0, 3]] = True  # two cells apart: 8 px at cell 4
    assert label_cells(cells, 4, 8.0)[1] == 2
    assert label_cells(cells, 4, 8.01)[1] == 1
    assert label_cells(cells, 2, 4.01)[1] == 1
    assert label_cells(cells, 1, 64)[1] == 1


def shapes_of(levels: Levels, cell: int, threshold: float, shape: tuple[int, int], distance: float = 4.0):
    areas = areas_above(block_peaks(levels), threshold)
    return find_shapes(levels, areas, cell=cell, threshold=threshold, distance=distance, shape=shape)


@settings(max_examples=120, deadline=None)
@given(st.data(), CELLS, st.floats(0.1, 11.9), st.integers(0, 3), st.integers(0, 3))
def test_outlines_are_those_of_the_whole_interpolated_map(data, cell: int, threshold: float, dy: int, dx: int) -> None:
    grid = data.draw(hnp.array_shapes(min_dims=2, max_dims=2, min_side=4, max_side=16))
    levels = data.draw(hnp.arrays(np.uint8, grid, elements=st.sampled_from([0, 10, 60, 110, 140, 200, 255])))
    shape = (grid[0] * cell - dy % cell, grid[1] * cell - dx % cell)
    labels, count = label_cells(defect_cells(levels, threshold), cell, 4.0)
    above = pixel_levels(levels, cell, shape) >= threshold_level(threshold)
    expected = []
    for number in range(1, count + 1):
        own = labels == number
        inside, near = (np.kron(m, np.ones((cell, cell), bool))[: shape[0], : shape[1]] for m in (own, grown(own)))
        mask = above & near if (above & inside).any() else inside
        expected.append((mask, to_severity(levels)[own]))
    found = shapes_of(levels, cell, threshold, shape)
    assert sorted(told(s.box, s.mask, s.area_px, s.peak_severity, s.mean_severity) for s in found) == sorted(
        told(bounds(mask), cut(mask), mask.sum(), values.max(), values.mean()) for mask, values in expected
    )


def told(box, mask: Mask, area: int, peak: float, mean: float) -> tuple:
    return (tuple(box), mask.tolist(), int(area), round(float(peak), 3), round(float(mean), 3))


def bounds(mask: Mask) -> tuple[int, ...]:
    rows, columns = np.nonzero(mask)
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1


def cut(mask: Mask) -> Mask:
    top, left, bottom, right = bounds(mask)
    return mask[top:bottom, left:right]


def grown(cells: Mask) -> Mask:
    return ndimage.binary_dilation(cells, np.ones((3, 3)))


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
    everywhere = [(slice(0, height), slice(0, width))]
    expected = find_shapes(levels, everywhere, cell=cell, threshold=5.0, distance=distance, shape=shape)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert (one.box, one.area_px, one.peak_severity) == (other.box, other.area_px, other.peak_severity)
        assert one.mean_severity == pytest.approx(other.mean_severity)
        assert np.array_equal(one.mask, other.mask)


def test_areas_lie_apart_and_hold_all_that_reaches_t() -> None:
    levels = np.zeros((64 * 9, 64 * 10 - 5), np.uint8)
    for y, x in ((0, 0), (1, 1), (0, 4), (2, 4), (2, 3), (8, 9)):  # blocks
        levels[y * 64 + 3, x * 64 + 4] = 200
    levels[64 * 5 + 1, 64 * 5 + 1] = 80  # below T
    areas = areas_above(block_peaks(levels), 5.0)
    found = {(rows.start // 64, columns.start // 64, rows.stop // 64, columns.stop // 64) for rows, columns in areas}
    assert found == {(0, 0, 2, 2), (0, 4, 1, 5), (2, 3, 3, 5), (8, 9, 9, 10)}
    assert areas_above(block_peaks(levels), 9.5) == []
