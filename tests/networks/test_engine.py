import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_networks import export_random
from tiny_bundle import write_tiny_bundle

from inspector.networks.bundle import load_model
from inspector.networks.input import Blocks


@pytest.mark.parametrize("engine", ["onnx", "torch"])
@pytest.mark.parametrize(("architecture", "cell"), [("lite", 1), ("pyramid", 4), ("swift", 2)])
def test_blocks_alone_have_the_severities_of_the_whole(
    engine: Any, architecture: str, cell: int, tmp_path: Path
) -> None:
    model = load_model(export_random(tmp_path / "random", architecture, 1, cell), engine=engine, threads=1)
    block = model.spec.multiple
    inputs = np.random.default_rng(0).normal(0, 1, (1, 1, 9 * block, 10 * block)).astype(np.float32)
    whole = model.engine.severity(inputs, 1.0)[0]
    some = model.engine.severity(inputs, 1.0, Blocks(range(1, 9), range(8)))[0]
    assert some.shape == (8 * block // cell, 8 * block // cell)
    late = model.spec.late_halo // cell
    right = whole[block // cell :, : 8 * block // cell]
    assert np.allclose(some[late:, :-late], right[late:, :-late], atol=0.02)
    assert not np.allclose(some[:late, -late:], right[:late, -late:], atol=0.5)
    assert np.ptp(right[late:, :-late]) > 3


def test_inference_reports_nothing_to_anybody(tmp_path: Path) -> None:
    """onnxruntime's telemetry keeps an id and a database in the user's cache: a home without them was not reported."""
    bundle, home = write_tiny_bundle(tmp_path / "tiny"), tmp_path / "home"
    home.mkdir()
    command = (
        f"from pathlib import Path; from inspector.networks.bundle import load_model; load_model(Path({str(bundle)!r}))"
    )
    quiet = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in quiet} | {"HOME": str(home)}
    subprocess.run([sys.executable, "-c", command], env=environment, check=True)
    assert not list(home.rglob("*onnxruntime*"))
