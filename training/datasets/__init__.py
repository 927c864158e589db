"""Datasets in the layouts that people have."""

from pathlib import Path

from inspector.dataset import Dataset, read_dataset
from inspector.errors import InspectorError
from training.datasets.coco import is_coco, read_coco
from training.datasets.colour_masks import is_colour_masks, read_colour_masks
from training.datasets.dagm import is_dagm, read_dagm
from training.datasets.labelme import is_labelme, read_labelme
from training.datasets.mvtec import is_mvtec, read_mvtec

_LAYOUTS = (
    (is_colour_masks, read_colour_masks),
    (is_dagm, read_dagm),
    (is_mvtec, read_mvtec),
    (is_labelme, read_labelme),
    (is_coco, read_coco),
)
"""Asked in this order; a folder with a dataset.json is in the native form whatever else it holds."""


def open_dataset(folder: Path) -> Dataset:
    """Open a folder in the native form or in one of the known layouts.

    Class ids and samples come out in the same order on every machine: kinds and frames sorted by name, unless the
    folder's own index (dataset.json, DAGM2007's class numbers) gives an order.

    Raises
    ------
    InspectorError
        If it is in no known layout, or malformed.
    """
    folder = folder.resolve()  # so that "." has a name
    try:
        if (folder / "dataset.json").exists():
            return read_dataset(folder)
        for is_layout, read in _LAYOUTS:
            if is_layout(folder):
                return read(folder)
    except OSError as error:
        raise InspectorError(f"{folder} can't be read: {error}") from error
    raise InspectorError(
        f"{folder} is no dataset folder: it has no dataset.json, no classes.json, and is not laid out as DAGM2007, one "
        "category of MVTec AD, COCO or labelme; the guide on training shows them"
    )
