import dataclasses

import numpy as np
import pytest
from builders import CAPTURED
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import random_pixels
from scipy import ndimage
from slow_reading import SlowInspection, SlowRegion, slow_judge
from tiny_bundle import write_tiny_bundle

from inspector.networks.bundle import Model, load_model
from inspector.networks.engine import Engine
from inspector.networks.input import Blocks
from inspector.pipeline import judge, measure, remember
from inspector.policy import area_text
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.types import STAGES, FloatArray, Frame, Inspection, Ints, Measurement, Region, Verdict, to_severity


class CountingEngine:
    """A real engine that counts what it is asked; `kinds` may be overruled."""

    def __init__(self, engine: Engine, answer: tuple[float, float] | None = None) -> None:
        self.engine, self.answer, self.maps, self.windows = engine, answer, 0, 0

    def severity(self, inputs: FloatArray, spread: float, blocks: Blocks | None = None) -> FloatArray:
        self.maps += 1
        return self.engine.severity(inputs, spread, blocks)

    def kinds(self, windows: FloatArray) -> FloatArray:
        self.windows += len(windows)
        kinds = self.engine.kinds(windows)
        return kinds if self.answer is None else np.float32([self.answer] * len(kinds))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny"), threads=1)


@pytest.fixture
def model(loaded: Model) -> Model:
    return dataclasses.replace(loaded, engine=CountingEngine(loaded.engine))


def make_part() -> Frame:
    """100 grey, with a strong bar of 8 x 32 px, a weaker square of 16 x 16 px and a lone bright cell."""
    pixels = np.full((96, 128), 100, np.uint8)
    pixels[16:24, 16:48], pixels[56:72, 80:96], pixels[80:84, 20:24] = 255, 200, 190
    return Frame(pixels, 3, "tile.png", "tile", CAPTURED)


def recipe(threshold: float = 4.0, **fields: object) -> Recipe:
    return Recipe(name="tile", model="tiny", threshold=threshold, **fields)


def areas(inspection: Inspection) -> list[int]:
    return [region.area_px for region in inspection.regions]


def test_a_part_with_three_defects(model: Model) -> None:
    inspection = judge(measure(make_part(), model), recipe())
    assert inspection.verdict is Verdict.REJECT
    assert [region.kind for region in inspection.regions] == ["spot"] * 3
    assert [region.box for region in inspection.regions] == [(16, 16, 24, 48), (57, 81, 71, 95), (81, 21, 83, 23)]
    assert areas(inspection) == [252, 196, 4]  # the corners are interpolated away
    assert set(inspection.milliseconds) == {*STAGES, "total"}
    assert inspection.milliseconds["total"] == pytest.approx(sum(inspection.milliseconds[s] for s in STAGES))
    assert inspection.reasons[0].startswith("spot of 252 px2, severity 9.4")


def test_judging_never_runs_the_severity_network(model: Model) -> None:
    engine = model.engine
    measurement = measure(make_part(), model)
    assert engine.maps == 1
    for threshold in np.linspace(0, 12, 25):
        judge(measurement, recipe(float(threshold)))
    asked = engine.windows
    for threshold in np.linspace(12, 0, 25):
        judge(measurement, recipe(float(threshold)))
    assert engine.maps == 1
    assert engine.windows == asked > 0
    again = judge(remember(measurement.frame, measurement.levels, model), recipe())
    assert engine.maps == 1
    assert areas(again) == areas(judge(measurement, recipe()))


class MadeUpKinds:
    """Each window's classes by chance, the same whenever it is asked for."""

    classes = ("background", "crack", "pit")

    def __init__(self, veto: float) -> None:
        self.veto = veto

    def probabilities(self, windows: Ints) -> FloatArray:
        drawn = [np.random.default_rng(window).dirichlet((0.5, 0.3, 0.3)) for window in windows.tolist()]
        return np.array(drawn, np.float32).reshape(-1, 3)


AREAS = st.builds(Area, value=st.integers(0, 40), unit=st.sampled_from(["px2", "mm2"]))
ROWS = st.builds(
    PolicyRow,
    kind=st.sampled_from(["*", "crack", "pit"]),
    min_area=AREAS,
    min_severity=st.integers(0, 12),
    verdict=st.sampled_from(Verdict),
)


@settings(deadline=None, max_examples=100)
@given(
    cell=st.sampled_from([1, 2, 4]),
    seed=st.integers(0, 2**32 - 1),
    grain=st.floats(0.7, 8),
    threshold=st.floats(0.5, 11.5),
    veto=st.sampled_from([0.0, 0.6, 1.01]),
    distance=st.sampled_from([0.0, 4.0, 9.5]),
    min_area=AREAS,
    policy=st.lists(ROWS, max_size=3),
)
def test_a_judgement_is_that_of_the_slow_reading(
    cell: int, seed: int, grain: float, threshold: float, veto: float, distance: float, min_area: Area, policy: list
) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(int(side) for side in rng.integers(16, 160, 2))
    noise = ndimage.gaussian_filter(rng.normal(size=[-(-side // cell) for side in shape]), grain)
    levels = (255 * (noise / np.abs(noise).max()).clip(0, 1)).astype(np.uint8)
    frame = Frame(np.zeros(shape, np.uint8), 0, "a.png", "a", CAPTURED)
    measurement = Measurement(frame, levels, cell, MadeUpKinds(veto), "made up", 0.0)
    under = recipe(threshold, cluster_distance=distance, min_area=min_area, policy=tuple(policy), mm_per_px=0.6)
    found = judge(measurement, under)
    told = [[compared(region) for region in group] for group in (found.regions, found.suppressed, found.too_small)]
    assert SlowInspection(found.verdict, found.reasons, *told) == slow_judge(measurement, under)


def compared(region: Region) -> SlowRegion:
    return SlowRegion(
        region.box,
        region.mask.tolist(),
        region.area_px,
        round(region.peak_severity, 3),
        round(region.mean_severity, 3),
        region.kind,
        round(region.confidence, 6),
        list(region.votes.items()),
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.floats(0, 12), st.floats(0, 12))
def test_a_higher_t_never_finds_more(loaded: Model, seed: int, a: float, b: float) -> None:
    frame = Frame(random_pixels((61, 83), seed), 0, "a.png", "a", CAPTURED)
    measurement = measure(frame, loaded)
    low, high = (judge(measurement, recipe(threshold)) for threshold in sorted((a, b)))
    assert covered(high, frame) <= covered(low, frame)
    assert high.verdict.rank <= low.verdict.rank


def covered(inspection: Inspection, frame: Frame) -> set[tuple[int, int]]:
    """Cells with a pixel in a region."""
    found = np.zeros(frame.shape, bool)
    for region in inspection.regions:
        top, left, bottom, right = region.box
        found[top:bottom, left:right] |= region.mask
    return {(y // 4, x // 4) for y, x in np.argwhere(found).tolist()}


def test_what_the_classifier_left_out_is_named(loaded: Model) -> None:
    model = dataclasses.replace(loaded, engine=CountingEngine(loaded.engine, (0.7, 0.3)))
    inspection = judge(measure(make_part(), model), recipe())
    assert inspection.verdict is Verdict.ACCEPT
    assert inspection.regions == ()
    assert [region.kind for region in inspection.suppressed] == ["background"] * 3
    assert inspection.reasons == (
        "no defect at or above severity 4",
        "3 regions held for a false alarm by the classifier",
    )


def test_what_was_left_out_does_not_make_a_part_severe(loaded: Model) -> None:
    deaf = dataclasses.replace(loaded, engine=CountingEngine(loaded.engine, (0.7, 0.3)))
    found, held_for_sound = (judge(measure(make_part(), model), recipe()) for model in (loaded, deaf))
    too_small = judge(measure(make_part(), loaded), recipe(min_area=1000))
    assert found.max_severity == pytest.approx(float(to_severity(found.measurement.levels).max()))
    for inspection in (held_for_sound, too_small):
        assert np.array_equal(inspection.measurement.levels, found.measurement.levels)
        assert inspection.max_severity < 4 < 9 < found.max_severity


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.floats(0, 12))
def test_the_highest_severity_reaches_t_where_there_is_a_defect(loaded: Model, seed: int, threshold: float) -> None:
    frame = Frame(random_pixels((61, 83), seed), 0, "a.png", "a", CAPTURED)
    inspection = judge(measure(frame, loaded), recipe(threshold))
    assert bool(inspection.regions) == (inspection.max_severity >= max(threshold, 1e-9) - 1e-6)


class SeverityEngine(CountingEngine):
    """Holds a window for a spot by its severities alone."""

    def kinds(self, windows: FloatArray) -> FloatArray:
        spot = windows[:, -1].max((1, 2)) > 1.5
        return np.stack([~spot, spot], 1).astype(np.float32)


def test_the_classifier_is_given_the_severities_of_the_frame_s_own_map(loaded: Model) -> None:
    """Live and from the journal: the bar's level 200 of 255 is seen as 1.56, the square's and the cell's are less."""
    model = dataclasses.replace(loaded, engine=SeverityEngine(loaded.engine))
    measurement = measure(make_part(), model)
    for seen in (measurement, remember(measurement.frame, measurement.levels, model)):
        inspection = judge(seen, recipe())
        assert [region.box for region in inspection.regions] == [(16, 16, 24, 48)]
        assert len(inspection.suppressed) == 2
    blank = remember(measurement.frame, np.zeros_like(measurement.levels), model)
    assert not judge(blank, recipe()).regions


def test_what_its_size_left_out_is_named(model: Model) -> None:
    inspection = judge(measure(make_part(), model), recipe(min_area=20))
    assert len(inspection.regions) == 2
    assert [region.area_px for region in inspection.too_small] == [4]
    assert "1 region smaller than 20 px2 left out" in inspection.reasons
    alone = judge(measure(make_part(), model), recipe(min_area=1000))
    assert alone.verdict is Verdict.ACCEPT
    assert "3 regions smaller than 1000 px2 left out" in alone.reasons


def test_areas_in_square_millimetres(model: Model) -> None:
    scaled = recipe(min_area=Area(value=0.2, unit="mm2"), mm_per_px=0.1)  # 20 px2
    inspection = judge(measure(make_part(), model), scaled)
    assert len(inspection.regions) == 2
    assert inspection.reasons[0].startswith("spot of 2.5 mm2")
    assert "1 region smaller than 0.2 mm2 left out" in inspection.reasons


@pytest.mark.parametrize(
    ("area", "scale", "text"),
    [(410, None, "410 px2"), (410, 0.1, "4.1 mm2"), (12345, 0.1, "120 mm2"), (7, 0.01, "0.0007 mm2"), (1, 1, "1 mm2")],
)
def test_areas_are_written_for_people(area: int, scale: float | None, text: str) -> None:
    assert area_text(area, recipe(mm_per_px=scale)) == text


SPOT = {"kind": "spot"}


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([], "reject"),
        ([{"verdict": "accept"}], "accept"),
        ([{"verdict": "review"}, {"verdict": "accept"}], "review"),
        ([{"kind": "crack", "verdict": "accept"}], "reject"),
        ([{**SPOT, "verdict": "accept"}, {"verdict": "reject"}], "accept"),
        ([{**SPOT, "min_severity": 9, "verdict": "reject"}, {**SPOT, "verdict": "accept"}], "reject"),
        ([{**SPOT, "min_severity": 11, "verdict": "reject"}, {**SPOT, "verdict": "accept"}], "accept"),
        (
            [{"min_area": 253, "verdict": "reject"}, {"min_area": 252, "verdict": "review"}, {"verdict": "accept"}],
            "review",
        ),
        ([{"min_area": 200, "verdict": "accept"}], "reject"),  # the lone cell matches no row
    ],
)
def test_the_first_row_that_matches_decides(model: Model, rows: list[dict], verdict: str) -> None:
    policy = tuple(PolicyRow.model_validate(row) for row in rows)
    inspection = judge(measure(make_part(), model), recipe(policy=policy))
    assert inspection.verdict == verdict
    assert len(inspection.reasons) == 3


def test_the_deciding_reason_comes_first_and_names_the_row(model: Model) -> None:
    rows = (
        PolicyRow(min_severity=9, verdict=Verdict.REVIEW),
        PolicyRow(min_area=Area(value=100), verdict=Verdict.REJECT),
        PolicyRow(verdict=Verdict.ACCEPT),
    )
    inspection = judge(measure(make_part(), model), recipe(policy=rows))
    first, second, third = inspection.reasons
    assert first.endswith(", over the limit of 100 px2")
    assert second.endswith(", over the limit of severity 9")
    assert third.startswith("spot of 4 px2")


def test_a_model_without_a_classifier_calls_everything_a_defect(loaded: Model) -> None:
    spec = loaded.spec.model_copy(update={"classes": ("background",)})
    inspection = judge(measure(make_part(), dataclasses.replace(loaded, spec=spec)), recipe())
    assert [(region.kind, region.confidence, region.votes) for region in inspection.regions] == [
        ("defect", 1.0, {})
    ] * 3


def test_the_verdict_names_recipe_and_model(model: Model) -> None:
    inspection = judge(measure(make_part(), model), recipe())
    assert (inspection.recipe, inspection.measurement.model) == (recipe().digest, model.digest)
