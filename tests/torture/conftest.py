import pytest
from tiny_bundle import write_tiny_bundle

from inspector.recipe import Recipe


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A recipe whose model judges a part in a few milliseconds, where the network is not what is tried."""
    folder = tmp_path_factory.mktemp("quick")
    bundle = write_tiny_bundle(folder / "tiny")
    Recipe(name="quick", model=str(bundle), threshold=4.0).save(folder / "quick.toml")
    return str(folder / "quick.toml")
