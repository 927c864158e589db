"""Checkpoints: everything that a training needs to go on after a kill."""

from pathlib import Path
from typing import Any

import torch

CHECKPOINT_SECONDS = 60.0


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint whole: the old one stays until the new one is complete."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)
