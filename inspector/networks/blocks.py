"""Leaving out, on the way up, what of a tile's surroundings only the way down needs."""

import torch
from torch import Tensor


@torch.library.custom_op("inspector::kept", mutates_args=())
def kept(x: Tensor, rows: Tensor, columns: Tensor, side: int) -> Tensor:
    """The blocks of features that lie in these rows and columns: (N, C, len(rows) * side, len(columns) * side).

    Parameters
    ----------
    x : Tensor (N, C, H, W)
    rows, columns : int64 Tensor
        Numbers of blocks, one after the other without a gap.
    side : int
        Of a block, in places of x.
    """
    top, left = int(rows[0]) * side, int(columns[0]) * side
    return x[:, :, top : top + len(rows) * side, left : left + len(columns) * side].clone()


@kept.register_fake
def _shape(x: Tensor, rows: Tensor, columns: Tensor, side: int) -> Tensor:
    return x.new_empty(x.shape[0], x.shape[1], rows.shape[0] * side, columns.shape[0] * side)
