"""Datasets in the layouts that people have."""

from pathlib import Path

from inspector.dataset import Dataset, read_dataset
from training.datasets.dagm import is_dagm, read_dagm


def open_dataset(folder: Path) -> Dataset:
    """Open a folder in the native form or in DAGM2007's layout.

    Raises
    ------
    InspectorError
        If it is neither, or malformed.
    """
    return read_dagm(folder) if is_dagm(folder) else read_dataset(folder)
