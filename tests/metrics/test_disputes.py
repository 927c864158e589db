import numpy as np
import pytest
from scipy import ndimage

from inspector.metrics.disputes import FAR, find_disputes, pool_disputes


def test_what_only_one_side_has_is_told_by_its_contrast() -> None:
    """Three dark squares on an even surface: one annotated and found, one only annotated, one only found."""
    pixels = np.full((90, 90), 120, np.uint8)
    defect, found = np.zeros(pixels.shape, bool), np.zeros(pixels.shape, bool)
    both, missed, extra = (slice(10, 16), slice(10, 16)), (slice(40, 46), slice(40, 45)), (slice(70, 76), slice(70, 78))
    pixels[both], pixels[missed], pixels[extra] = 60, 100, 90
    defect[both] = defect[missed] = True
    found[both] = found[extra] = True
    disputes = find_disputes(pixels, defect, found)
    assert disputes.agreed.tolist() == [60] * 36
    assert disputes.only_annotated.tolist() == [20] * 30
    assert disputes.only_found.tolist() == [30] * 48
    colour = find_disputes(np.repeat(pixels[..., None], 3, 2), defect, found)
    assert all((a == b).all() for a, b in zip(colour, disputes, strict=True))


def test_an_outline_that_is_a_little_off_is_no_dispute() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8)
    defect, found = np.zeros(pixels.shape, bool), np.zeros(pixels.shape, bool)
    defect[20:30, 20:30] = True
    for off in range(9):
        found[:] = False
        found[20:30, 20 + off : 30 + off] = True
        disputes = find_disputes(pixels, defect, found)
        expected = 10 * max(0, off - FAR)
        assert (len(disputes.only_annotated), len(disputes.only_found)) == (expected, expected)
        assert len(disputes.agreed) == 10 * (10 - off)


@pytest.mark.parametrize("seed", range(5))
def test_far_is_measured_in_a_straight_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    defect, found = (rng.random((50, 70)) < 0.004 for _ in range(2))
    defect[0, 0] = found[49, 69] = True
    disputes = find_disputes(rng.integers(0, 256, (50, 70), np.uint8), defect, found)
    for own, other, contrasts in ((defect, found, disputes.only_annotated), (found, defect, disputes.only_found)):
        assert len(contrasts) == np.count_nonzero(own & (ndimage.distance_transform_edt(~other) > FAR))


def test_a_side_that_has_nothing_leaves_the_other_alone() -> None:
    pixels, nothing = np.full((40, 40), 120, np.uint8), np.zeros((40, 40), bool)
    spot = nothing.copy()
    spot[10:12, 10:12], pixels[10:12, 10:12] = True, 50
    frames = [find_disputes(pixels, spot, nothing), find_disputes(pixels, nothing, spot)]
    frames.append(find_disputes(pixels, nothing, nothing))
    pooled = pool_disputes(frames)
    assert [contrasts.tolist() for contrasts in pooled] == [[], [70] * 4, [70] * 4]
    assert all(len(contrasts) == 0 for contrasts in pool_disputes([]))
