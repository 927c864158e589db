"""T while it is dragged: a mouse reports more places than are painted, and the last one counts."""

import numpy as np
import pytest

from inspector.types import threshold_level


def test_where_t_was_dragged_to_is_judged_and_painted(open_window) -> None:
    driver = open_window().finish()
    viewer = driver.window.station.viewer
    driver.drag_threshold(11.0, 6.0, 8.2, 3.5)
    assert viewer.threshold == pytest.approx(3.5, abs=0.05)
    assert viewer.bar.value() == round(100 * viewer.threshold)
    driver.settle()
    assert viewer.box.value() == viewer.threshold == viewer.view.shown.threshold
    assert np.flatnonzero(viewer.view.heatmap.lut[:, 3])[0] == threshold_level(viewer.threshold)
