"""torchvision's models and transforms, for training and the torch engine: imported from here, never directly.

torchvision often comes as a build for CUDA. Beside a torch for the CPU alone, its compiled operators do not load, and
its import fails as it describes two of them that are not there. We use none of them; once the two have a schema, all
that is written in Python works. Where the compiled operators load, nothing is changed.
"""

import importlib.util
from pathlib import Path

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def _load_operators() -> bool:
    """Load torchvision's compiled operators, without importing it; False if they don't load."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("torchvision is missing; install the extra 'train'", name="torchvision")
    library = next(Path(spec.origin).parent.glob("_C.*"), "_C")
    try:
        torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return True


if not _load_operators():
    for _operator in ("nms", "qnms"):
        torch.library.define(f"torchvision::{_operator}", _SCHEMA)

from torchvision import models, tv_tensors  # noqa: E402 -- its import needs the schemas
from torchvision.transforms import v2  # noqa: E402

__all__ = ["models", "tv_tensors", "v2"]
