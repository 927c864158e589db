from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from inspector.networks.input import Normalisation
from training import loop
from training.augment import Augment
from training.labels import SeverityScale
from training.loop import Run, run_steps
from training.patches import Annotated, PatchSampler
from training.validation import Validation
from training.windows import WindowSampler, defect_places


class Numbers:
    """The batch of a step is its number."""

    def __getitem__(self, step: int) -> Tensor:
        return torch.tensor(float(step))


class Stopped(Exception):
    """In place of a kill."""


class Training:
    """Adds what it draws, and chance, to a weight; `stop` ends it before that step."""

    def __init__(self, folder: Path, *, steps: int = 8, minutes: float | None = None, stop: int = -1) -> None:
        self.network = nn.Linear(1, 1)
        nn.init.zeros_(self.network.weight)
        self.drawn: list[float] = []
        self.shares: list[float] = []
        self.told: list[tuple[float, str]] = []
        self.stop = stop
        self.run = Run(7, steps, minutes, 0, folder / "state.pt", lambda done, text: self.told.append((done, text)))

    def take_step(self, done: float, step: int, batch: Tensor) -> Tensor:
        if step == self.stop:
            raise Stopped
        self.drawn.append(float(batch))
        self.shares.append(done)
        with torch.no_grad():
            self.network.weight += batch + torch.rand(1)
        return self.network.weight.detach().sum()

    def go(self) -> float:
        validation = Validation(self.network, lambda batches: float(self.network.weight.detach()), patience=2)
        return run_steps(self.take_step, Numbers(), {"network": self.network}, validation, self.run)


def test_steps_are_taken_in_order_until_they_are_done(tmp_path: Path) -> None:
    training = Training(tmp_path)
    assert training.go() == 0
    assert training.drawn == list(range(8))
    assert training.shares == [step / 8 for step in range(8)]
    assert training.told[0][0] == 0
    assert training.told[0][1].startswith("step 1, loss 0.")


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    unbroken = Training(tmp_path)
    unbroken.go()
    (tmp_path / "broken").mkdir()
    drawn = []
    for stop in (1, 5, 6, -1):
        training = Training(tmp_path / "broken", stop=stop)
        if stop < 0:
            assert training.go() > 0
        else:
            with pytest.raises(Stopped):
                training.go()
        drawn += training.drawn
    assert drawn == unbroken.drawn
    assert torch.equal(training.network.weight, unbroken.network.weight)
    states = [torch.load(folder / "state.pt") for folder in (tmp_path, tmp_path / "broken")]
    assert states[0]["loss"] == states[1]["loss"]
    assert states[0]["validation"]["curve"] == states[1]["validation"]["curve"] != []
    again = Training(tmp_path / "broken")
    again.go()
    assert again.drawn == []
    assert torch.equal(again.network.weight, unbroken.network.weight)


def test_a_time_budget_ends_the_steps(tmp_path: Path) -> None:
    training = Training(tmp_path, steps=0, minutes=0.05 / 60)
    training.go()
    assert len(training.drawn) > 1
    assert training.shares[0] == 0
    assert training.shares == sorted(training.shares)
    assert training.shares[-1] < 1


def test_the_network_is_left_at_its_best(tmp_path: Path) -> None:
    """The score is the weight, which grows for 60 steps and then falls."""
    training = Training(tmp_path, steps=100)
    grow = training.take_step

    def take_step(done: float, step: int, batch: Tensor) -> Tensor:
        return grow(done, step, batch if step < 60 else -batch)

    training.take_step = take_step  # type: ignore[method-assign]
    training.go()
    measured = [score for _, score in torch.load(tmp_path / "state.pt")["validation"]["curve"]]
    assert training.network.weight.item() == pytest.approx(max(measured))
    assert training.network.weight.item() > measured[-1]
    assert len(training.drawn) < 100  # two measurements without a gain ended it


def frames() -> list[Annotated]:
    pixels, mask = np.random.default_rng(0).integers(0, 256, (280, 300, 1), np.uint8), np.zeros((280, 300), np.uint8)
    mask[40:60, 40:90], mask[200:220, 30:50] = 1, 2
    return [Annotated.of(pixels, mask, Normalisation.FRAME)]


def patches() -> PatchSampler:
    return PatchSampler(frames(), 4, SeverityScale(20.0, 200.0, 6.0), size=2, seed=3, augment=Augment())


def windows() -> WindowSampler:
    maps = [frame.mask[::2, ::2] * np.uint8(200) for frame in frames()]
    places = defect_places(frames())
    return WindowSampler(frames(), maps, places, [], cell=2, size=4, seed=3, augment=Augment(), background_share=0.4)


@pytest.mark.parametrize("draws", [patches, windows])
def test_other_processes_draw_the_same_batches(draws: Callable, tmp_path: Path) -> None:
    drawn = {}
    for workers in (0, 2):
        seen: list[tuple[Tensor, ...]] = []

        def keep(done: float, step: int, batch: tuple[Tensor, ...], seen: list = seen) -> Tensor:
            seen.append(tuple(tensor.clone() for tensor in batch))
            return torch.zeros(())

        run = Run(0, 5, None, workers, tmp_path / f"{workers}.pt", lambda done, text: None)
        run_steps(keep, draws(), {}, Validation(nn.Linear(1, 1), lambda batches: 0.0, 0), run)
        drawn[workers] = seen
    assert len(drawn[0]) == 5
    for alone, together in zip(drawn[0], drawn[2], strict=True):
        assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))
