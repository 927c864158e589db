"""What test_distributed.py starts twice, by torchrun: each process writes what it has to the folder that is given."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.distributed import average_gradients, from_first, process_group, rank, share_weights, world
from training.loop import Draws, Run, run_steps
from training.validation import Validation

STEPS = 6
SIZE = 4
SCORES = [0.1, 0.4, 0.2, 0.3]


class Windows:
    """Windows and their kinds, of a number alone."""

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        chance = torch.Generator().manual_seed(number)
        return torch.randn(SIZE, 1, 8, 8, generator=chance), torch.randint(3, (SIZE,), generator=chance)


def network(*, normalised: bool, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    norm = nn.BatchNorm2d(5) if normalised else nn.Identity()
    return nn.Sequential(nn.Conv2d(1, 5, 3), norm, nn.ReLU(), nn.Flatten(), nn.Linear(5 * 36, 3))


def train(model: nn.Module, draws: Draws[tuple[Tensor, Tensor]], folder: Path) -> list[int]:
    """Take the steps; returns after which of them this process measured."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    measured: list[int] = []
    taken = []

    def score(batches: float) -> float:
        measured.append(len(taken))
        return SCORES[len(measured) - 1]

    def take_step(done: float, step: int, batch: tuple[Tensor, Tensor]) -> Tensor:
        taken.append(step)
        loss = F.cross_entropy(model(batch[0]), batch[1])
        optimiser.zero_grad()
        loss.backward()
        average_gradients(model)
        optimiser.step()
        return loss

    run = Run(0, STEPS, None, 0, folder / "state.pt", lambda done, text: print(text))
    run_steps(take_step, draws, {"model": model, "optimiser": optimiser}, Validation(model, score, 3), run)
    return measured


def main(folder: Path) -> None:
    with process_group():
        plain, normalised = (network(normalised=either, seed=rank()) for either in (False, True))
        for model in (plain, normalised):
            share_weights(model)
        start = {name: weight.clone() for name, weight in plain.state_dict().items()}
        inputs, kinds = Windows()[rank()]
        F.cross_entropy(plain(inputs), kinds).backward()
        average_gradients(plain)
        normalised(inputs)
        own = {name: buffer.clone() for name, buffer in normalised.named_buffers()}
        average_gradients(normalised)
        found = {
            "rank": rank(),
            "world": world(),
            "from_first": from_first(f"said by {rank()}"),
            "start": start,
            "gradients": [parameter.grad.clone() for parameter in plain.parameters()],
            "own": own,
            "averaged": dict(normalised.named_buffers()),
            "measured": train(plain, Windows(), folder),
            "end": plain.state_dict(),
        }
        torch.save(found, folder / f"{rank()}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
