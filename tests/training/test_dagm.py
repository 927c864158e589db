from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inspector.errors import InspectorError
from training.datasets import open_dataset

SAMPLE = Path(__file__).resolve().parents[2] / "../shared/datasets/dagm-sample"


def write_class(folder: Path, split: str, names: list[str], defective: list[str]) -> None:
    (folder / split / "Label").mkdir(parents=True)
    for name in names:
        Image.fromarray(np.full((32, 48), 120, np.uint8)).save(folder / split / f"{name}.PNG")
    for name in defective:
        label = np.zeros((32, 48), np.uint8)
        label[4:9, 7:20] = 255
        Image.fromarray(label).save(folder / split / "Label" / f"{name}_label.PNG")


@pytest.fixture
def dagm(tmp_path: Path) -> Path:
    for number in (1, 2, 10):
        write_class(tmp_path / f"Class{number}", "Train", ["0576", "0577"], ["0577"])
        write_class(tmp_path / f"Class{number}", "Test", ["0001"], [])
    return tmp_path


def test_each_class_is_a_kind(dagm: Path) -> None:
    dataset = open_dataset(dagm)
    assert dataset.classes == ("background", "Class1", "Class2", "Class10")
    assert [s.name for s in dataset.split("test")] == ["Class1-0001", "Class2-0001", "Class10-0001"]
    assert len(dataset.split("train")) == 6
    for sample in dataset.split("train"):
        pixels, mask = dataset.read(sample)
        kind = dataset.classes.index(sample.name.split("-")[0])
        assert pixels.shape == mask.shape == (32, 48)
        assert (mask[4:9, 7:20] == kind).all() == sample.name.endswith("0577")
        assert np.count_nonzero(mask) == (65 if sample.name.endswith("0577") else 0)


def test_a_single_class_may_be_given(dagm: Path) -> None:
    dataset = open_dataset(dagm / "Class2")
    assert dataset.classes == ("background", "Class2")
    assert len(dataset.split("train")) == 2


def test_a_layout_without_images_is_told(tmp_path: Path) -> None:
    (tmp_path / "Class1" / "Train" / "Label").mkdir(parents=True)
    with pytest.raises(InspectorError, match="holds no ClassN/Train or ClassN/Test images"):
        open_dataset(tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InspectorError, match="is no dataset folder"):
        open_dataset(tmp_path / "nowhere")


def test_a_folder_in_no_known_layout_is_told(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "notes.txt").write_text("nothing")
    for folder in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(InspectorError, match="is not laid out as DAGM2007"):
            open_dataset(folder)


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the DAGM2007 sample is not beside the repository")
def test_the_sample_of_the_real_set() -> None:
    dataset = open_dataset(SAMPLE)
    assert dataset.classes == ("background", "Class1", "Class2", "Class3")
    samples = dataset.split("test")
    assert len(samples) == 15
    shares = [np.count_nonzero(dataset.read(sample)[1]) / 512**2 for sample in samples if sample.mask]
    assert shares
    assert all(0.001 < share < 0.2 for share in shares)
    with pytest.raises(InspectorError, match="no frames in split 'train'"):
        dataset.split("train")
