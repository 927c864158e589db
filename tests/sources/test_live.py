import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sources.scripted import Device, picture, shots

from inspector.errors import InspectorError
from inspector.sources.base import Item, SourceState, Status
from inspector.sources.capture import WAITING
from inspector.sources.driver import Ended
from inspector.sources.live import LiveSource
from inspector.types import Frame, Unreadable

WAIT = 10.0


def play(device: Device, **options) -> list[Item]:
    """All that a source gives until its device has ended."""
    return list(LiveSource("cam", device.connect, **options))


def frames_of(items: list[Item]) -> list[int]:
    return [item.index for item in items if isinstance(item, Frame)]


def states_of(items: list[Item]) -> list[SourceState]:
    return [item.state for item in items if isinstance(item, Status)]


def until(items: Iterator[Item], state: SourceState) -> Status:
    return next(item for item in items if isinstance(item, Status) and item.state is state)


def test_pictures_come_in_order_with_their_own_names() -> None:
    items = play(Device(*shots(7, 8, 9), Ended()))
    frames = [item for item in items if isinstance(item, Frame)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert len({frame.name for frame in frames}) == 3
    assert all(frame.part == frame.name for frame in frames)
    assert states_of(items)[-1] is SourceState.LIVE


def test_a_gap_in_the_device_s_count_is_a_gap_in_the_indices() -> None:
    assert frames_of(play(Device(*shots(5, 6, 9, 10), Ended()))) == [0, 1, 4, 5]


def test_a_count_that_starts_anew_after_a_reconnection_is_no_gap() -> None:
    device = Device(*shots(5, 6), InspectorError("cam: unplugged"), *shots(900, 901), Ended())
    items = play(device)
    assert frames_of(items) == [0, 1, 2, 3]
    assert device.connections == device.closed == 2


def test_a_damaged_picture_has_its_place_and_no_pixels() -> None:
    device = Device(*shots(1), lambda _: picture(2, error="12 packets are missing"), *shots(3), Ended())
    items = [item for item in play(device) if not isinstance(item, Status)]
    assert [item.index for item in items] == [0, 1, 2]
    assert isinstance(items[1], Unreadable)
    assert items[1].error == "12 packets are missing"


def test_a_picture_that_repeats_the_last_one_is_never_given() -> None:
    device = Device(*[lambda _: picture(same=True)] * 4, *shots(None), *[lambda _: picture(same=True)] * 2, Ended())
    assert frames_of(play(device)) == [0, 1, 2]


def test_a_device_that_only_repeats_itself_is_stale_and_says_so() -> None:
    def again(timeout: float):
        time.sleep(0.02)
        return picture(same=True)

    device = Device(*[again] * 40, *shots(None), Ended())
    items = play(device, stale_after=0.3)
    stale = next(item for item in items if isinstance(item, Status) and item.state is SourceState.STALE)
    assert "same picture" in stale.text
    assert frames_of(items) == [0, 1]
    assert states_of(items)[-2:] == [SourceState.STALE, SourceState.LIVE]


def test_silence_makes_it_stale_unless_pictures_come_by_a_trigger() -> None:
    def silent(timeout: float):
        time.sleep(0.6)

    assert SourceState.STALE in states_of(play(Device(*shots(1), silent, *shots(2), Ended()), stale_after=0.2))
    assert SourceState.STALE not in states_of(play(Device(*shots(1), silent, *shots(2), Ended()), stale_after=None))


def test_a_device_that_is_not_there_is_tried_again_until_it_is() -> None:
    device = Device(*shots(1), Ended())
    device.refusals = [InspectorError("cam: not there"), OSError("vendor code\n -42"), InspectorError("cam: not there")]
    items = play(device)
    told = [item.text for item in items if isinstance(item, Status) and item.state is SourceState.LOST]
    assert told[:2] == ["cam: not there", "the driver failed (vendor code -42); trying again"]
    assert frames_of(items) == [0]
    assert device.connections == 4


def test_a_lost_device_comes_back_by_itself() -> None:
    device = Device(*shots(1), InspectorError("cam: lost"), *shots(2), Ended())
    items = play(device)
    assert frames_of(items) == [0, 1]
    assert states_of(items)[-2:] == [SourceState.LOST, SourceState.LIVE]


def test_a_loss_is_told_in_its_place_among_the_pictures() -> None:
    """Those of the connection before come first, also where the station is slow and the loss is over meanwhile."""
    device = Device(*shots(1, 2, 3), InspectorError("cam: lost"), *shots(4))
    items = iter(LiveSource("cam", device.connect))
    first = next(item for item in items if isinstance(item, Frame))
    while device.steps:
        time.sleep(0.01)
    device.steps = [Ended()]
    rest = list(items)
    assert first.index == 0
    told = [item.state if isinstance(item, Status) else item.index for item in rest]
    assert told == [1, 2, SourceState.LOST, SourceState.LIVE, 3]
    assert [item.missed for item in rest if isinstance(item, Status)] == [True, False]


def test_no_picture_comes_before_its_source_is_said_to_be_live() -> None:
    items = play(Device(*shots(1), InspectorError("cam: lost"), *shots(2), Ended()))
    told = SourceState.CONNECTING
    for item in items:
        if isinstance(item, Status):
            told = item.state
        else:
            assert told is SourceState.LIVE


def test_a_picture_is_taken_on_demand_only_when_the_next_one_is_asked_for() -> None:
    device = Device(*shots(1, 2, 3), Ended())
    source = LiveSource("cam", device.connect, on_demand=True)
    items = (item for item in source if isinstance(item, Frame))
    for left in (3, 2, 1):
        asked = datetime.now(UTC)
        assert next(items).captured_at >= asked
        time.sleep(0.2)
        assert len(device.steps) == left
    assert list(items) == []


def test_where_pictures_are_taken_on_demand_a_pause_makes_only_the_one_in_hand_stale() -> None:
    source = LiveSource("cam", Device(*shots(1, 2), Ended()).connect, on_demand=True)
    items = (item for item in source if isinstance(item, Frame))
    assert next(items).index == 0
    assert not source.discard(0)
    assert source.discard(1)
    assert [item.index for item in items] == [0]


def test_a_hanging_driver_is_left_behind_and_another_connection_made() -> None:
    device = Device(*shots(1))
    device.steps += [device.hang, *shots(2), Ended()]
    try:
        items = play(device, hung_after=0.3)
    finally:
        device.release.set()
    assert frames_of(items) == [0, 1]
    assert device.connections == 2


@pytest.mark.parametrize("state", ["connecting", "live", "stale", "lost", "hanging"])
def test_close_ends_it_soon_in_every_state(state: str) -> None:
    device = Device()
    if state == "connecting":
        device.connect = lambda: device.hang(0)  # type: ignore[method-assign]
    elif state == "lost":
        device.refusals = [InspectorError("cam: not there")] * 1000
    elif state == "hanging":
        device.steps = [*shots(1), device.hang]
    source = LiveSource("cam", device.connect, stale_after=0.2)
    seen: list[Item] = []
    thread = threading.Thread(target=lambda: seen.extend(source))
    thread.start()
    time.sleep(0.6 if state == "stale" else 0.3)
    source.close()
    source.close()
    thread.join(WAIT)
    device.release.set()
    assert not thread.is_alive()
    assert list(source) == []


def test_what_the_station_has_no_time_for_is_lost_the_oldest_first() -> None:
    device = Device(*shots(*range(WAITING + 5)))
    source = LiveSource("cam", device.connect)
    items = iter(source)
    until(items, SourceState.LIVE)
    while device.steps:
        time.sleep(0.01)
    time.sleep(0.1)
    device.steps = [Ended()]
    assert frames_of(list(items)) == list(range(5, 5 + WAITING))


def test_after_a_pause_only_new_pictures_come_and_none_counts_as_lost() -> None:
    device = Device(*shots(None))
    source = LiveSource("cam", device.connect)
    items = (item for item in source if isinstance(item, Frame))
    assert next(items).index == 0
    device.steps = shots(*[None] * 5)
    while device.steps:
        time.sleep(0.01)
    time.sleep(0.1)
    assert source.discard(0)
    device.steps = [*shots(None), Ended()]
    assert [item.index for item in items] == [1]


def test_what_was_in_hand_when_the_pause_began_is_forgotten_too() -> None:
    device = Device(*shots(None, None))
    source = LiveSource("cam", device.connect)
    items = (item for item in source if isinstance(item, Frame))
    assert [next(items).index, next(items).index] == [0, 1]
    assert source.discard(1)
    device.steps = [*shots(None), Ended()]
    assert [item.index for item in items] == [1]


def test_it_ends_after_so_many_frames() -> None:
    device = Device(*shots(*range(6)))
    assert frames_of(play(device, limit=3)) == [0, 1, 2]
    assert device.closed == 1
