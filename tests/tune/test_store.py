import os
from pathlib import Path

import numpy as np
import pytest

from inspector.errors import InspectorError
from inspector.tune.store import Store

TABLE = np.zeros(3, np.dtype([("level", np.uint8), ("box", np.int32, 4)]))


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    store, levels = Store(tmp_path / "measured"), np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert store.load("model/frame") is None
    store.save("model/frame", {"levels": levels, "table": TABLE})
    loaded = Store(tmp_path / "measured").load("model/frame")
    assert np.array_equal(loaded["levels"], levels)
    assert loaded["table"].dtype == TABLE.dtype
    assert [path.name for path in (tmp_path / "measured" / "model").iterdir()] == ["frame.npz"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"", lambda data: data[:90] + b"xx" + data[92:]]
)
def test_a_damaged_file_counts_as_absent(tmp_path: Path, damage) -> None:
    store = Store(tmp_path)
    store.save("model/frame", {"levels": np.random.default_rng(0).integers(0, 256, (40, 40), np.uint8)})
    path = tmp_path / "model" / "frame.npz"
    path.write_bytes(damage(path.read_bytes()))
    assert store.load("model/frame") is None


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(InspectorError, match=r"can't be kept in .*; make room there and go on"):
        Store(tmp_path / "file").save("model/frame", {"levels": TABLE})


def test_what_was_not_used_for_longest_goes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(4):
        store.save(f"model/{number}", {"levels": np.zeros(50, np.uint8)})
        path = tmp_path / "model" / f"{number}.npz"
        os.utime(path, (number + 1, number + 1))
    assert store.load("model/0") is not None  # of use, though the oldest
    (tmp_path / "model" / "left.tmp").write_bytes(b"x")
    os.utime(tmp_path / "model" / "left.tmp", (1, 1))
    (tmp_path / "model" / "new.tmp").write_bytes(b"x")
    store.trim(2 * path.stat().st_size)
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["0.npz", "3.npz", "new.tmp"]
