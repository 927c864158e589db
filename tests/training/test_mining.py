import numpy as np
import pytest
from random_networks import random_pixels, random_regressor

from inspector.dataset import IGNORE, defect_pixels
from inspector.networks.input import Normalisation
from training.config import TrainingConfig
from training.maps import severity_maps
from training.mining import ENOUGH, Mined, found_shapes, mine_false_alarms
from training.patches import Annotated
from training.train_severity import SeverityConfig

CONFIG = TrainingConfig(severity=SeverityConfig(architecture="paper", cell=4))
REGRESSOR = random_regressor("paper")
THRESHOLD = 10.0
"""Few cells of noise reach it."""


@pytest.fixture(scope="module")
def frames() -> list[Annotated]:
    """Noise; every third frame has a defect, and the last one an ignored half only."""
    frames = []
    for number in range(8):
        mask = np.zeros((60, 80 + 4 * number), np.uint8)
        if number % 3 == 0:
            mask[20:30, 30:60] = 1
        if number == 7:
            mask[:, :40] = IGNORE
        frames.append(Annotated.of(random_pixels((*mask.shape, 1), number), mask, Normalisation.MEAN))
    return frames


def mine(frames: list[Annotated], minutes: float | None = None, config: TrainingConfig = CONFIG) -> Mined:
    return mine_false_alarms(REGRESSOR, frames, config, THRESHOLD, minutes, lambda phase, done, note: None)


def defective(frame: Annotated) -> bool:
    return bool(defect_pixels(frame.mask).any())


def test_every_frame_is_measured_once_the_defective_ones_first(frames: list[Annotated]) -> None:
    mined = mine(frames)
    assert {id(frame) for frame in mined.frames} == {id(frame) for frame in frames}
    assert len(mined.frames) == len(mined.maps) == len(frames)
    assert [defective(frame) for frame in mined.frames] == [True] * 3 + [False] * 5
    expected = severity_maps(REGRESSOR, mined.frames, 4, Normalisation.MEAN)
    for levels, measured in zip(expected, mined.maps, strict=True):
        assert np.array_equal(levels, measured)


def test_false_alarms_are_the_regions_where_nothing_is_annotated(frames: list[Annotated]) -> None:
    mined = mine(frames)
    expected = [
        (number, shape.box)
        for number, (frame, levels) in enumerate(zip(mined.frames, mined.maps, strict=True))
        for shape in found_shapes(levels, frame, CONFIG, THRESHOLD)
        if not frame.mask[shape.box[0] : shape.box[2], shape.box[1] : shape.box[3]].any()
    ]
    assert [(place.frame, place.box) for place in mined.false_alarms] == expected
    assert {place.kind for place in mined.false_alarms} == {0}
    assert len({number for number, _ in expected}) > 4


def test_when_time_is_up_the_sound_frames_are_left_out(frames: list[Annotated]) -> None:
    mined = mine(frames, minutes=0.0)
    assert len(mined.frames) == len(mined.maps) == 3
    assert all(defective(frame) for frame in mined.frames)
    assert {place.frame for place in mined.false_alarms} <= {0, 1, 2}


def test_of_many_defective_frames_some_of_each_kind_are_measured_however_late(frames: list[Annotated]) -> None:
    """Sixty frames of a common kind, four of a rare one, two of both, and none of the sound ones."""
    many = []
    for number in range(70):
        mask = np.zeros((20, 24), np.uint8)
        if number < 62:
            mask[2:6, 2:6] = 1
        if number >= 60:
            mask[12:16, 12:16] = 2 if number < 66 else 0
        many.append(Annotated.of(random_pixels((20, 24, 1), number), mask, Normalisation.MEAN))
    for seed in range(4):
        mined = mine(many, minutes=0.0, config=TrainingConfig(seed=seed, severity=CONFIG.severity))
        assert sum((frame.mask == 2).any() for frame in mined.frames) == 6
        assert ENOUGH <= sum((frame.mask == 1).any() for frame in mined.frames) <= ENOUGH + 2
        assert len(mine(many, minutes=60.0).frames) == 70


def test_which_come_first_is_chance_but_that_of_the_seed(frames: list[Annotated]) -> None:
    def order(seed: int) -> list[int]:
        config = TrainingConfig(seed=seed, severity=CONFIG.severity)
        return [id(frame) for frame in mine(frames, config=config).frames]

    assert order(3) == order(3)
    assert len({tuple(order(seed)) for seed in range(4)}) > 1
