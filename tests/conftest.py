from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from postgres import Server, programs

import inspector.networks.vision  # noqa: F401 -- torchmetrics imports torchvision, which may need this first


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed (packaging/system-packages.sh test installs it)")
    with TemporaryDirectory(prefix="inspector-postgres-") as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o755)
        started = Server(Path(folder) / "server", found)
        try:
            yield started
        finally:
            started.stop()


@pytest.fixture
def shared_url(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of an empty database; this process keeps its spool in a folder of the test's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return server.new_database(f"journal_{uuid4().hex}")
