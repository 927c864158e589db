import pytest
import torch
from torch import Tensor

from inspector.networks.efficientnet import WIDTHS, LiteEncoder, published_names
from inspector.networks.lite import LiteRegressor
from training.pretrained import load_severity

PUBLISHED = {
    2: (8.645667, [0.527444, -1.522223, 0.638017]),
    4: (13.484933, [0.478533, 14.810562, 0.522668]),
    8: (10.871099, [1.660008, -2.664519, -1.425874]),
    16: (6.517791, [4.025868, 1.389923, 3.045716]),
}
"""Of `waves`, by efficientnet-lite-pytorch 0.1.0 with these weights: deviation of all features at each scale, and means
of the first three. Sides that are odd down to 1/16 are padded alike on both sides there, as ours are."""


def waves(side: int) -> Tensor:
    y, x = torch.meshgrid(torch.arange(float(side)), torch.arange(float(side)), indexing="ij")
    planes = [torch.sin(x / 7) * torch.cos(y / 11), torch.sin((x + y) / 5), torch.cos(x * y / 900)]
    return torch.stack(planes)[None]


def test_the_way_down_is_the_published_network() -> None:
    regressor = LiteRegressor(3, 4).eval()
    load_severity(regressor, "lite", "imagenet")
    with torch.inference_mode():
        features = regressor.down(waves(225))
    assert [f.shape[1] for f in features] == list(WIDTHS.values())
    for found, (deviation, means) in zip(features, PUBLISHED.values(), strict=True):
        assert float(found.std()) == pytest.approx(deviation, rel=1e-4)
        assert found[0, :3].mean((1, 2)).tolist() == pytest.approx(means, rel=1e-3)


def test_every_weight_has_a_published_name_of_its_own() -> None:
    named = dict(published_names())
    assert {name.rpartition(".")[0] for name in LiteEncoder(3).state_dict()} == set(named)
    assert len(set(named.values())) == len(named)


def test_bfloat16_differs_by_rounding_alone() -> None:
    """In training on a processor a part of it is computed in float32 all the same."""
    torch.manual_seed(0)
    encoder, pixels = LiteEncoder(1).train(), torch.randn(2, 1, 64, 64)
    exact = encoder(pixels)[-1].detach()
    with torch.autocast("cpu", torch.bfloat16):
        rounded = encoder(pixels)[-1]
    assert rounded.dtype is torch.bfloat16
    assert float((exact - rounded.detach().float()).std()) < 0.1 * float(exact.std())
    torch.autograd.backward(rounded.float().square().sum())
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in encoder.parameters())


def test_what_is_held_stays_as_it_is_while_the_rest_learns() -> None:
    torch.manual_seed(0)
    regressor = LiteRegressor(1, 4)
    load_severity(regressor, "lite", "imagenet")
    regressor.train()
    before = {name: value.clone() for name, value in regressor.state_dict().items()}
    optimiser = torch.optim.AdamW(regressor.parameters(), lr=0.01)
    torch.autograd.backward(regressor(torch.randn(2, 1, 64, 64), torch.ones(2, 1, 1, 1)).mean())
    optimiser.step()
    changed = {name for name, value in regressor.state_dict().items() if not torch.equal(value, before[name])}
    held = tuple(f"down.{part}." for part in ("stem", "stages.0", "stages.1"))
    assert not [name for name in changed if name.startswith(held)]
    assert {"down.stages.2.0.expand.0.weight", "down.stages.2.0.expand.1.running_mean"} <= changed
