import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import random_pixels

from inspector.networks.input import InputScale
from inspector.stages.classification import (
    MAX_SCALE,
    WINDOW,
    FrameWindows,
    cut_window,
    grid_starts,
    region_windows,
    vote,
)
from inspector.stages.components import Shape
from inspector.types import FloatArray, Window

CLASSES = ("background", "crack", "pit")


def make_shape(top: int, left: int, height: int, width: int) -> Shape:
    """A full rectangle."""
    return Shape((top, left, top + height, left + width), np.ones((height, width), bool), height * width, 9.0, 8.0)


class Counting:
    """A classifier that gives `answers` in turn and counts the windows that it is asked for."""

    def __init__(self, answers: list[tuple[float, ...]]) -> None:
        self.answers, self.windows = answers, 0

    def __call__(self, windows: FloatArray) -> FloatArray:
        assert windows.shape[1:] == (1, 64, 64)
        start, self.windows = self.windows, self.windows + len(windows)
        return np.float32([self.answers[k % len(self.answers)] for k in range(start, self.windows)])


def windows_of(classify: Counting, shape: tuple[int, int]) -> FrameWindows:
    return FrameWindows(classify, random_pixels(shape), CLASSES, 1, InputScale(128, 1 / 64))


@settings(deadline=None)
@given(st.integers(16, 5000), st.integers(0, MAX_SCALE))
def test_the_grid_covers_the_frame(side: int, scale: int) -> None:
    starts, size = grid_starts(side, scale), WINDOW << scale
    assert starts[0] == 0
    assert starts[-1] + size == max(size, side)
    assert starts == sorted(set(starts))
    assert all(b - a <= size // 2 for a, b in itertools.pairwise(starts))


@settings(deadline=None)
@given(st.integers(16, 700), st.integers(16, 700), st.data())
def test_the_windows_of_a_region_hold_it_and_lie_on_the_grid(height: int, width: int, data: st.DataObject) -> None:
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    shape = make_shape(top, left, data.draw(st.integers(1, height - top)), data.draw(st.integers(1, width - left)))
    windows = region_windows(shape, (height, width))
    (scale,) = {window.scale for window in windows}
    longest, size = max(shape.mask.shape), WINDOW << scale
    assert longest <= size or scale == MAX_SCALE
    assert scale == 0 or longest > size // 2
    for window in windows:
        assert window.top in grid_starts(height, scale)
        assert window.left in grid_starts(width, scale)
        assert window.top < shape.box[2]
        assert window.top + size > shape.box[0]
    assert len(windows) == len(set(windows)) >= 1


def test_each_window_is_classified_at_most_once() -> None:
    classify = Counting([(0.1, 0.8, 0.1)])
    kinds = windows_of(classify, (256, 300))
    shapes = [make_shape(20, 20, 50, 50), make_shape(22, 20, 50, 50), make_shape(0, 0, 200, 220)]
    vote(shapes, (256, 300), kinds)
    asked = {window for shape in shapes for window in region_windows(shape, (256, 300))}
    assert classify.windows == len(asked)
    vote(shapes[::-1], (256, 300), kinds)
    assert classify.windows == len(asked)
    many = [Window(0, y, x) for y in grid_starts(256, 0) for x in grid_starts(300, 0)]
    assert kinds.probabilities(many).shape == (len(many), 3)
    assert classify.windows == len(asked | set(many))


TALL = (2048, 512)
"""A frame whose only region has seven windows, one below the other."""


def vote_of(answers: list[tuple[float, ...]]):
    assert len(answers) == 7
    (decision,) = vote([make_shape(0, 0, *TALL)], TALL, windows_of(Counting(answers), TALL))
    return decision


def test_the_most_frequent_class_wins_by_its_share_of_the_windows() -> None:
    decision = vote_of([(0.1, 0.6, 0.3)] * 3 + [(0.9, 0.05, 0.05)] + [(0.3, 0.4, 0.3)] * 3)
    assert (decision.kind, decision.votes) == ("crack", {"crack": 6, "background": 1})
    assert decision.confidence == pytest.approx(6 / 7)


def test_most_windows_can_hold_it_for_a_false_alarm() -> None:
    decision = vote_of([(0.5, 0.4, 0.1)] * 4 + [(0.0, 1.0, 0.0)] * 3)
    assert (decision.kind, decision.votes) == ("background", {"background": 4, "crack": 3})


def test_equal_counts_are_decided_by_the_summed_probabilities() -> None:
    crack, pit, none = (0.0, 0.55, 0.45), (0.0, 0.1, 0.9), (1.0, 0.0, 0.0)
    assert vote_of([crack] * 3 + [pit] * 3 + [none]).kind == "pit"
    assert vote_of([pit] * 3 + [crack] * 3 + [none]).kind == "pit"


def test_no_region_asks_nothing() -> None:
    classify = Counting([(1.0, 0.0, 0.0)])
    assert vote([], (64, 64), windows_of(classify, (64, 64))) == []
    assert classify.windows == 0


@pytest.mark.parametrize("shape", [(16, 16), (16, 300), (40, 64, 3), (300, 17, 3)])
@pytest.mark.parametrize("scale", range(MAX_SCALE + 1))
def test_a_frame_smaller_than_a_window_is_mirrored(shape: tuple[int, ...], scale: int) -> None:
    pixels = random_pixels(shape)
    cut = cut_window(pixels, Window(scale, 0, 0))
    assert cut.shape == (64, 64, *shape[2:])
    if scale == 0:
        height, width = min(64, shape[0]), min(64, shape[1])
        assert np.array_equal(cut[:height, :width], pixels[:height, :width])
        assert np.array_equal(cut[height : 2 * height, :width], pixels[:height, :width][::-1][: 64 - height])


def test_a_large_window_is_scaled_down() -> None:
    pixels = np.kron(random_pixels((64, 64)), np.ones((4, 4), np.uint8))
    assert np.array_equal(cut_window(pixels, Window(2, 0, 0)), pixels[::4, ::4])


@pytest.mark.parametrize(
    ("veto", "kind", "confidence"), [(0.0, "background", 4 / 7), (0.3, "background", 4 / 7), (0.9, "crack", 2 / 7)]
)
def test_an_unsure_vote_for_a_false_alarm_is_overruled(veto: float, kind: str, confidence: float) -> None:
    none, crack, pit = (0.6, 0.3, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)
    kinds = FrameWindows(
        Counting([none] * 4 + [crack] * 2 + [pit]), random_pixels(TALL), CLASSES, 1, InputScale(128, 1 / 64), veto
    )
    (decision,) = vote([make_shape(0, 0, *TALL)], TALL, kinds)
    assert (decision.kind, decision.confidence) == (kind, pytest.approx(confidence))
    assert decision.votes == {"background": 4, "crack": 2, "pit": 1}
