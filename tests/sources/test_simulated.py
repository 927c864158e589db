import threading
from datetime import timedelta
from itertools import islice

import numpy as np
import pytest

from inspector.errors import InspectorError
from inspector.simulation.part import simulate_part
from inspector.sources.base import Source
from inspector.sources.simulated import SimulatedSource
from inspector.types import Frame


def test_it_gives_the_parts_of_the_line_in_order() -> None:
    source: Source = SimulatedSource(seed=3, count=3)
    frames = [frame for frame in source if isinstance(frame, Frame)]
    assert (len(source), source.name) == (3, "demo")
    assert [frame.index for frame in frames] == [0, 1, 2]
    for frame in frames:
        assert frame.name == frame.part == f"part-{frame.index:06d}"
        assert frame.captured_at.utcoffset() == timedelta(0)
        assert np.array_equal(frame.pixels, simulate_part(3, frame.index).pixels)


def test_each_iteration_starts_anew() -> None:
    source = SimulatedSource(seed=1, count=2)
    assert [frame.index for frame in source] == [frame.index for frame in source] == [0, 1]


def test_the_line_is_endless_without_a_count() -> None:
    source = SimulatedSource()
    assert len(source) == 0
    assert len(list(islice(source, 4))) == 4


def test_close_ends_the_iteration() -> None:
    source = SimulatedSource(seed=2)
    seen = []
    for frame in source:
        seen.append(frame.index)
        if len(seen) == 2:
            source.close()
            source.close()
    assert seen == [0, 1]
    assert list(source) == []


def test_close_wakes_a_line_that_waits_for_its_pace() -> None:
    source = SimulatedSource(seed=2, parts_per_second=1e-4)
    first = threading.Event()
    seen = []

    def run() -> None:
        for frame in source:
            seen.append(frame.index)
            first.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert first.wait(30)
    source.close()
    thread.join(30)
    assert not thread.is_alive()
    assert seen == [0]


@pytest.mark.parametrize(("seed", "count", "pace"), [(-1, 0, None), (0, -1, None), (0, 0, 0.0), (0, 0, -2.0)])
def test_numbers_out_of_range_are_refused(seed: int, count: int, pace: float | None) -> None:
    with pytest.raises(InspectorError, match="demo line"):
        SimulatedSource(seed, count, pace)
