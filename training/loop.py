"""The loop of both trainings: steps until the budget is spent, and checkpoints to go on from after a kill."""

import itertools
import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch.utils.data import DataLoader

from inspector.errors import InspectorError
from training.distributed import from_first, rank, share_weights, world
from training.validation import Validation

CHECKPOINT_SECONDS = 60.0
REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class Run:
    """How a network is trained, whatever it learns.

    Attributes
    ----------
    seed : int
    steps : int
        Steps of gradient descent, where `minutes` is None.
    minutes : float or None
        Time budget instead of `steps`, counted over all runs, measuring on val included.
    workers : int
        Processes that draw batches ahead; 0 draws between the steps.
    checkpoint : Path
        Written whole, every minute and at the end; where it is there, training goes on from it.
    progress : callable
        Told the share that is done, in [0, 1], and a line of text.
    """

    seed: int
    steps: int
    minutes: float | None
    workers: int
    checkpoint: Path
    progress: Callable[[float, str], None]


class Stateful(Protocol):
    """A network or an optimiser."""

    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


Drawn = TypeVar("Drawn", covariant=True)


class Draws(Protocol[Drawn]):
    """Gives the batch of each step; the same one whenever it is asked."""

    def __getitem__(self, step: int) -> Drawn: ...


def run_steps(
    take_step: Callable[[float, int, Drawn], torch.Tensor],
    draws: Draws[Drawn],
    parts: Mapping[str, Stateful],
    validation: Validation,
    run: Run,
) -> float:
    """Take steps of gradient descent until the budget is spent, and leave `validation`'s network at its best.

    Where several processes train, each draws other batches, and the first one measures, writes and reports.

    Parameters
    ----------
    take_step : callable
        Given the share of the schedule that is done, in [0, 1), the step's number and its batch, takes the step and
        returns its loss.
    draws : Draws
    parts : mapping of name to Stateful
        All that the steps change.
    validation : Validation
    run : Run

    Returns
    -------
    float
        Seconds that were spent in earlier runs, before the checkpoint.
    """
    step, seconds, loss = 0, 0.0, torch.tensor(float("nan"))
    parts = {**parts, "validation": validation}
    if state := from_first(_load(run.checkpoint)):
        try:
            for name, part in parts.items():
                part.load_state_dict(state[name])
            step, seconds, loss = state["step"], state["seconds"], torch.tensor(state["loss"])
        except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
            raise _unusable(run.checkpoint) from error

    def save() -> None:
        state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
        state |= {"step": step, "seconds": seconds, "loss": float(loss)}
        partial = run.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(run.checkpoint)

    first, earlier = rank() == 0, seconds
    batches = _batches(draws, step * world() + rank(), run.workers)
    saved = told = seconds
    while True:
        started = time.monotonic()
        spent = step / run.steps if run.minutes is None else seconds / (60 * run.minutes)
        done = from_first(validation.look(spent, step) if first else spent)
        if done >= 1:
            break
        torch.manual_seed(hash((run.seed, step, rank())) % 2**63)  # for the chance within a step (dropout)
        latest = take_step(done, step, next(batches)).detach()
        loss = latest if step == 0 else 0.98 * loss.to(latest.device) + 0.02 * latest
        step += 1
        seconds += time.monotonic() - started
        if first and (seconds - told > REPORT_SECONDS or step == 1):
            run.progress(done, f"step {step}, loss {float(loss):.3f}{validation.note}")
            told = seconds
        if first and seconds - saved > CHECKPOINT_SECONDS:
            save()
            saved = seconds
    if first:
        save()
    validation.take_best()
    share_weights(validation.network)
    return earlier


def _load(checkpoint: Path) -> dict[str, Any] | None:
    if rank() or not checkpoint.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location="cpu")
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise _unusable(checkpoint) from error
    return state


def _unusable(checkpoint: Path) -> InspectorError:
    return InspectorError(
        f"checkpoint {checkpoint} is damaged or another training's; delete it to begin this part of the training anew"
    )


def _batches(draws: Draws[Drawn], first: int, workers: int) -> Iterator[Drawn]:
    """This process's batches from number `first` on, in order, without an end."""
    loader: DataLoader[Drawn] = DataLoader(
        draws,  # type: ignore[arg-type]
        batch_size=None,
        sampler=itertools.count(first, world()),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=torch.cuda.is_available(),
    )
    return iter(loader)
