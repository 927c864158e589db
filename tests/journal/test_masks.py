"""Masks that people draw are appended, and the last one counts."""

from contextlib import closing

import numpy as np
import pytest
from builders import make_frame, make_inspection, make_recipe

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal

CLASSES = ("background", "crack", "pit")
SHAPE = (24, 32)


def drawn(kind: int) -> np.ndarray:
    mask = np.zeros(SHAPE, np.uint8)
    mask[3:9, 5:7] = kind
    mask[20:, 30:] = IGNORE
    return mask


@pytest.fixture(params=["file", "server"])
def opened(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("url" if request.param == "file" else "shared_url")


def test_masks_are_appended(opened: str):
    with closing(Journal.open(opened)) as journal:
        first, second = (journal.add(make_inspection(make_frame(SHAPE)), make_recipe(), "folder") for _ in range(2))
    with closing(Journal.open(opened)) as journal:  # on the server by now
        assert journal.masks(second) == []
        journal.add_mask(second, drawn(1), CLASSES, "anna", "longer than found")
        journal.add_mask(second, drawn(2), CLASSES, "bert", "")
        one, other = journal.masks(second)
        assert (one.reviewer, one.reason, one.classes) == ("anna", "longer than found", CLASSES)
        assert (other.reviewer, other.reason) == ("bert", "")
        assert one.time <= other.time
        assert np.array_equal(one.pixels, drawn(1))
        assert np.array_equal(other.pixels, drawn(2))
        assert journal.ids(EntryFilter(drawn=True)) == [second]
        assert journal.ids(EntryFilter(drawn=False)) == [first]
        with pytest.raises(InspectorError, match="has no inspection 77"):
            journal.add_mask(77, drawn(1), CLASSES, "anna", "")


@pytest.mark.parametrize(
    ("pixels", "classes"),
    [
        (drawn(3), CLASSES),
        (drawn(1), ("crack", "pit")),
        (drawn(1), ()),
        (drawn(1).astype(bool), CLASSES),
        (np.zeros((*SHAPE, 3), np.uint8), CLASSES),
    ],
    ids=["unknown class", "no background", "no classes", "bool", "colour"],
)
def test_what_is_no_mask_is_a_fault(journal: Journal, pixels: np.ndarray, classes: tuple[str, ...]):
    journal.add(make_inspection(make_frame(SHAPE)), make_recipe(), "folder")
    with pytest.raises(ValueError, match="a mask"):
        journal.add_mask(1, pixels, classes, "anna", "")
    assert journal.masks(1) == []
