import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from slow_reading import slow_clusters

from inspector.stages.clusters import Runs, find_runs, label_runs
from inspector.types import Ints, Mask

MASKS = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14))
DISTANCES = st.sampled_from([0, 1, 2.5, 3.9, 4, 4.1, 5.7, 8, 8.5, 11.4, 12, 30])


def labelled(cells: Mask, cell: int, distance: float) -> tuple[Ints, int]:
    """The number of each cell's cluster, -1 where there is none."""
    cells = np.pad(cells, ((0, 0), (0, 1)))
    runs = find_runs(cells)
    labels, count = label_runs(cells, runs, cell, distance)
    drawn = np.full(cells.shape, -1)
    for row, first, last, label in zip(*runs, labels, strict=True):
        drawn[row, first:last] = label
    return drawn[:, :-1], count


@settings(max_examples=150, deadline=None)
@given(MASKS, st.sampled_from([4, 2, 1]), DISTANCES)
def test_clusters_are_those_of_the_definition(cells: Mask, cell: int, distance: float) -> None:
    labels, count = labelled(cells, cell, distance)
    expected = slow_clusters(cells, cell, distance)
    assert {(labels == number).tobytes() for number in range(count)} == {mask.tobytes() for mask in expected}
    assert np.array_equal(labels >= 0, cells)
    assert count == len(expected)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4.0, 9.0, 30.0, 64.0]))
def test_a_few_cells_far_apart_are_joined_by_distance_alone(seed: int, distance: float) -> None:
    """At cell 1 a large distance has many reaches: none may be left out, nor one too many taken."""
    rng = np.random.default_rng(seed)
    cells = np.zeros((120, 140), bool)
    cells[rng.integers(0, 120, 12), rng.integers(0, 140, 12)] = True
    labels, count = labelled(cells, 1, distance)
    expected = slow_clusters(cells, 1, distance)
    assert {(labels == number).tobytes() for number in range(count)} == {mask.tobytes() for mask in expected}


def test_the_distance_is_between_edges_in_pixels() -> None:
    cells = np.zeros((1, 4), np.bool_)
    cells[0, [0, 3]] = True  # two cells apart: 8 px at cell 4
    assert labelled(cells, 4, 8.0)[1] == 2
    assert labelled(cells, 4, 8.01)[1] == 1
    assert labelled(cells, 2, 4.01)[1] == 1
    assert labelled(cells, 1, 64)[1] == 1
    cells = np.zeros((5, 6), np.bool_)
    cells[0, 0] = cells[4, 5] = True  # three and four cells apart
    assert labelled(cells, 1, 5.0)[1] == 2
    assert labelled(cells, 1, 5.01)[1] == 1


def test_runs_end_with_their_row() -> None:
    cells = np.array([[0, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0], [1, 0, 1, 0]], bool)
    assert Runs(*(values.tolist() for values in find_runs(cells))) == Runs([0, 1, 3, 3], [1, 0, 0, 2], [3, 3, 1, 3])
