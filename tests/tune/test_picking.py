import numpy as np
import pytest
from swept_sets import random_set

from inspector.errors import InspectorError
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.tune.compare import flips, frames_of
from inspector.tune.picking import (
    Order,
    frames_in_bar,
    frames_of_kinds,
    frames_of_parts,
    kind_confusion,
    ordered,
    severities,
)
from inspector.tune.thresholds import THRESHOLDS, column
from inspector.tune.trial import Trial
from inspector.types import Verdict

RECIPE = Recipe(
    name="tile",
    model="tiny",
    threshold=5,
    min_area=Area(value=30),
    policy=(PolicyRow(min_severity=7, verdict=Verdict.REJECT), PolicyRow(verdict=Verdict.REVIEW)),
)


@pytest.fixture(scope="module", params=[1, 2])
def trial(request: pytest.FixtureRequest) -> Trial:
    swept, _, _ = random_set(21, request.param, 4.0, frames=12)
    return Trial(swept, RECIPE)


@pytest.mark.parametrize("threshold", [1.0, 5.0, 7.5, 11.0])
def test_every_order_has_every_frame(trial: Trial, threshold: float) -> None:
    for order in Order:
        assert sorted(ordered(trial, threshold, order).tolist()) == list(range(12))


@pytest.mark.parametrize("threshold", [5.0, 8.0, 11.0])
def test_the_worst_come_first(trial: Trial, threshold: float) -> None:
    swept, at = trial.swept, column(threshold)
    escaped = swept.defective & (trial.verdicts[:, at] == Verdict.ACCEPT.rank)
    missed = swept.defect_px - trial.hits[:, at]
    first = ordered(trial, threshold, Order.ESCAPE)[: escaped.sum()]
    assert escaped[first].all()
    assert (np.diff(missed[first]) <= 0).all()
    alarmed = ~swept.defective & (trial.verdicts[:, at] > Verdict.ACCEPT.rank)
    first = ordered(trial, threshold, Order.ALARM)[: alarmed.sum()]
    assert alarmed[first].all()
    rank = trial.verdicts[first, at].astype(int) * 1000 + trial.peaks[first, at]
    assert (np.diff(rank) <= 0).all()


def test_the_nearest_to_t_changes_with_the_least_move(trial: Trial) -> None:
    at = column(6.0)

    def way(frame: int) -> int:
        other = np.flatnonzero(trial.verdicts[frame] != trial.verdicts[frame, at])
        return int(abs(other - at).min(initial=999))

    ways = [way(frame) for frame in ordered(trial, 6.0, Order.NEAREST).tolist()]
    assert ways == sorted(ways)
    assert ways[0] < 999


def test_each_cell_of_the_matrices_has_its_frames(trial: Trial) -> None:
    for threshold in (3.0, 8.0):
        at, seen = column(threshold), 0
        for defective in (False, True):
            for verdict in Verdict:
                frames = frames_of_parts(trial, threshold, defective, verdict)
                parts = np.unique(trial.swept.part_of[frames])
                assert len(parts) == trial.counts[int(defective), verdict.rank, at]
                seen += len(frames)
        assert seen == 12
        matrix = kind_confusion(trial, threshold)
        assert matrix.sum() == len(trial.swept.objects.kind)
        for kind, detected in np.ndindex(*matrix.shape):
            frames = frames_of_kinds(trial, threshold, kind, detected)
            assert bool(len(frames)) == bool(matrix[kind, detected])


def test_the_bars_hold_all_pixels_and_lead_to_their_frames(trial: Trial) -> None:
    swept = trial.swept
    both = severities(swept)
    assert both[1].sum() == swept.defect_px.sum()
    assert sum(severities(swept, kind)[1].sum() for kind in range(1, len(swept.classes))) == both[1].sum()
    at = column(5.0)
    assert both[1, at + 1 :].sum() / both[1].sum() == pytest.approx(swept.map_counts[0][:, at].sum() / both[1].sum())
    bar = slice(40, 60)
    frames = frames_in_bar(swept, bar, None)
    px = swept.histogram[:, 1:, bar].sum((1, 2))
    assert set(frames.tolist()) == set(np.flatnonzero(px).tolist())
    assert (np.diff(px[frames]) <= 0).all()


def test_the_flips_between_two_recipes_are_listed_for_the_worse_first(trial: Trial) -> None:
    other = Trial(trial.swept, RECIPE.model_copy(update={"policy": (), "min_area": Area(value=0)}))
    for one, two in ((6.0, 6.0), (2.0, 11.0), (11.0, 2.0)):
        found = flips(trial, one, other, two)
        before, after = trial.part_verdicts[:, column(one)], other.part_verdicts[:, column(two)]
        assert sorted(flip.part for flip in found) == np.flatnonzero(before != after).tolist()
        assert all(flip.before.rank == before[flip.part] and flip.after.rank == after[flip.part] for flip in found)
        assert [flip.better for flip in found] == sorted(flip.better for flip in found)
        for flip in found:
            nearer = abs(flip.after.rank - 2 * flip.defective) < abs(flip.before.rank - 2 * flip.defective)
            assert flip.better == nearer
            assert {trial.swept.part_of[frame] for frame in frames_of(trial, flip)} == {flip.part}


def test_trials_of_different_frames_can_not_be_compared(trial: Trial) -> None:
    swept, _, _ = random_set(4, 1, 4.0, frames=2)
    with pytest.raises(InspectorError, match="are not the same frames"):
        flips(trial, 5.0, Trial(swept, RECIPE), 5.0)


def test_any_t_does_what_the_next_level_does() -> None:
    assert [column(t) for t in (0.0, 0.01, THRESHOLDS[0], 12 / 255 + 1e-4, 12.0)] == [0, 0, 0, 1, 254]
