"""What a trial looks up, against every frame judged at that T."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from swept_sets import CLASSES, random_set

from inspector.metrics.objects import confusion_matrix, count_objects, match_objects
from inspector.metrics.pixels import count_pixels, mean_iou, pool
from inspector.pipeline import judge
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.results import class_mask
from inspector.tune.picking import kind_confusion, regions_of
from inspector.tune.thresholds import THRESHOLDS, column, sweep_thresholds
from inspector.tune.trial import Trial
from inspector.types import Verdict

POLICIES = (
    (),
    (PolicyRow(verdict=Verdict.REVIEW),),
    (
        PolicyRow(kind="pit", min_severity=6.0, verdict=Verdict.REJECT),
        PolicyRow(kind="pit", min_area=Area(value=40), verdict=Verdict.REVIEW),
        PolicyRow(kind="pit", verdict=Verdict.ACCEPT),
        PolicyRow(min_area=Area(value=2.5, unit="mm2"), verdict=Verdict.REJECT),
        PolicyRow(min_severity=9.0, verdict=Verdict.REVIEW),
        PolicyRow(kind="defect", min_severity=4.0, verdict=Verdict.REVIEW),
        PolicyRow(verdict=Verdict.ACCEPT),
    ),
)


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    cell=st.sampled_from([1, 1, 2, 4]),
    distance=st.sampled_from([0.0, 4.0, 11.0]),
    min_area=st.sampled_from([0.0, 1.0, 9.0, 33.5, 200.0, 1000.0]),
    policy=st.sampled_from(POLICIES),
    thresholds=st.lists(st.floats(0, 12) | st.sampled_from(THRESHOLDS.tolist()), min_size=4, max_size=4),
    veto=st.sampled_from([0.0, 0.4]),
    classified=st.booleans(),
    iou=st.sampled_from([0.0, 0.2, 0.5]),
)
def test_everything_is_what_judging_at_that_t_gives(
    seed, cell, distance, min_area, policy, thresholds, veto, classified, iou
) -> None:
    swept, measurements, masks = random_set(seed, cell, distance, veto=veto, classified=classified)
    recipe = Recipe(
        name="tile",
        model="tiny",
        threshold=5,
        cluster_distance=distance,
        min_area=Area(value=min_area),
        mm_per_px=0.2,
        policy=policy,
    )
    trial = Trial(swept, recipe, iou)
    for threshold in thresholds:
        at = column(threshold)
        judged = [judge(measurement, recipe.with_threshold(threshold)) for measurement in measurements]
        assert trial.verdicts[:, at].tolist() == [inspection.verdict.rank for inspection in judged]

        claimed = [class_mask(inspection, CLASSES) for inspection in judged]
        pixels = [count_pixels(mask, claim) for mask, claim in zip(masks, claimed, strict=True)]
        pooled = pool(pixels)
        assert trial.predicted[:, at].tolist() == [counts.predicted for counts in pixels]
        assert trial.hits[:, at].tolist() == [counts.found[0] for counts in pixels]
        assert trial.precision[at] == pytest.approx(pooled.score(0).precision, nan_ok=True)
        assert trial.recall[at] == pytest.approx(pooled.score(0).recall, nan_ok=True)
        assert trial.mean_iou[at] == pytest.approx(mean_iou(pixels), nan_ok=True)

        objects = [match_objects(mask, claim) for mask, claim in zip(masks, claimed, strict=True)]
        counted = count_objects(objects, iou)
        assert (trial.found[at], trial.detections[at]) == (counted.found, counted.detections)
        assert trial.object_recall[at] == pytest.approx(counted.score.recall, nan_ok=True)
        assert trial.object_precision[at] == pytest.approx(counted.score.precision, nan_ok=True)
        assert np.array_equal(kind_confusion(trial, threshold), confusion_matrix(objects, len(CLASSES)))

        for number, inspection in enumerate(judged):
            rows, counts = regions_of(trial, number, threshold)
            assert sorted(map(tuple, rows["box"][counts].tolist())) == sorted(r.box for r in inspection.regions)
            assert {swept.kinds[kind] for kind in rows["kind"][counts]} == {r.kind for r in inspection.regions}
            highest = max((round(r.peak_severity * 255 / 12) for r in inspection.regions), default=0)
            assert trial.peaks[number, at] == highest or policy


@pytest.mark.parametrize("cell", [1, 2, 4])
def test_the_curve_of_the_map_alone_is_that_of_training(cell: int) -> None:
    swept, measurements, masks = random_set(3, cell, 4.0)
    trial = Trial(swept, Recipe(name="tile", model="tiny", threshold=5, min_area=Area(value=50)))
    maps = [(m.levels, m.cell, mask) for m, mask in zip(measurements, masks, strict=True)]
    assert trial.map_mean_iou == pytest.approx(sweep_thresholds(maps).mean_iou)


def test_a_part_is_as_bad_as_the_worst_of_its_frames() -> None:
    swept, measurements, _ = random_set(5, 1, 4.0, frames=6)
    recipe = Recipe(name="tile", model="tiny", threshold=5, min_area=Area(value=30), policy=POLICIES[2], mm_per_px=0.2)
    trial = Trial(swept, recipe)
    assert swept.parts == ("part 0", "part 1", "part 2")
    for at in range(0, 255, 17):
        frames = [judge(m, recipe.with_threshold(float(THRESHOLDS[at]))).verdict for m in measurements]
        worst = [max(frames[i : i + 2], key=lambda verdict: verdict.rank) for i in (0, 2, 4)]
        defective = swept.defective.reshape(-1, 2).any(1).tolist()
        told = list(zip(worst, defective, strict=True))
        assert trial.part_verdicts[:, at].tolist() == [verdict.rank for verdict in worst]
        assert trial.escapes[at] == told.count((Verdict.ACCEPT, True))
        assert trial.false_rejects[at] == told.count((Verdict.REJECT, False))
        assert trial.reviews[:, at].tolist() == [told.count((Verdict.REVIEW, truth)) for truth in (False, True)]
        assert trial.counts[:, :, at].sum() == 3


def test_a_recipe_of_another_distance_needs_another_sweep() -> None:
    swept, _, _ = random_set(5, 1, 4.0, frames=2)
    with pytest.raises(ValueError, match="another cluster distance"):
        Trial(swept, Recipe(name="tile", model="tiny", threshold=5, cluster_distance=9))
