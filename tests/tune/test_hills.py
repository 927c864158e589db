import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from swept_sets import random_levels

from inspector.tune.hills import find_hills, find_saddles, joined
from inspector.types import Levels


def clusters(levels: Levels, level: int, distance: float) -> set[frozenset[int]]:
    """The clusters at a T by their definition, every pair of cells looked at."""
    places = np.argwhere(levels >= level)
    steps = abs(places[:, None] - places[None])
    gaps = np.hypot(*np.maximum(steps - 1, 0).transpose(2, 0, 1))
    near = (gaps < distance) | (steps.max(2, initial=0) <= 1)
    _, number = connected_components(near, directed=False)
    cells = np.flatnonzero(levels >= level)
    return {frozenset(cells[number == cluster].tolist()) for cluster in np.unique(number)}


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0, 1, 1.5, 2, 3, 4, 5.5, 9]), st.floats(0, 2))
def test_hills_that_run_together_are_the_clusters_at_every_t(seed: int, distance: float, smooth: float) -> None:
    rng = np.random.default_rng(seed)
    levels = random_levels(rng, tuple(rng.integers(1, 14, 2)), smooth)
    levels = levels // rng.integers(1, 60) * rng.integers(1, 4)  # wide flat places too
    hills = find_hills(levels)
    seen = 0
    for level, cluster in joined(hills, find_saddles(levels, hills, distance)):
        seen += 1
        cells = np.flatnonzero(levels >= level)
        number = cluster[hills.number.ravel()[cells]]
        found = {frozenset(cells[number == one].tolist()) for one in np.unique(number)}
        assert found == clusters(levels, level, distance)
        assert all(hills.peak[one] == levels.ravel()[cells[number == one]].max() for one in np.unique(number))
    assert seen == levels.max(initial=0)


@pytest.mark.parametrize(("gap", "distance", "one"), [(3, 4, True), (4, 4, False), (3, 3, False), (0, 0, True)])
def test_two_cells_are_one_cluster_when_nearer_than_the_distance(gap: int, distance: float, one: bool) -> None:
    levels = np.zeros((1, 12), np.uint8)
    levels[0, [2, 3 + gap]] = 200, 100
    hills = find_hills(levels)
    found = {level: set(cluster.tolist()) for level, cluster in joined(hills, find_saddles(levels, hills, distance))}
    assert len(found[150]) == 1
    assert len(found[100]) == (1 if one else 2)
    assert len(found) == 200


def test_a_map_without_severity_has_no_hill() -> None:
    hills = find_hills(np.zeros((5, 7), np.uint8))
    assert list(joined(hills, find_saddles(np.zeros((5, 7), np.uint8), hills, 4))) == []
