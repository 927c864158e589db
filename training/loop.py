"""The loop of both trainings: steps until the budget is spent, and checkpoints to go on from after a kill."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

CHECKPOINT_SECONDS = 60.0


class Stateful(Protocol):
    """A network or an optimiser."""

    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


def run_steps(
    take_step: Callable[[float, int], float],
    parts: Mapping[str, Stateful],
    rng: np.random.Generator,
    *,
    steps: int,
    minutes: float | None,
    checkpoint: Path,
    progress: Callable[[float, str], None],
) -> None:
    """Take steps of gradient descent until the budget is spent, going on from `checkpoint` where there is one.

    Parameters
    ----------
    take_step : callable
        Given the share that is done, in [0, 1), and the step's number, takes it and returns its loss.
    parts : mapping of name to Stateful
        All that the steps change.
    rng : numpy Generator
        The source of chance of the data; torch's own is kept too.
    steps : int
    minutes : float or None
        Time budget instead of `steps`, counted over all runs.
    checkpoint : Path
        Written whole, every minute and at the end.
    progress : callable
        Told the share that is done and a line of text.
    """
    step, seconds, loss = 0, 0.0, float("nan")
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        rng.bit_generator.state = state["rng"]
        torch.set_rng_state(state["torch_rng"])
        step, seconds, loss = state["step"], state["seconds"], state["loss"]

    def save() -> None:
        state: dict[str, Any] = {name: part.state_dict() for name, part in parts.items()}
        state |= {"rng": rng.bit_generator.state, "torch_rng": torch.get_rng_state()}
        state |= {"step": step, "seconds": seconds, "loss": loss}
        partial = checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(checkpoint)

    saved = seconds
    while (done := step / steps if minutes is None else seconds / (60 * minutes)) < 1:
        started = time.monotonic()
        latest = take_step(done, step)
        loss = latest if step == 0 else 0.98 * loss + 0.02 * latest
        step += 1
        seconds += time.monotonic() - started
        progress(done, f"step {step}, loss {loss:.3f}")
        if seconds - saved > CHECKPOINT_SECONDS:
            save()
            saved = seconds
    save()
