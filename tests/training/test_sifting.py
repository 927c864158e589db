import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.dataset import IGNORE
from inspector.metrics.objects import count_objects, match_objects
from inspector.metrics.pixels import count_pixels, mean_iou, pool
from inspector.stages.components import Shape
from inspector.types import Box, FloatArray, Window
from training.sifting import AREAS, NEVER, Found, FoundInFrame, choose_min_area, choose_veto, find_in_frame, weigh


class Surface:
    """Gives the windows of a region these class probabilities, in turn."""

    classes = ("background", "crack", "pit")
    veto = 0.0

    def __init__(self, *rows: tuple[float, float, float]) -> None:
        self.rows = rows

    def probabilities(self, windows: list[Window]) -> FloatArray:
        return np.float32([self.rows[k % len(self.rows)] for k in range(len(windows))])


CRACK = Surface((0.1, 0.8, 0.1))


def full(box: Box) -> Shape:
    """A region that fills its box."""
    mask = np.ones((box[2] - box[0], box[3] - box[1]), bool)
    return Shape(box, mask, mask.size, 9.0, 8.0)


def hit(area: int, on_defect: int, *, background: float = 0.0, outlines: bool = True) -> Found:
    """A region of `area` px that is voted background where that is likely."""
    return Found(background, background > 0.5, area, area, on_defect, outlines)


def alarms(*areas: int, background: float = 0.0) -> list[Found]:
    return [hit(area, 0, background=background, outlines=False) for area in areas]


def frame(regions: list[Found], defect_px: int, objects: int = 1) -> FoundInFrame:
    return FoundInFrame(regions, defect_px, objects if defect_px else 0)


def test_a_region_is_told_by_its_hits_and_what_the_classifier_says() -> None:
    truth = np.zeros((64, 64), np.uint8)
    truth[10:20, 10:15], truth[10:20, 19], truth[40:50, 40:45], truth[60, 60] = 1, IGNORE, 2, 1
    mask = np.ones((10, 10), bool)
    mask[:, 0] = False
    found = find_in_frame([Shape((10, 10, 20, 20), mask, 90, 9.0, 8.0)], truth, Surface((0.8, 0.1, 0.1)))
    (region,) = found.regions
    assert region == Found(pytest.approx(0.8), True, area_px=90, known_px=80, hit_px=40, outlines=False)
    assert (found.defect_px, found.objects) == (101, 2)  # a single pixel is no object


@pytest.mark.parametrize(
    ("rows", "background", "outvoted"),
    [
        ([(0.6, 0.4, 0.0), (0.6, 0.4, 0.0), (0.0, 1.0, 0.0)], 0.4, True),  # two of three windows
        ([(0.9, 0.1, 0.0), (0.4, 0.6, 0.0), (0.4, 0.6, 0.0)], 1.7 / 3, False),
        ([(0.4, 0.35, 0.25)] * 3, 0.4, True),
    ],
)
def test_the_vote_is_that_of_most_windows(
    rows: list[tuple[float, float, float]], background: float, outvoted: bool
) -> None:
    """Three windows of 512 px, one below the other."""
    (region,) = find_in_frame([full((0, 0, 1024, 40))], np.zeros((1024, 512), np.uint8), Surface(*rows)).regions
    assert (region.background, region.outvoted) == (pytest.approx(background, abs=1e-6), outvoted)


BOXES = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(1, 14), st.integers(1, 14)), max_size=6
)
"""Height and width of boxes in places of 16 x 16 px, which never touch."""

Sizes = dict[tuple[int, int], tuple[int, int]]


def boxes_of(sizes: Sizes) -> list[Box]:
    return [(16 * y, 16 * x, 16 * y + height, 16 * x + width) for (y, x), (height, width) in sizes.items()]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(BOXES, BOXES, BOXES), min_size=1, max_size=3))
def test_regions_are_weighed_as_an_evaluation_scores_their_mask(drawn: list[tuple[Sizes, Sizes, Sizes]]) -> None:
    """Defects, regions, and what is ignored at the lower end of a place."""
    found, pixels, objects = [], [], []
    for defects, regions, ignored in drawn:
        truth, predicted = np.zeros((48, 48), np.uint8), np.zeros((48, 48), np.uint8)
        for image, sizes in ((truth, defects), (predicted, regions)):
            for top, left, bottom, right in boxes_of(sizes):
                image[top:bottom, left:right] = 1
        for top, left, bottom, _ in boxes_of(ignored):
            truth[bottom : top + 16, left : left + 16] = IGNORE
        found.append(find_in_frame([full(box) for box in boxes_of(regions)], truth, CRACK))
        pixels.append(count_pixels(truth, predicted))
        objects.append(match_objects(truth, predicted))
    merit, pooled, counted = weigh(found, lambda region: True), pool(pixels), count_objects(objects, 0.5)
    assert merit.frames == sum(counts.found[0] > 0 for counts in pixels)
    assert merit.f1 == pytest.approx(2 * pooled.found[0] / max(pooled.defect + pooled.predicted, 1))
    if pooled.defect:
        assert merit.mean_iou == pytest.approx(mean_iou(pixels))
    assert merit.object_f1 == pytest.approx(2 * counted.found / max(counted.objects + counted.detections, 1))


def test_only_regions_that_count_are_weighed() -> None:
    frames = [frame([hit(100, 80), hit(50, 40)], 200, objects=2), frame(alarms(30), 0)]
    assert weigh(frames, lambda region: region.area_px > 60) == (1, 160 / 300, 80 / 220, 2 / 3)
    assert weigh(frames, lambda region: False) == (0, 0.0, 0.0, 0.0)


def test_a_classifier_that_is_right_is_trusted() -> None:
    assert choose_veto([frame([hit(100, 90), *alarms(500, background=0.7)], 100), frame([], 0)]) == 0.0


def test_a_classifier_that_vetoes_weak_defects_must_be_surer() -> None:
    """A defect vetoed at 0.62, a false alarm at 0.93: the lowest veto between them wins."""
    regions = [hit(100, 90), hit(100, 90, background=0.62), *alarms(100, background=0.93)]
    assert choose_veto([frame(regions, 200, objects=2)]) == 0.7


def test_a_classifier_that_is_wrong_is_never_heard() -> None:
    assert choose_veto([frame([hit(100, 95, background=0.99)], 100)]) == NEVER


def test_a_vote_for_a_kind_is_no_veto_however_likely_background_is() -> None:
    kept = Found(0.6, False, 100, 100, 95, True)
    assert weigh([frame([kept], 100)], lambda region: True).frames == 1
    assert choose_veto([frame([kept], 100)]) == 0.0
    assert choose_min_area([frame([kept], 100)], veto=0.0) == 100


@pytest.mark.parametrize(
    ("regions", "veto"),
    [
        (alarms(4000, background=0.65), 0.0),  # more false pixels than there are of defects
        (alarms(*[9] * 40, background=0.65), 0.0),  # stray regions of few pixels, but many
        (alarms(40, background=0.65), 0.7),
    ],
)
def test_all_that_counts_has_its_say_in_the_veto(regions: list[Found], veto: float) -> None:
    """A small defect is held for background too, at 0.68."""
    large, small = frame([hit(1000, 900), *regions], 1000), frame([hit(20, 18, background=0.68)], 20)
    assert choose_veto([large, *[frame([hit(1000, 900)], 1000)] * 9, small]) == veto


def test_false_alarms_are_filtered_up_to_the_smallest_defect() -> None:
    frames = [
        frame([hit(100, 80), *alarms(4, 30, 60)], 110),
        frame([hit(81, 60), *alarms(9)], 70),
        frame(alarms(12, 20), 0),
    ]
    assert choose_min_area(frames, veto=0.0) == 81


def test_no_defective_frame_may_be_missed_for_the_filter() -> None:
    """A crumb is all that is found of a frame's defect: a millionth of all pixels, but a frame."""
    frames = [frame([hit(5000, 4900), *alarms(30)], 5000)] * 200
    crumb = frame([hit(5, 5, outlines=False), *alarms(8)], 4000)
    assert choose_min_area(frames, veto=0.0) == max(AREAS)
    assert choose_min_area([*frames, crumb], veto=0.0) == 4


@pytest.mark.parametrize(("pieces", "least"), [(1, 400), (4, 16)])
def test_the_filter_may_cost_a_hundredth_of_the_pixels(pieces: int, least: int) -> None:
    """Pieces of 16 px beside the main part of a defect, and stray regions that a larger filter would leave out."""
    regions = [hit(2000, 2000), *[hit(16, 16, outlines=False)] * pieces, *alarms(20)]
    assert choose_min_area([frame(regions, 2000 + 16 * pieces)], veto=0.0) == least


def test_the_size_of_a_region_counts_its_ignored_pixels_as_a_recipe_does() -> None:
    half_known = Found(0.0, False, area_px=100, known_px=30, hit_px=30, outlines=True)
    assert choose_min_area([frame([half_known], 30)], veto=0.0) == 100


def test_what_the_classifier_leaves_out_is_no_reason_against_a_filter() -> None:
    crumb = hit(5, 5, background=0.9, outlines=False)
    frames = [frame([hit(200, 180)], 200), frame([crumb], 100)]
    assert choose_min_area(frames, veto=0.0) == 196
    assert choose_min_area(frames, veto=NEVER) == 4


def test_where_nothing_is_found_nothing_is_lost() -> None:
    frames = [frame([], 100), frame([], 0)]
    assert choose_veto(frames) == 0.0
    assert choose_min_area(frames, veto=0.0) == max(AREAS)
