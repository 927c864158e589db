"""What holds for every layout."""

import os
import sys
from pathlib import Path

import pytest
from fuzz.datasets import frames, samples, write
from fuzz.layouts import layouts

from inspector.dataset import defect_pixels
from inspector.errors import InspectorError
from training.datasets import open_dataset


@pytest.mark.parametrize("layout", layouts())
def test_each_layout_is_opened_with_its_defects(layout: str) -> None:
    found = frames(layout)
    assert any(defect_pixels(mask).any() for _, mask in found)
    assert all(pixels.shape == mask.shape for pixels, mask in found)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices are those of Unix")
@pytest.mark.parametrize(("layout", "name"), [(k, name) for k, files in layouts().items() for name in files])
def test_a_pipe_in_the_place_of_a_file_is_told_not_waited_for(tmp_path: Path, layout: str, name: str) -> None:
    write(tmp_path, layouts()[layout])
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises(InspectorError):
        list(map(open_dataset(tmp_path).read, samples(open_dataset(tmp_path))))
