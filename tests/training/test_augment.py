import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion
from skimage.measure import regionprops

from inspector.dataset import IGNORE
from inspector.networks.input import InputScale, prepare
from inspector.types import Pixels
from training.augment import Augment
from training.labels import cell_scores

SIDE = 96
FILL = 137
STEADY = Augment(gain=0.0, contrast=0.0, falloff=0.0, noise=0.0)
"""Leaves the light as it is."""


def patch(channels: int = 1, seed: int = 0) -> tuple[Pixels, Pixels]:
    rng = np.random.default_rng(seed)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[20:30, 50:80] = 1
    return rng.integers(0, 256, (SIDE, SIDE, channels), np.uint8), mask


def bar() -> tuple[Pixels, Pixels]:
    """A bar along the columns through the middle, 60 x 6 px."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[18:78, 45:51] = 1
    return 200 * mask[..., None], mask


def inner(region: np.ndarray) -> np.ndarray:
    return binary_erosion(region, iterations=2)


@settings(deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(8, 40), st.integers(1, 5)), max_size=4
    ),
    channels=st.sampled_from([1, 3]),
    augment=st.builds(Augment, directed=st.booleans(), free=st.sampled_from([0.0, 1.0])),
    seed=st.integers(0, 2**32),
)
def test_pixels_and_annotation_move_together(
    spots: list[tuple[int, int, int, int]], channels: int, augment: Augment, seed: int
) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for y, x, size, kind in spots:
        mask[y : y + size, x : x + size] = kind
    painted = np.repeat(40 * mask[..., None], channels, 2)
    moved, classes = augment.geometry(painted, mask, FILL, np.random.default_rng(seed))
    assert (moved.shape, moved.dtype) == (painted.shape, np.uint8)
    assert (classes.shape, classes.dtype) == (mask.shape, np.uint8)
    assert set(np.unique(classes)) <= {*np.unique(mask), IGNORE}
    for kind in np.unique(classes):
        shown = moved[inner(classes == kind)]
        assert (shown == (FILL if kind == IGNORE else 40 * kind)).all()


def test_without_free_turns_pixels_are_only_turned_by_quarters_and_mirrored() -> None:
    pixels, mask = patch(channels=3)
    for directed, count in ((False, 8), (True, 4)):
        turned = [np.rot90(pixels, k) for k in range(0, 4, 2 if directed else 1)]
        expected = {image.tobytes() for turn in turned for image in (turn, turn[:, ::-1])}
        seen = {
            Augment(directed=directed, free=0.0).geometry(pixels, mask, FILL, np.random.default_rng(seed))[0].tobytes()
            for seed in range(80)
        }
        assert len(seen) == count
        assert seen == expected


def test_a_surface_is_turned_by_any_angle_but_a_directed_one_only_tilted() -> None:
    for directed in (False, True):
        augment, angles, areas = Augment(directed=directed, free=1.0), [], []
        for seed in range(60):
            _, classes = augment.geometry(*bar(), FILL, np.random.default_rng(seed))
            (moved,) = regionprops((classes == 1).astype(np.uint8))
            angles.append(np.degrees(moved.orientation))  # 0 along the columns, -90 to 90
            areas.append(moved.area / 360)
            assert np.abs(np.array(moved.centroid) - 47.5).max() <= 5
        assert 0.75 < min(areas) < 0.95 < 1.1 < max(areas) < 1.4
        if directed:
            assert 5 < np.abs(angles).max() < 9.5
        else:
            assert (np.histogram(angles, 6, (-90, 90))[0] >= 3).all()


def test_half_of_the_patches_stay_sharp() -> None:
    pixels, mask = patch()
    rng = np.random.default_rng(0)
    kept = [np.bincount(Augment().geometry(pixels, mask, FILL, rng)[0].ravel(), minlength=256) for _ in range(100)]
    assert 30 < sum(np.array_equal(counts, np.bincount(pixels.ravel(), minlength=256)) for counts in kept) < 70


def test_all_chance_is_the_generator_s() -> None:
    """A generator whose state was kept goes on as the first one does, whatever torch draws meanwhile."""
    pixels, mask = patch()
    scale, rng = InputScale(120.0, 1 / 64), np.random.default_rng(7)
    augment = Augment()

    def draw(rng: np.random.Generator) -> list[Pixels]:
        moved, classes = augment.geometry(pixels, mask, FILL, rng)
        lit, _ = augment.light(moved, scale, rng)
        return [moved, classes, lit, augment.grain(lit, rng)]

    draw(rng)
    state, torch_state = rng.bit_generator.state, torch.get_rng_state()
    first = [draw(rng) for _ in range(6)]
    assert torch.equal(torch.get_rng_state(), torch_state)
    torch.rand(3)
    again = np.random.default_rng(0)
    again.bit_generator.state = state
    for drawn in first:
        assert all(np.array_equal(a, b) for a, b in zip(drawn, draw(again), strict=True))
    assert not np.array_equal(first[0][2], first[1][2])
    assert not np.array_equal(first[0][2], first[0][3])


def test_what_is_given_stays_as_it_is_and_may_be_a_view() -> None:
    pixels, mask = patch(channels=3)
    kept = pixels.copy(), mask.copy()
    for array in (pixels, mask):
        array.setflags(write=False)
    rng = np.random.default_rng(1)
    for _ in range(4):
        Augment(free=1.0).geometry(pixels[::-1], mask[::-1], FILL, rng)
        moved, classes = Augment().geometry(pixels, mask, FILL, rng)
        lit, _ = Augment().light(pixels[:, ::-1], InputScale(120.0, 1 / 64), rng)
        for new in (moved, classes, lit, Augment().grain(pixels[::-1], rng)):
            new[:] = 0
    assert np.array_equal(pixels, kept[0])
    assert np.array_equal(mask, kept[1])


def test_the_network_sees_more_contrast_where_the_labels_say_more() -> None:
    """A flat defect on a flat surface scores twice their difference (d0 = d1), whatever light falls on it."""
    mask = np.zeros((64, 64), np.uint8)
    mask[24:40, 24:40] = 1
    pixels = np.where(mask, 60, 140).astype(np.uint8)[..., None]
    augment, strengths = Augment(gain=0.2, contrast=0.2, falloff=0.0), []
    for seed in range(20):
        lit, scale = augment.light(pixels, InputScale(140.0, 1 / 64), np.random.default_rng(seed))
        inputs, scores = prepare(lit, 1, scale)[0], cell_scores(lit, mask, 4)
        seen = inputs[mask == 0].mean() - inputs[mask == 1].mean()
        strengths.append(scores.score[scores.defect].mean() / 160)
        assert scores.score[scores.defect].mean() == pytest.approx(2 * 64 * seen, abs=1e-3)
        assert inputs[mask == 0] == pytest.approx(0, abs=1 / 64)  # the surface is still the frame's mean
    assert min(strengths) < 0.85
    assert max(strengths) > 1.2


def test_contrast_alone_leaves_the_mean_and_gain_alone_moves_it() -> None:
    pixels, _ = patch()
    pixels = pixels // 4 + 80  # far from black and white
    mean = float(pixels.mean())
    for seed in range(8):
        rng = np.random.default_rng(seed)
        flat, scale = Augment(gain=0.0, contrast=0.3, falloff=0.0).light(pixels, InputScale(mean, 1.0), rng)
        assert scale == pytest.approx((mean, 1.0))
        assert flat.mean() == pytest.approx(mean, abs=0.5)
        assert flat.std() != pytest.approx(pixels.std(), rel=1e-3)
        bright, scale = Augment(gain=0.3, contrast=0.0, falloff=0.0).light(pixels, InputScale(mean, 1.0), rng)
        gain = scale.offset / mean
        assert bright == pytest.approx(np.clip(pixels * gain, 0, 255), abs=0.51)


def test_light_falls_off_to_one_side() -> None:
    """Points opposite each other about the middle are as much brighter and darker."""
    surface, steepest = np.full((SIDE, SIDE, 3), 100, np.uint8), 0.0
    for seed in range(8):
        augment = Augment(gain=0.0, contrast=0.0, falloff=0.2)
        lit, _ = augment.light(surface, InputScale(100.0, 1.0), np.random.default_rng(seed))
        values = lit.astype(float)
        assert (lit == lit[..., :1]).all()
        assert np.sqrt(values * values[::-1, ::-1]) == pytest.approx(100.0, abs=1)
        for axis in (0, 1):
            steps = np.diff(values, axis=axis)
            assert (steps >= 0).all() or (steps <= 0).all()
        steepest = max(steepest, np.ptp(values))
    assert steepest > 40


def test_grain_is_up_to_its_limit_and_falls_on_each_pixel_alone() -> None:
    surface, spreads = np.full((SIDE, SIDE, 1), 100, np.uint8), []
    for seed in range(20):
        grain = Augment(noise=6.0).grain(surface, np.random.default_rng(seed)).astype(float) - 100
        spreads.append(grain.std())
        assert abs(grain.mean()) < 0.3
        if spreads[-1] > 1:
            assert abs(np.corrcoef(grain[1:].ravel(), grain[:-1].ravel())[0, 1]) < 0.06
    assert 0 <= min(spreads) < 1.5 < 4.5 < max(spreads) < 6.3


def test_white_and_black_stay_what_they_are_under_grain() -> None:
    surface = np.zeros((SIDE, SIDE, 1), np.uint8)
    surface[::2] = 255
    grained = Augment(noise=6.0).grain(surface, np.random.default_rng(0))
    assert grained[::2].min() > 200
    assert grained[1::2].max() < 55


def test_steady_light_changes_nothing() -> None:
    pixels, _ = patch(channels=3)
    lit, scale = STEADY.light(pixels, InputScale(90.0, 1 / 30), np.random.default_rng(0))
    assert np.array_equal(lit, pixels)
    assert np.array_equal(STEADY.grain(pixels, np.random.default_rng(0)), pixels)
    assert scale == (90.0, 1 / 30)
