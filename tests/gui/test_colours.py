import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inspector.gui.colours import heat_table
from inspector.stages.filtering import defect_cells
from inspector.types import LEVEL_MAX


@given(st.floats(0, 12))
def test_the_heatmap_is_seen_exactly_where_cells_reach_t(threshold: float) -> None:
    levels = np.arange(LEVEL_MAX + 1, dtype=np.uint8)
    assert np.array_equal(heat_table(threshold)[:, 3] > 0, defect_cells(levels, threshold))
