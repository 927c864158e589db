import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage, stats

from inspector.metrics.severity import REACH, cell_contrast, correlate, reliability


def test_a_dark_square_on_an_even_surface() -> None:
    grey = np.full((40, 48), 120, np.uint8)
    defect = np.zeros_like(grey, bool)
    grey[8:16, 12:20] = 90
    defect[8:16, 12:20] = True
    contrast = cell_contrast(grey, defect, 4)
    assert contrast.shape == (10, 12)
    assert (contrast[2:4, 3:5] == 30).all()
    assert np.isnan(contrast).sum() == contrast.size - 4
    assert (cell_contrast(np.stack([grey] * 3, 2), defect, 4)[2:4, 3:5] == 30).all()


def test_a_cell_counts_from_a_quarter_on_and_its_defect_pixels_alone() -> None:
    grey = np.full((32, 32), 100, np.uint8)
    defect = np.zeros_like(grey, bool)
    grey[8, 8:12] = 180  # a row of a cell: a quarter
    defect[8, 8:12] = True
    grey[20, 20:23] = 180  # less
    defect[20, 20:23] = True
    contrast = cell_contrast(grey, defect, 4)
    assert np.argwhere(~np.isnan(contrast)).tolist() == [[2, 2]]
    assert contrast[2, 2] == 80


def test_deep_in_a_large_defect_the_surroundings_of_the_whole_count() -> None:
    grey = np.full((120, 120), 100, np.uint8)
    grey[:, :10] = grey[14:20, 14:20] = 40  # too far from the defect to matter
    defect = np.zeros_like(grey, bool)
    defect[30:90, 30:90] = True
    grey[defect] = 150
    contrast = cell_contrast(grey, defect, 4)
    assert contrast[15, 15] == 50
    assert not np.isnan(contrast[8:22, 8:22]).any()


def test_a_few_sound_pixels_in_a_large_defect_are_not_its_surroundings() -> None:
    grey = np.full((120, 120), 100, np.uint8)
    defect = np.zeros_like(grey, bool)
    defect[20:100, 20:100] = True
    grey[defect] = 150
    for hole, expected in ((3, 50), (4, 150)):
        defect[60, 60 : 60 + hole] = False
        grey[60, 60 : 60 + hole] = 0
        assert cell_contrast(grey, defect, 4)[16, 16] == pytest.approx(expected, abs=0.5)


def test_a_frame_that_is_all_defect_has_nothing_to_compare_with() -> None:
    assert np.isnan(cell_contrast(np.full((16, 16), 9, np.uint8), np.ones((16, 16), bool), 4)).all()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([4, 2, 1]))
def test_contrast_is_what_each_cell_gives_by_itself(seed: int, cell: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(3, 24 // (4 // cell) + 4, 2) * cell  # whole cells
    grey = rng.integers(0, 256, (height, width), np.uint8)
    noise = ndimage.gaussian_filter(rng.normal(size=(height, width)), rng.uniform(0.5, 4))
    defect = noise > np.quantile(noise, rng.uniform(0.3, 0.95))
    contrast = cell_contrast(grey, defect, cell)
    for row, column in np.ndindex(contrast.shape):
        top, left = row * cell, column * cell
        own = slice(top, top + cell), slice(left, left + cell)
        near = (
            slice(max(0, top - REACH), top + cell + REACH),
            slice(max(0, left - REACH), left + cell + REACH),
        )
        sound = grey[near][~defect[near]]
        if defect[own].mean() < 0.25:
            assert np.isnan(contrast[row, column])
        elif sound.size >= 4:
            assert contrast[row, column] == pytest.approx(abs(grey[own][defect[own]].mean() - sound.mean()))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(11, 200), st.integers(2, 9))
def test_correlations_follow_from_the_ranks(seed: int, count: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    severity = rng.integers(0, levels, count).astype(float)
    contrast = severity * rng.uniform(-1, 2) + rng.normal(size=count)
    if np.ptp(severity) == 0:
        return
    found = correlate(severity, contrast)
    assert found.pearson == pytest.approx(np.corrcoef(severity, contrast)[0, 1])
    ranks = stats.rankdata(severity), stats.rankdata(contrast)
    assert found.spearman == pytest.approx(np.corrcoef(*ranks)[0, 1])


@pytest.mark.parametrize(
    ("severity", "contrast"),
    [(np.arange(10.0), np.arange(10.0)), (np.ones(20), np.arange(20.0)), (np.arange(20.0), np.ones(20))],
    ids=["too few", "one severity", "one contrast"],
)
def test_there_is_no_correlation_without_variety(severity: np.ndarray, contrast: np.ndarray) -> None:
    assert np.isnan(correlate(severity, contrast)).all()


def test_bins_hold_the_quartiles_of_their_cells() -> None:
    severity = np.array([0.0, 0.5, 0.9, 0.99, 1.0, 11.5, 12.0])
    contrast = np.array([10.0, 20.0, 30.0, 40.0, 99.0, 5.0, 7.0])
    first, second, last = reliability(severity, contrast)
    assert first == (0, 1, (17.5, 25, 32.5), 4)
    assert second == (1, 2, (99, 99, 99), 1)
    assert last == (11, 12, (5.5, 6, 6.5), 2)
    assert reliability(np.empty(0), np.empty(0)) == []
