"""U-Net, the paper's strongest rival: the baseline that every table of ours has a line for."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from inspector.networks.factors import Factors
from inspector.types import SEVERITY_MAX

WIDTHS = (64, 128, 256, 512, 1024)


def _double(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for taken in (inputs, outputs):
        layers += [nn.Conv2d(taken, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class UNetRegressor(nn.Module):
    """The U-Net of Ronneberger et al. (2015), 31 M parameters, with padding and batch normalisation.

    (N, channels, H, W) prepared pixels -> (N, 1, H, W): its "severity" is 12 times the probability of a defect. It
    learns nothing else, so `factors` holds the presence alone. H and W are multiples of `multiple`.

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        1: it works on pixels.
    """

    multiple: int = 16
    halo: int = 96
    late_halo: int = 96
    tiles: ClassVar[dict[int, int]] = {1: 256}

    def __init__(self, channels: int = 1, cell: int = 1) -> None:
        super().__init__()
        if cell != 1:
            raise ValueError(f"U-Net works on pixels: a cell of 1, not {cell}")
        self.down = nn.ModuleList(_double(a, b) for a, b in zip((channels, *WIDTHS), WIDTHS, strict=False))
        pairs = list(zip(WIDTHS[:0:-1], WIDTHS[-2::-1], strict=True))
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(wide, narrow, 2, 2) for wide, narrow in pairs)
        self.up = nn.ModuleList(_double(2 * narrow, narrow) for _, narrow in pairs)
        self.head = nn.Conv2d(WIDTHS[0], 1, 1)

    def factors(self, x: Tensor, spread: Tensor) -> Factors:
        """The presence alone; parameters as of `forward`."""
        features = []
        for depth, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if depth else x)
            features.append(x)
        x = features.pop()
        for enlarge, block in zip(self.enlarge, self.up, strict=True):
            x = block(torch.cat([features.pop(), enlarge(x)], 1))
        return Factors(self.head(x), None)

    def forward(self, x: Tensor, spread: Tensor) -> Tensor:
        presence, _ = self.factors(x, spread)
        assert presence is not None
        return SEVERITY_MAX * torch.sigmoid(presence)
