import os
import subprocess
import sys
from pathlib import Path

from tiny_bundle import write_tiny_bundle


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
