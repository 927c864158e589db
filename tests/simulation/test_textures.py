import numpy as np
import pytest

from inspector.simulation.textures import SIZE, TEXTURES


@pytest.mark.parametrize("name", TEXTURES)
def test_a_surface_is_an_even_grain_of_moderate_contrast(name: str) -> None:
    for seed in range(4):
        grain = TEXTURES[name](np.random.default_rng(seed))
        assert grain.shape == (SIZE, SIZE)
        assert abs(grain.mean()) < 3
        assert 5 < grain.std() < 18


def test_there_are_at_least_six_surfaces() -> None:
    assert len(TEXTURES) >= 6
