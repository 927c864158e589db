"""Where a training runs, and in which numbers."""

import os
from pathlib import Path

import torch

MOST_WORKERS = 16

PROCESSORS = Path("/proc/cpuinfo")
"""Where Linux says what its processors can do."""

BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
"""Its words for computing in bfloat16, the last on ARM."""


def training_device() -> torch.device:
    """This process's GPU where there is one, else the processor."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    torch.set_float32_matmul_precision("high")  # TF32 for what is not in bfloat16, as convolutions have it anyway
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    torch.cuda.set_device(device)
    return device


def has_bfloat16() -> bool:
    """Whether this processor is known to compute in bfloat16 by itself; where the system does not tell, no."""
    try:
        return not BFLOAT16.isdisjoint(PROCESSORS.read_text(encoding="utf-8").split())
    except OSError:
        return False


def autocast(device: torch.device, bfloat16: bool = False) -> torch.autocast:
    """Computes in bfloat16 on a GPU that has it, elsewhere only where asked to."""
    wanted = torch.cuda.is_bf16_supported() if device.type == "cuda" else bfloat16
    return torch.autocast(device.type, torch.bfloat16, enabled=wanted)


def default_workers() -> int:
    """Processes that draw batches: as many as there are processors beside a GPU, none where a processor trains."""
    if not torch.cuda.is_available():
        return 0
    return min(MOST_WORKERS, (os.cpu_count() or 2) - 1) // int(os.environ.get("LOCAL_WORLD_SIZE", 1))
