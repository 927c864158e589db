import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from inspector.types import Pixels
from training.labels import REFERENCE_REACH, CellScores, SeverityScale, cell_scores, contrast_score


def slow_scores(pixels: Pixels, mask: Pixels, cell: int) -> tuple[list, list, list]:
    """Score, defect and known of each cell, from the formulas alone, cell by cell."""
    height, width = mask.shape
    rows, columns = -(-height // cell), -(-width // cell)

    def points(r: int, c: int) -> list[tuple[int, int]]:  # the border is replicated to whole cells
        ys, xs = range(r * cell, (r + 1) * cell), range(c * cell, (c + 1) * cell)
        return [(min(y, height - 1), min(x, width - 1)) for y in ys for x in xs]

    cells = [(r, c) for r in range(rows) for c in range(columns)]
    inside = {rc: [p for p in points(*rc) if mask[p] not in (0, IGNORE)] for rc in cells}
    ignored = {rc: any(mask[p] == IGNORE for p in points(*rc)) for rc in cells}
    defect = {rc: len(inside[rc]) >= 0.25 * cell * cell for rc in cells}
    sound = [rc for rc in cells if not inside[rc] and not ignored[rc]]

    def near(a: tuple[int, int], b: tuple[int, int]) -> bool:
        return max(abs(a[0] - b[0]), abs(a[1] - b[1])) <= REFERENCE_REACH // cell

    def around(rc: tuple[int, int]) -> list[tuple[int, int]]:  # the sound cells around the whole defect of a cell
        whole, new = {rc}, [rc]
        while new:
            r, c = new.pop()
            touching = {(r + dr, c + dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1)} - whole
            new += [n for n in touching if defect.get(n)]
            whole |= set(new)
        return [n for n in sound if any(near(n, one) for one in whole)]

    def references(rc: tuple[int, int]) -> list[tuple[int, int]]:
        return [n for n in sound if near(n, rc)] or around(rc) or sound

    score = dict.fromkeys(cells, 0.0)
    found = {rc: references(rc) for rc in cells if defect[rc]}
    for channel in range(pixels.shape[2]) if pixels.ndim == 3 else [None]:
        grey = (pixels if channel is None else pixels[..., channel]).astype(float)
        lows = {n: min(grey[p] for p in points(*n)) for n in sound}
        highs = {n: max(grey[p] for p in points(*n)) for n in sound}
        for (r, c), ring in found.items():
            if not ring:
                continue
            m_d, big_m_d = min(grey[p] for p in inside[r, c]), max(grey[p] for p in inside[r, c])
            m_n = sum(lows[n] for n in ring) / len(ring)
            big_m_n = sum(highs[n] for n in ring) / len(ring)
            d0 = min(abs(m_d - m_n), abs(big_m_d - big_m_n))
            d1 = max(abs(big_m_d - m_n), abs(m_d - big_m_n))
            s = d0 + d1
            score[r, c] = max(score[r, c], s + 500 - max(s, 500))
    grid = [[(r, c) for c in range(columns)] for r in range(rows)]
    known = {rc: not ignored[rc] and (bool(sound) or not defect[rc]) for rc in cells}
    return tuple([[values[rc] for rc in row] for row in grid] for values in (score, defect, known))


@settings(deadline=None, max_examples=60)
@given(
    stripes=st.lists(st.tuples(st.integers(1, 60), st.sampled_from([0, 0, 2, 2, IGNORE])), min_size=1, max_size=6),
    marks=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(1, 9), st.sampled_from([0, 1, IGNORE])), max_size=3
    ),
    cell=st.sampled_from([4, 2, 1]),
    channels=st.sampled_from([(), (2,)]),
    seed=st.integers(0, 99),
)
def test_scores_are_those_of_the_formulas(
    stripes: list[tuple[int, int]],
    marks: list[tuple[int, int, int, int]],
    cell: int,
    channels: tuple[int, ...],
    seed: int,
) -> None:
    row = np.repeat([value for _, value in stripes], [width for width, _ in stripes])[:150]
    mask = np.tile(row.astype(np.uint8), (2 + cell, 1))
    for y, x, side, value in marks:
        mask[y : y + side, x : x + side] = value
    pixels = np.random.default_rng(seed).integers(0, 256, (*mask.shape, *channels), np.uint8)
    found, expected = cell_scores(pixels, mask, cell), slow_scores(pixels, mask, cell)
    assert found.score.dtype == np.float32
    assert np.allclose(found.score, expected[0], atol=1e-3)
    assert np.array_equal(found.defect, expected[1])
    assert np.array_equal(found.known, expected[2])


@pytest.mark.parametrize(
    ("m_d", "big_m_d", "m_n", "big_m_n", "s"),
    [
        (40, 50, 90, 110, 50 + 70),  # dark
        (150, 160, 90, 110, 50 + 70),  # bright, by as much
        (90, 110, 90, 110, 0 + 20),  # no defect to be seen
        (60, 200, 90, 110, 30 + 110),  # both
        (0, 0, 255, 255, 500),  # 510, truncated by lambda
    ],
)
def test_scores_worked_out_by_hand(m_d: float, big_m_d: float, m_n: float, big_m_n: float, s: float) -> None:
    extremes = (np.float32([v]) for v in (m_d, big_m_d, m_n, big_m_n))
    assert contrast_score(*extremes)[0] == pytest.approx(s)


@pytest.mark.parametrize("cell", [4, 2, 1])
def test_a_flat_square_on_a_flat_surface(cell: int) -> None:
    pixels, mask = np.full((40, 60), 130, np.uint8), np.zeros((40, 60), np.uint8)
    pixels[8:16, 20:32], mask[8:16, 20:32] = 100, 1
    scores = cell_scores(pixels, mask, cell)
    expected = np.zeros(scores.score.shape)
    expected[8 // cell : 16 // cell, 20 // cell : 32 // cell] = 60
    assert np.array_equal(scores.score, expected)
    assert np.array_equal(scores.defect, expected > 0)
    assert scores.known.all()


def test_a_cell_is_defect_from_a_quarter_of_its_pixels_on() -> None:
    mask = np.zeros((4, 12), np.uint8)
    mask[0, :3] = mask[0, 4:8] = 1
    scores = cell_scores(np.full((4, 12), 9, np.uint8), mask, 4)
    assert scores.defect.tolist() == [[False, True, False]]


def test_in_colour_the_strongest_channel_counts() -> None:
    pixels, mask = np.full((16, 16, 3), 100, np.uint8), np.zeros((16, 16), np.uint8)
    pixels[4:8, 4:8], mask[4:8, 4:8] = (110, 70, 100), 1
    assert cell_scores(pixels, mask, 4).score[1, 1] == 60


def test_deep_in_a_large_defect_the_surface_around_it_is_the_reference() -> None:
    """A defect of 80 px between surfaces of 130 and 150; what lies beyond 16 px around it doesn't count."""
    pixels, mask = np.full((16, 160), 250, np.uint8), np.zeros((16, 160), np.uint8)
    pixels[:, 24:40], pixels[:, 40:120], pixels[:, 120:136], mask[:, 40:120] = 130, 100, 150, 1
    scores = cell_scores(pixels, mask, 4)
    middle = slice(56 // 4, 104 // 4)  # further than 16 px from either
    assert (scores.score[:, middle] == 2 * 40).all()
    assert (scores.score[:, 10], scores.score[:, 29]) == (pytest.approx(2 * 30), pytest.approx(2 * 50))
    assert scores.known.all()


def test_a_defect_with_no_sound_cell_around_it_is_compared_with_the_whole_surface() -> None:
    pixels, mask = np.full((16, 120), 100, np.uint8), np.full((16, 120), IGNORE, np.uint8)
    mask[:, :20], mask[:, 80:] = 1, 0
    pixels[:, 80:] = 130
    scores = cell_scores(pixels, mask, 4)
    assert (scores.score[:, :5] == 60).all()
    assert (scores.known == ~((np.arange(30) >= 5) & (np.arange(30) < 20))).all()


def test_without_any_sound_cell_nothing_is_known() -> None:
    scores = cell_scores(np.full((8, 8), 100, np.uint8), np.ones((8, 8), np.uint8), 4)
    assert not scores.known.any()
    assert not scores.score.any()


def scores_of(values: list[float]) -> CellScores:
    score = np.float32([values])
    return CellScores(score, score > 0, np.ones(score.shape, bool))


def test_the_scale_runs_from_the_1st_to_the_99th_percentile() -> None:
    scale = SeverityScale.fit(np.arange(101, dtype=np.float32), floor=6.0)
    assert (scale.low, scale.high) == pytest.approx((1, 99))
    severity = scale.severity(scores_of([0.0, 0.5, 1.0, 50.0, 99.0, 300.0]))
    assert severity.tolist() == [pytest.approx([0, 6, 6, 9, 12, 12])]


def test_equal_scores_give_a_scale_too() -> None:
    scale = SeverityScale.fit(np.float32([80, 80]), floor=0.0)
    assert scale.severity(scores_of([0.0, 80.0, 81.0])).tolist() == [[0, 0, 12]]


def test_a_training_without_defects_is_refused() -> None:
    with pytest.raises(InspectorError, match="no defect to learn from"):
        SeverityScale.fit(np.empty(0, np.float32), 6.0)
