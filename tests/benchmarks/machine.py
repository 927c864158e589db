"""What the figures were measured on, and the most that it can do."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from timing import in_turns

PACKAGES = ("numpy", "opencv-python-headless", "onnxruntime", "torch", "torchvision", "PySide6-Essentials")


def describe(threads: int) -> dict[str, Any]:
    """Machine, versions and threads."""
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "threads": threads,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def peak_flops(threads: int) -> dict[str, float]:
    """Operations a second, float32, of a large matrix product and of a convolution that suits the machine.

    The floor of a network is its operations over the higher one.
    """
    torch.set_num_threads(threads)
    left, right = torch.randn(1536, 1536), torch.randn(1536, 1536)
    conv = torch.nn.Conv2d(64, 64, 3, padding=1).eval().to(memory_format=torch.channels_last)
    surface = torch.randn(8, 64, 64, 64).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        timings = in_turns({"matrix": lambda: left @ right, "convolution": lambda: conv(surface)}, rounds=25)
    operations = {"matrix": 2 * 1536**3, "convolution": 2 * 8 * 64 * 64 * 64 * 64 * 9}
    return {name: operations[name] / float(np.min(timing.seconds)) for name, timing in timings.items()}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        if names:
            return names[0]
    return platform.processor() or platform.machine()
