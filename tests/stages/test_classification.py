import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import random_pixels
from slow_reading import slow_windows, starts

from inspector.networks.input import InputScale
from inspector.stages.classification import (
    MAX_SCALE,
    WINDOW,
    FrameWindows,
    count_votes,
    cut_severity,
    cut_window,
    region_windows,
    severity_plane,
    vote,
)
from inspector.stages.components import Shape
from inspector.types import FloatArray, Ints, Levels, Mask, Window

CLASSES = ("background", "crack", "pit")


def make_shape(top: int, left: int, height: int, width: int) -> Shape:
    """A full rectangle."""
    return Shape((top, left, top + height, left + width), np.ones((height, width), bool), height * width, 9.0, 8.0)


class Counting:
    """A classifier that gives `answers` in turn and counts the windows that it is asked for."""

    def __init__(self, answers: list[tuple[float, ...]]) -> None:
        self.answers, self.windows = answers, 0

    def __call__(self, windows: FloatArray) -> FloatArray:
        assert windows.shape[1:] == (2, 64, 64)
        assert windows.dtype == np.float32
        start, self.windows = self.windows, self.windows + len(windows)
        return np.float32([self.answers[k % len(self.answers)] for k in range(start, self.windows)])


def windows_of(classify: Counting, shape: tuple[int, int], veto: float = 0.0) -> FrameWindows:
    scale = InputScale(128, 1 / 64)
    return FrameWindows(classify, random_pixels(shape), random_levels(shape, 4), 4, CLASSES, 1, scale, veto)


def random_levels(shape: tuple[int, ...], cell: int, seed: int = 0) -> Levels:
    """A severity map of a frame of that shape."""
    return random_pixels((-(-shape[0] // cell), -(-shape[1] // cell)), seed)


def told(found: tuple[Ints, Ints]) -> tuple[list[Window], list[int]]:
    """Windows and how many each region has."""
    return [Window(*window) for window in found[0].tolist()], found[1].tolist()


@settings(deadline=None)
@given(st.integers(16, 700), st.integers(16, 700), st.data())
def test_the_windows_of_a_region_hold_it_and_lie_on_the_grid(height: int, width: int, data: st.DataObject) -> None:
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    shape = make_shape(top, left, data.draw(st.integers(1, height - top)), data.draw(st.integers(1, width - left)))
    windows, sizes = told(region_windows([shape], (height, width)))
    assert sizes == [len(windows)]
    (scale,) = {window.scale for window in windows}
    longest, size = max(shape.mask.shape), WINDOW << scale
    assert longest <= size or scale == MAX_SCALE
    assert scale == 0 or longest > size // 2
    for window in windows:
        assert window.top in starts(height, size)
        assert window.left in starts(width, size)
        assert window.top < shape.box[2]
        assert window.top + size > shape.box[0]
    assert len(windows) == len(set(windows)) >= 1


def test_each_window_is_classified_at_most_once() -> None:
    classify = Counting([(0.1, 0.8, 0.1)])
    kinds = windows_of(classify, (256, 300))
    shapes = [make_shape(20, 20, 50, 50), make_shape(22, 20, 50, 50), make_shape(0, 0, 200, 220)]
    vote(shapes, (256, 300), kinds)
    asked = set(told(region_windows(shapes, (256, 300)))[0])
    assert classify.windows == len(asked)
    vote(shapes[::-1], (256, 300), kinds)
    assert classify.windows == len(asked)
    many = [Window(0, y, x) for y in starts(256, 64) for x in starts(300, 64)]
    assert kinds.probabilities(np.array(many)).shape == (len(many), 3)
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


def mirrored(at: int, side: int) -> int:
    """The pixel of a frame that is seen at a place beyond its border."""
    at %= 2 * side
    return at if at < side else 2 * side - 1 - at


@settings(deadline=None, max_examples=150)
@given(
    cell=st.sampled_from([1, 2, 4]),
    scale=st.integers(0, MAX_SCALE),
    height=st.integers(16, 700),
    width=st.integers(16, 700),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_the_severities_of_a_window_are_those_of_its_pixels(
    cell: int, scale: int, height: int, width: int, seed: int, data: st.DataObject
) -> None:
    """Anywhere in a frame, on the grid of the cells or off it; beyond a small frame as beyond its pixels."""
    levels, size = random_levels((height, width), cell, seed), WINDOW << scale
    top, left = (data.draw(st.integers(0, max(side - size, 0))) for side in (height, width))
    found = cut_severity(levels, cell, (height, width), Window(scale, top, left))
    rows, columns = (
        [mirrored(start + k, side) // cell for k in range(size)] for start, side in ((top, height), (left, width))
    )
    means = levels[np.ix_(rows, columns)].reshape(64, 1 << scale, 64, 1 << scale).mean((1, 3))
    assert (found.shape, found.dtype) == ((64, 64), np.uint8)
    assert np.abs(found - means).max() <= 0.5


@pytest.mark.parametrize("shape", [(90, 130), (90, 131, 3), (35, 50)])
@pytest.mark.parametrize("cell", [1, 2, 4])
def test_the_classifier_sees_each_window_s_severities_beside_its_pixels(cell: int, shape: tuple[int, ...]) -> None:
    """A frame of the map's own values: in each window all planes show the same, each in its own unit."""
    levels = random_levels(shape, cell)
    grey = np.kron(levels, np.ones((cell, cell), np.uint8))[: shape[0], : shape[1]]
    pixels = np.repeat(grey[..., None], 3, 2) if len(shape) == 3 else grey
    channels, asked = 3 if len(shape) == 3 else 1, list[FloatArray]()

    def classify(windows: FloatArray) -> FloatArray:
        asked.append(windows)
        return np.zeros((len(windows), 3), np.float32)

    kinds = FrameWindows(classify, pixels, levels, cell, CLASSES, channels, InputScale(100, 1 / 50))
    places = [(s, y, x) for s in (0, 1) for y in starts(shape[0], 64 << s) for x in starts(shape[1], 64 << s)]
    kinds.probabilities(np.array(places))
    windows = np.concatenate(asked)
    assert (windows.shape, windows.dtype) == ((len(places), channels + 1, 64, 64), np.float32)
    for plane in range(channels):
        assert windows[:, plane] * 50 + 100 == pytest.approx(windows[:, -1] * 128, abs=1e-3)
    assert windows[:, -1].min() == levels.min() / 128
    assert windows[:, -1].max() == levels.max() / 128


def test_severities_are_given_in_the_scale_of_the_pixels() -> None:
    plane = severity_plane(np.array([[0, 64], [128, 255]], np.uint8))
    assert plane.dtype == np.float32
    assert plane.tolist() == [[[0, 0.5], [1, 255 / 128]]]


def test_classes_are_ranked_by_their_votes_and_then_by_their_mean() -> None:
    twice, once = (0.1, 0.2, 0.7), (0.4, 0.3, 0.3)
    draw = [twice, (0.0, 0.6, 0.4), (0.9, 0.05, 0.05)]  # means 0.33, 0.28, 0.38
    ballot = count_votes(np.float32([twice, once, twice, *draw, once]), np.array([3, 3, 1]))
    assert ballot.counts.tolist() == [[1, 0, 2], [1, 1, 1], [1, 0, 0]]
    assert ballot.means[1] == pytest.approx([1 / 3, 0.85 / 3, 1.15 / 3])
    assert ballot.ranking[:2].tolist() == [[2, 0, 1], [2, 0, 1]]
    assert ballot.ranking[2, 0] == 0


@settings(deadline=None)
@given(st.integers(1, 700), st.integers(1, 700), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_windows_vote_that_hold_half_of_what_the_best_one_holds(height: int, width: int, count: int, seed: int) -> None:
    """Against counting each window's pixels by themselves; regions of several scales, one inside the other too."""
    rng = np.random.default_rng(seed)
    regions = [random_region(height, width, rng) for _ in range(count)]
    expected = [slow_windows(whole(region, height, width)) for region in regions]
    windows, sizes = told(region_windows(regions, (height, width)))
    assert sizes == [len(group) for group in expected]
    assert windows == [
        window for group in expected for window in sorted(group, key=lambda window: (window[2], window[1]))
    ]


def random_region(height: int, width: int, rng: np.random.Generator) -> Shape:
    top, left = int(rng.integers(height)), int(rng.integers(width))
    tall, wide = int(rng.integers(1, height - top + 1)), int(rng.integers(1, width - left + 1))
    mask = rng.random((tall, wide)) < 0.2
    mask[0, 0] = mask[-1, -1] = True
    return Shape((top, left, top + tall, left + wide), mask, int(mask.sum()), 9.0, 8.0)


def whole(region: Shape, height: int, width: int) -> Mask:
    """A region's mask in its frame."""
    (top, left, bottom, right), mask = region.box, np.zeros((height, width), bool)
    mask[top:bottom, left:right] = region.mask
    return mask


@pytest.mark.parametrize(
    ("veto", "kind", "confidence"), [(0.0, "background", 4 / 7), (0.3, "background", 4 / 7), (0.9, "crack", 2 / 7)]
)
def test_an_unsure_vote_for_a_false_alarm_is_overruled(veto: float, kind: str, confidence: float) -> None:
    none, crack, pit = (0.6, 0.3, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)
    kinds = windows_of(Counting([none] * 4 + [crack] * 2 + [pit]), TALL, veto)
    (decision,) = vote([make_shape(0, 0, *TALL)], TALL, kinds)
    assert (decision.kind, decision.confidence) == (kind, pytest.approx(confidence))
    assert decision.votes == {"background": 4, "crack": 2, "pit": 1}
