import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.dataset import IGNORE
from training.contrast import contrast_scores, label_scores, local_background
from training.labels import cell_scores


@settings(deadline=None, max_examples=60)
@given(
    stripes=st.lists(st.tuples(st.integers(1, 60), st.sampled_from([0, 0, 2, 2, IGNORE])), min_size=1, max_size=6),
    seed=st.integers(0, 99),
)
def test_at_cells_of_one_pixel_the_scores_are_the_paper_s(stripes: list[tuple[int, int]], seed: int) -> None:
    """But for the background's rounding to whole grey values, which the score doubles."""
    row = np.repeat([value for _, value in stripes], [width for width, _ in stripes])
    mask = np.tile(row.astype(np.uint8), (12, 1))
    mask[8:, : len(row) // 2] = 0
    pixels = np.random.default_rng(seed).integers(0, 256, (*mask.shape, 3), np.uint8)
    ours = contrast_scores(pixels, local_background(pixels, mask), mask, 1)
    paper = cell_scores(pixels, mask, 1)
    assert np.array_equal(ours.defect, paper.defect)
    assert np.abs(ours.score - paper.score)[paper.known].max(initial=0) <= 1.01


@pytest.mark.parametrize("cell", [4, 2])
def test_a_larger_cell_has_the_mean_of_its_defect_pixels(cell: int) -> None:
    pixels, mask = np.full((12, 16, 1), 130, np.uint8), np.zeros((12, 16), np.uint8)
    pixels[4:8, 4:6], pixels[4:8, 6:8], mask[4:8, 4:8] = 100, 120, 1
    mask[0, 0] = 1  # a sixteenth of a cell of 4, a quarter of one of 2
    scores = contrast_scores(pixels, local_background(pixels, mask), mask, cell)
    assert scores.score.shape == scores.defect.shape == scores.known.shape == (12 // cell, 16 // cell)
    expected = {4: [[2 * 20]], 2: [[2 * 30, 2 * 10]] * 2}[cell]
    assert scores.score[4 // cell : 8 // cell, 4 // cell : 8 // cell].tolist() == expected
    assert scores.defect.sum() == {4: 1, 2: 5}[cell]
    assert scores.known.all()


def test_ignored_pixels_are_neither_known_nor_part_of_the_surface() -> None:
    pixels, mask = np.full((8, 16, 1), 130, np.uint8), np.zeros((8, 16), np.uint8)
    pixels[:, 8:], mask[:, 8:] = 10, IGNORE
    pixels[:4, :4], mask[:4, :4] = 90, 1
    assert (local_background(pixels, mask) == 130).all()
    scores = contrast_scores(pixels, local_background(pixels, mask), mask, 4)
    assert scores.score.tolist() == [[80, 0, 0, 0], [0, 0, 0, 0]]
    assert scores.known.tolist() == [[True, True, False, False]] * 2


def test_in_colour_the_strongest_channel_counts() -> None:
    pixels, mask = np.full((16, 16, 3), 100, np.uint8), np.zeros((16, 16), np.uint8)
    pixels[4:8, 4:8], mask[4:8, 4:8] = (110, 70, 100), 1
    assert contrast_scores(pixels, local_background(pixels, mask), mask, 4).score[1, 1] == 60


def test_labels_are_of_the_contrast_or_of_the_paper() -> None:
    """Grain of 20 beside a flat defect: the paper's extremes take it for contrast."""
    pixels, mask = np.full((24, 24, 1), 100, np.uint8), np.zeros((24, 24), np.uint8)
    pixels[::2] = 120
    pixels[8:12, 8:12], mask[8:12, 8:12] = 60, 1
    background = local_background(pixels, mask)
    for labels, expected in (("contrast", 2 * 50), ("paper", 40 + 60)):
        scores = label_scores(pixels, background, mask, 4, labels)
        assert np.argwhere(scores.defect).tolist() == [[2, 2]]
        assert scores.score[2, 2] == expected
    pixels[8:12, 8] = 100  # the paper's d0 is of the darker extreme, 40; d1 is still 60
    assert label_scores(pixels, background, mask, 4, "contrast").score[2, 2] == 2 * (3 * 50 + 10) / 4
    assert label_scores(pixels, background, mask, 4, "paper").score[2, 2] == 20 + 60


def test_where_nothing_is_sound_there_is_no_contrast() -> None:
    pixels, mask = np.random.default_rng(0).integers(0, 256, (8, 8, 1), np.uint8), np.ones((8, 8), np.uint8)
    assert np.array_equal(local_background(pixels, mask), pixels)
    assert not contrast_scores(pixels, pixels, mask, 1).score.any()


def test_scores_are_truncated_by_lambda() -> None:
    pixels, background, mask = (np.full((4, 4, 1), value, np.uint8) for value in (255, 0, 1))
    assert (contrast_scores(pixels, background, mask[..., 0], 1).score == 500).all()
