from math import log, sqrt

import pytest
import torch
from torch import Tensor

from inspector.networks.factors import Factors
from training.losses import conditional_loss, presence_loss, regressor_loss, severity_loss
from training.patches import Batch


def batch_of(severity: Tensor, known: Tensor | None = None) -> Batch:
    """Annotated cells (N, 1, H, W): defect where there is a severity, all known unless told otherwise."""
    known = torch.ones_like(severity, dtype=torch.bool) if known is None else known
    return Batch(torch.empty(0), torch.ones(len(severity), 1, 1, 1), severity, severity > 0, known)


def one_of_twenty(severity: float = 12.0) -> Batch:
    cells = torch.zeros(1, 1, 4, 5)
    cells[..., 0, 0] = severity
    return batch_of(cells)


def loss_of(factors: Factors, batch: Batch, *, share: float = 0.1, squared: bool = False, floor: float = 6.0) -> Tensor:
    return regressor_loss(factors, batch, balance=0.5, share=share, squared=squared, floor=floor)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        (0.0, 144 / 20),  # the paper's
        (0.5, 144 * sqrt(19) / (19 + sqrt(19))),
        (1.0, 144 * 10 / (19 + 10)),  # at most tenfold
    ],
)
def test_squared_error_gives_defects_their_say(balance: float, expected: float) -> None:
    batch = one_of_twenty()
    assert float(severity_loss(torch.zeros(1, 1, 4, 5), batch, balance)) == pytest.approx(expected)


def test_a_defect_that_fills_the_patch_counts_no_less_than_its_surroundings() -> None:
    batch = batch_of(torch.tensor([[[[6.0, 6.0, 6.0, 0.0]]]]))
    assert float(severity_loss(torch.zeros(1, 1, 1, 4), batch, 1.0)) == pytest.approx(36 * 3 / 4)


def test_each_patch_is_balanced_by_its_own_cells() -> None:
    cells = torch.zeros(2, 1, 1, 10)
    cells[0, 0, 0, :5], cells[1, 0, 0, 0] = 2.0, 3.0
    # weights: 5 x 1 and 5 x 1 in the first patch; 1 x 9 and 9 x 1 in the second
    assert float(severity_loss(torch.zeros_like(cells), batch_of(cells), 1.0)) == pytest.approx((5 * 4 + 9 * 9) / 28)


@pytest.mark.parametrize("balance", [0.0, 0.5])
def test_presence_is_cross_entropy_and_overlap(balance: float) -> None:
    """p = 3/4 in the defect cell and 1/2 in the 19 sound ones; a patch without a defect has no overlap to lose."""
    logits = torch.zeros(1, 1, 4, 5)
    logits[..., 0, 0] = log(3)
    weight = 19**balance
    entropy = (weight * log(4 / 3) + 19 * log(2)) / (weight + 19)
    dice = 1 - (2 * 0.75 + 1) / (0.75 + 19 / 2 + 1 + 1)
    assert float(presence_loss(logits, one_of_twenty(), balance)) == pytest.approx(entropy + dice, rel=1e-5)
    sound = batch_of(torch.zeros(1, 1, 4, 5))
    assert float(presence_loss(torch.zeros(1, 1, 4, 5), sound, balance)) == pytest.approx(log(2))
    both = Batch(*(torch.cat(pair) for pair in zip(one_of_twenty(), sound, strict=True)))
    entropy = (weight * log(4 / 3) + 39 * log(2)) / (weight + 39)
    found = presence_loss(torch.cat([logits, torch.zeros_like(logits)]), both, balance)
    assert float(found) == pytest.approx(entropy + dice, rel=1e-5)


def test_severity_is_learned_where_there_is_a_defect() -> None:
    batch = batch_of(torch.tensor([[[[6.0, 8.0, 0.0, 10.0]]]]), torch.tensor([[[[True, True, True, False]]]]))
    predicted = torch.tensor([[[[6.5, 11.0, 9.0, 0.0]]]])  # half an error of 1/2 squared, 3 less a half; the rest free
    assert float(conditional_loss(predicted, batch)) == pytest.approx((0.125 + 2.5) / 2)


@pytest.mark.parametrize("squared", [False, True])
def test_what_is_not_known_is_not_learned(squared: bool) -> None:
    torch.manual_seed(0)
    severity = torch.where(torch.rand(3, 1, 8, 8) < 0.2, 7.0, 0.0)
    known = torch.rand(3, 1, 8, 8) < 0.5
    batch = batch_of(severity, known)
    factors = [torch.randn(3, 1, 8, 8, requires_grad=True) for _ in range(2)]
    told = {"share": 1.0, "squared": squared, "floor": -9.0}
    torch.autograd.backward(loss_of(Factors(*factors), batch, **told))
    for factor in factors:
        assert factor.grad is not None
        assert not factor.grad[~known].any()
        assert factor.grad[known & (severity > 0)].all()
    nothing = batch_of(severity, torch.zeros_like(known))
    assert loss_of(Factors(*factors), nothing, **told).item() == 0
    assert loss_of(Factors(None, factors[1]), nothing, **told).item() == 0


def test_each_regressor_learns_what_it_gives() -> None:
    torch.manual_seed(0)
    batch = batch_of(torch.where(torch.rand(2, 1, 8, 8) < 0.2, 7.0, 0.0))
    presence, severity = torch.randn(2, 1, 8, 8), torch.randn(2, 1, 8, 8)
    assert loss_of(Factors(None, severity), batch) == severity_loss(severity, batch, 0.5)
    assert loss_of(Factors(presence, None), batch) == presence_loss(presence, batch, 0.5)
    both = presence_loss(presence, batch, 0.5) + 0.1 * conditional_loss(severity, batch)
    assert loss_of(Factors(presence, severity), batch) == both


def test_both_factors_may_be_learned_by_the_square_of_their_product() -> None:
    """Severities 6, 12 and 0 where 3/4 x 8, 1/2 x 10 and 1/2 x (the floor and a tenth of 10 below it) are given."""
    batch = batch_of(torch.tensor([[[[6.0, 12.0, 0.0]]]]))
    factors = Factors(torch.tensor([[[[log(3), 0.0, 0.0]]]]), torch.tensor([[[[8.0, 10.0, -4.0]]]]))
    expected = (0.0 + 7.0**2 + 2.5**2) / 3
    assert float(loss_of(factors, batch, squared=True, floor=6.0)) == pytest.approx(expected, rel=1e-5)
    alone = Factors(factors.presence, None)
    assert loss_of(alone, batch, squared=True) == presence_loss(alone.presence, batch, 0.5)


def test_a_severity_below_the_floor_can_rise_again() -> None:
    batch = batch_of(torch.full((1, 1, 1, 2), 9.0))
    severity = torch.tensor([[[[5.0, 2.0]]]], requires_grad=True)
    torch.autograd.backward(loss_of(Factors(torch.zeros(1, 1, 1, 2), severity), batch, squared=True, floor=6.0))
    assert severity.grad is not None
    assert (severity.grad < 0).all()


def test_a_severe_false_alarm_costs_more_than_a_weak_one() -> None:
    batch = one_of_twenty()
    presence, severity = torch.full((1, 1, 4, 5), 2.0), torch.full((1, 1, 4, 5), 6.0)
    severe = severity.clone()
    severe[..., 3, 4] = 11.0
    weak, strong = (Factors(presence, s) for s in (severity, severe))
    assert loss_of(strong, batch, squared=True) > loss_of(weak, batch, squared=True) + 1
    assert loss_of(strong, batch) == loss_of(weak, batch)
