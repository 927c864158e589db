"""The severity regressors, by the name that stands in the bundle."""

from collections.abc import Callable

from inspector.networks.layout import channels_last
from inspector.networks.lite import LiteRegressor
from inspector.networks.paper import PaperRegressor
from inspector.networks.pyramid import PyramidRegressor
from inspector.networks.swift import SwiftRegressor
from inspector.networks.unet import UNetRegressor

Regressor = LiteRegressor | PaperRegressor | PyramidRegressor | SwiftRegressor | UNetRegressor

ARCHITECTURES: dict[str, Callable[[int, int], Regressor]] = {
    "lite": LiteRegressor,
    "paper": PaperRegressor,
    "pyramid": PyramidRegressor,
    "swift": SwiftRegressor,
    "unet": UNetRegressor,
}
"""Name -> builder of (channels, cell). A builder's `multiple`, halos and `tiles` say how frames are padded and tiled.

`tiles` has the side of a large frame's tiles for each cell, px: as large as about 400 MB allow, surroundings included.
"""


def build_regressor(name: str, channels: int, cell: int) -> Regressor:
    """A regressor with random weights: (N, channels, H, W), spreads (N, 1, 1, 1) -> (N, 1, H / cell, W / cell).

    Raises
    ------
    ValueError
        If no regressor has that name.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"no regressor {name!r}; there are {', '.join(ARCHITECTURES)}")
    return channels_last(ARCHITECTURES[name](channels, cell))
