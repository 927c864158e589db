from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from inspector.journal.store import Journal


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.db'}"


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    with closing(Journal.open(url)) as opened:
        yield opened
