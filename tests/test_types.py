import dataclasses

import numpy as np
import pytest
from builders import CAPTURED, make_frame, make_inspection, make_region
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inspector.types import (
    Frame,
    Inspection,
    Measurement,
    Region,
    Verdict,
    threshold_level,
    to_levels,
    to_severity,
)


@settings(deadline=None)
@given(hnp.arrays(np.float32, (3, 4), elements=st.floats(0, 12, width=32)))
def test_a_stored_severity_is_off_by_half_a_level_at_most(severity: np.ndarray) -> None:
    levels = to_levels(severity)
    assert np.abs(to_severity(levels) - severity).max() <= 12 / 255 / 2 + 1e-6
    assert np.array_equal(to_levels(to_severity(levels)), levels)


def test_severities_beyond_the_scale_are_clipped() -> None:
    assert to_levels(np.float32([-3, 0, 12, 40])).tolist() == [0, 0, 255, 255]


@given(st.integers(1, 255))
def test_t_on_a_level_keeps_that_level(level: int) -> None:
    assert threshold_level(level * 12 / 255) == level
    assert threshold_level(level * 12 / 255 - 0.01) == level


@pytest.mark.parametrize(("threshold", "level"), [(0, 1), (0.001, 1), (5.4, 115), (12, 255)])
def test_the_level_of_a_threshold(threshold: float, level: int) -> None:
    assert threshold_level(threshold) == level


def test_verdicts_rank_from_accept_to_reject() -> None:
    assert sorted(Verdict, key=lambda verdict: verdict.rank) == ["accept", "review", "reject"]


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8), np.uint16),
        np.zeros((8, 8), np.float32),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 1), np.uint8),
        np.zeros((0, 8), np.uint8),
        np.zeros(8, np.uint8),
    ],
)
def test_a_frame_of_another_form_is_a_fault(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a frame is uint8"):
        Frame(pixels, 0, "a", "a", CAPTURED)


def test_frames_and_maps_are_read_only() -> None:
    frame, levels = make_frame((17, 30)), np.zeros((5, 8), np.uint8)
    measurement = Measurement(frame, levels, 4, None, "digest", 0.0)
    assert frame.shape == (17, 30)
    for array in (frame.pixels, measurement.levels):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


@pytest.mark.parametrize(("cell", "shape"), [(4, (4, 8)), (4, (5, 7)), (2, (5, 8)), (1, (17, 29))])
def test_a_map_of_another_size_is_a_fault(cell: int, shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="the map of a 17 x 30 frame"):
        Measurement(make_frame((17, 30)), np.zeros(shape, np.uint8), cell, None, "digest", 0.0)


def judged(regions: tuple[Region, ...], levels: dict[tuple[int, int], int], threshold: float = 6.0) -> Inspection:
    """An inspection whose map has these levels; a region was left out, whatever the regions are."""
    found = make_inspection(make_frame((17, 30)))
    cells = np.zeros((5, 8), np.uint8)
    for at, level in levels.items():
        cells[at] = level
    measurement = dataclasses.replace(found.measurement, levels=cells)
    return dataclasses.replace(found, measurement=measurement, threshold=threshold, regions=regions)


def test_the_highest_severity_is_that_of_the_worst_defect() -> None:
    mild, worst = (make_region()._replace(peak_severity=peak) for peak in (6.5, 9.4))
    left_out = {(0, 0): 255, (2, 2): 200}
    assert judged((mild, worst), left_out).max_severity == 9.4
    assert judged((mild,), left_out).max_severity == 6.5


def test_without_a_defect_the_highest_severity_is_the_highest_below_t() -> None:
    """What was left out counts no more than it does in the verdict."""
    assert judged((), {(0, 0): 255, (2, 2): 51, (3, 3): 127}).max_severity == pytest.approx(127 * 12 / 255)
    assert judged((), {(0, 0): 255, (2, 2): 51, (3, 3): 128}).max_severity == pytest.approx(2.4)  # 128 reaches T
    assert judged((), {}).max_severity == 0
    assert judged((), dict.fromkeys(np.ndindex(5, 8), 255)).max_severity == 0
