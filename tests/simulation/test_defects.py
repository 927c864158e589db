import numpy as np
import pytest
from scipy import ndimage

from inspector.simulation.defects import DEFECTS, KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_shape_is_one_object_with_room_around(kind: str) -> None:
    for seed in range(30):
        shape = DEFECTS[kind](np.random.default_rng(seed))
        solid = shape.coverage >= 0.5
        assert ndimage.label(solid, np.ones((3, 3)))[1] == 1
        assert np.array_equal(shape.mask, solid)
        assert not (shape.coverage[[0, -1]].any())
        assert not (shape.coverage[:, [0, -1]].any())
        assert shape.coverage.min() >= 0
        assert shape.coverage.max() <= 1
        assert shape.sign in (-1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_defect_alters_its_pixels_evenly_enough(kind: str) -> None:
    for seed in range(30):
        shape = DEFECTS[kind](np.random.default_rng(seed))
        tone = shape.tone[shape.mask] / shape.tone[shape.mask].mean()
        assert tone.min() > 0.5
        assert tone.max() < 1.5


def test_there_are_at_least_six_kinds() -> None:
    assert len(KINDS) >= 6
