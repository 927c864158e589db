import pytest
import torch
from torch import nn

from inspector.networks.architectures import ARCHITECTURES, build_regressor
from inspector.networks.backbones import build_classifier
from inspector.networks.paper import LinearHead, PaperRegressor

STAGE_1 = [(1, 8), (5, 8), (5, 32), (1, 32), (1, 8), (5, 8), (5, 32)]
STAGE_2 = [(1, 16), (5, 16), (5, 64), (1, 64), (1, 16), (5, 16), (5, 64)]
"""Kernel and filters of the paper's table; the fourth is the shortcut."""


def convolutions(inputs: int, stage: list[tuple[int, int]]) -> int:
    """Weights of a residual stage's convolutions, without biases, as BN follows the input of each."""
    taken = [inputs, stage[0][1], stage[1][1], inputs, stage[2][1], stage[4][1], stage[5][1]]
    return sum(k * k * n * m for (k, m), n in zip(stage, taken, strict=True))


def test_the_paper_s_network_has_its_size() -> None:
    table = (
        5 * 5 * 16 + convolutions(16, STAGE_1) + 3 * 3 * 32 * 16 + convolutions(16, STAGE_2) + 3 * 3 * 64 * 512 + 512
    )
    network = PaperRegressor(channels=1)
    convs = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert sum(conv.weight.numel() for conv in convs) == table
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(0.38e6, rel=0.02)


def test_the_composed_head_is_conv3_then_conv4() -> None:
    torch.manual_seed(0)
    head, x = LinearHead(64), torch.randn(2, 64, 9, 12)
    apart = head.conv4(nn.functional.conv2d(x, head.conv3.weight, padding=1))
    assert torch.allclose(head(x), apart, atol=1e-5)


CELLS = [(name, cell) for name in ("lite", "paper", "pyramid", "swift") for cell in (4, 2, 1)]


@pytest.mark.parametrize(("architecture", "cell"), [*CELLS, ("unet", 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_there_is_one_severity_for_each_cell(architecture: str, cell: int, channels: int) -> None:
    regressor = build_regressor(architecture, channels, cell).eval()
    height, width = 3 * regressor.multiple, 5 * regressor.multiple
    with torch.inference_mode():
        severity = regressor(torch.zeros(2, channels, height, width), torch.ones(2, 1, 1, 1))
    assert severity.shape == (2, 1, height // cell, width // cell)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_other_cells_and_names_are_faults(architecture: str) -> None:
    with pytest.raises(ValueError, match="not 8"):
        build_regressor(architecture, 1, 8)
    with pytest.raises(ValueError, match="no regressor 'x'"):
        build_regressor("x", 1, 4)
    with pytest.raises(ValueError, match="no backbone 'x'"):
        build_classifier("x", 1, 2)
