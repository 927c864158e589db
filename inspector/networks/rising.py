"""The way back up from coarse to fine, which the regressors `pyramid`, `lite` and `swift` share."""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inspector.networks.blocks import kept
from inspector.networks.factors import TwoFactors

UP = {8: 64, 4: 64, 2: 32}
"""Channels of the way back up at 1/8, 1/4 and 1/2."""

FINE = 8
"""Channels at single pixels, where each one is dear."""


def normed(
    inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, groups: int = 1, epsilon: float = 1e-5
) -> nn.Sequential:
    """A convolution that divides the sides by `stride`, and its batch normalisation."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs, eps=epsilon))


class _Fine(nn.Module):
    """From half resolution to single pixels, with the frame's own detail beside: a pixel's value is its contrast."""

    def __init__(self, channels: int, inputs: int) -> None:
        super().__init__()
        self.detail = normed(channels, FINE)
        self.spread = normed(inputs, 4 * FINE)
        self.join = normed(2 * FINE, FINE)

    def forward(self, x: Tensor, pixels: Tensor) -> Tensor:
        fine = F.pixel_shuffle(torch.relu(self.spread(x)), 2)
        joined: Tensor = torch.relu(self.join(torch.cat([fine, torch.relu(self.detail(pixels))], 1)))
        return joined


class Rising(TwoFactors):
    """A regressor that goes down to 1/16 in its own way, and up again with shortcuts from each resolution.

    All of that may be of the frame at a smaller size: a block of `multiple` px is 16 places at "1/1".

    Parameters
    ----------
    channels : int
        1 grey, 3 colour.
    cell : int
        4, 2 or 1: the way up ends at this resolution.
    widths : mapping
        Channels of what the way down gives at 2, 4, 8 and 16.
    outputs : int
        Channels of what it gives: the two factors, each of one cell or of several.
    """

    multiple: int = 16
    late_halo: int = 32  # exact

    def __init__(self, channels: int, cell: int, widths: Mapping[int, int], outputs: int = 2) -> None:
        super().__init__()
        if cell not in (4, 2, 1):
            raise ValueError(f"a cell has 4, 2 or 1 px, not {cell}")
        scales = [scale for scale in UP if scale >= cell]
        before = [widths[16], *UP.values()]
        self.top = nn.ModuleList(normed(n, UP[scale], 1) for n, scale in zip(before, scales, strict=False))
        self.across = nn.ModuleList(normed(widths[scale], UP[scale], 1) for scale in scales)
        self.merge = nn.ModuleList(normed(UP[scale], UP[scale]) for scale in scales)
        self.fine = _Fine(channels, UP[2]) if cell == 1 else None
        self.head = nn.Conv2d(FINE if cell == 1 else UP[cell], outputs, 3, padding=1)

    def rise(
        self,
        features: list[Tensor],
        pixels: Tensor,
        rows: Tensor | None = None,
        columns: Tensor | None = None,
        *,
        detail: Tensor | None = None,
    ) -> Tensor:
        """`TwoFactors.outputs` of the features at 1/2, 1/4, 1/8 and 1/16, which are taken out of the list.

        `detail`, (N, 32, H/2, W/2), is added to those at 1/2.
        """

        def needed(x: Tensor, scale: int) -> Tensor:
            return x if rows is None or columns is None else kept(x, rows, columns, 16 // scale)

        x = needed(features.pop(), 16)
        for scale, top, across, merge in zip(UP, self.top, self.across, self.merge, strict=False):
            x = F.interpolate(top(x), scale_factor=2.0, mode="bilinear") + across(needed(features.pop(), scale))
            if scale == 2 and detail is not None:
                x = x + needed(detail, scale)
            x = torch.relu(merge(torch.relu(x)))  # (N, 64) at 1/8 and 1/4, (N, 32) at 1/2
        if self.fine is not None:
            x = self.fine(x, needed(pixels, 1))  # (N, 8, H, W)
        factors: Tensor = self.head(x)
        return factors
