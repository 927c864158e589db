from dataclasses import replace

import numpy as np
import pytest
from random_networks import contract_of, random_pixels, random_regressor, regress_with

from inspector.networks.input import Normalisation
from inspector.stages.severity import severity_levels
from training.maps import severity_maps
from training.patches import Annotated


@pytest.mark.parametrize("normalisation", Normalisation)
def test_maps_are_what_the_station_will_measure(normalisation: Normalisation) -> None:
    regressor = random_regressor("pyramid", 1, 2)
    frames = [
        Annotated.of(random_pixels((60, 70 + 9 * k, 1), k), np.zeros((60, 70 + 9 * k), np.uint8), normalisation)
        for k in range(3)
    ]
    contract = replace(contract_of(regressor, 1, 2), normalisation=normalisation)
    maps = list(severity_maps(regressor, frames, 2, normalisation))
    assert len(maps) == 3
    for frame, levels in zip(frames, maps, strict=True):
        assert np.array_equal(levels, severity_levels(regress_with(regressor), frame.pixels, contract))
        assert np.ptp(levels) > 50
