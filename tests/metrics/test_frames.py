import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torchmetrics.functional.classification import binary_auroc, binary_average_precision

from inspector.metrics.frames import average_precision_as_listed, compare_within_groups, rank_frames

frames = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=40).filter(
    lambda listed: len({defective for _, defective in listed}) == 2
)


def test_four_frames_by_hand() -> None:
    ranking = rank_frames([9, 7, 7, 1], [True, False, True, False])
    assert ranking.hits.tolist() == [0, 1, 2, 2]
    assert ranking.alarms.tolist() == [0, 0, 1, 2]
    assert ranking.precision.tolist() == [1, 1, 2 / 3, 1 / 2]
    assert ranking.auroc == (1 + 1 + 0.5 + 1) / 4  # pairs in the right order, equal ones half
    assert ranking.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


@settings(deadline=None)
@given(frames)
def test_ranking_is_that_of_torchmetrics_and_of_the_rank_sum(listed: list[tuple[int, bool]]) -> None:
    score, defective = zip(*listed, strict=True)
    ranking = rank_frames(score, defective)
    scores, truth = torch.tensor(score) / 12, torch.tensor(defective).int()
    assert ranking.auroc == pytest.approx(float(binary_auroc(scores, truth)), abs=1e-6)
    assert ranking.average_precision == pytest.approx(float(binary_average_precision(scores, truth)), abs=1e-6)
    bad = np.array(score)[np.array(defective)]
    good = np.array(score)[~np.array(defective)]
    assert ranking.auroc == pytest.approx(stats.mannwhitneyu(bad, good).statistic / (len(bad) * len(good)))


@settings(deadline=None)
@given(st.permutations(range(20)), st.lists(st.booleans(), min_size=20, max_size=20).filter(any))
def test_average_precision_as_listed_is_the_same_where_no_score_occurs_twice(
    score: list[int], defective: list[bool]
) -> None:
    expected = rank_frames(score, defective).average_precision
    assert average_precision_as_listed(score, defective) == pytest.approx(expected)


def test_average_precision_as_listed_takes_equal_scores_in_their_order() -> None:
    assert average_precision_as_listed([5, 5], [True, False]) == 1
    assert average_precision_as_listed([5, 5], [False, True]) == 0.5
    assert rank_frames([5, 5], [False, True]).average_precision == 0.5


def test_of_one_sort_of_frames_alone_there_is_no_auroc() -> None:
    assert np.isnan(rank_frames([1, 2], [True, True]).auroc)
    assert rank_frames([1, 2], [True, True]).average_precision == 1
    sound = rank_frames([1, 2], [False, False])
    assert np.isnan([sound.auroc, sound.average_precision, average_precision_as_listed([1], [False])]).all()


def test_groups_that_disagree_by_hand() -> None:
    agreement = compare_within_groups(
        [
            ("a", "accept", False), ("a", "reject", False),  # disagree
            ("b", "reject", True), ("c", "reject", True), ("b", "reject", True),  # b agrees, c is alone
            ("d", "accept", False), ("d", "reject", True),  # rightly so
            ("e", "accept", True), ("e", "review", True), ("e", "accept", True),  # disagree
        ]
    )  # fmt: skip
    assert (agreement.groups, agreement.disagreeing) == (3, 2)
    assert agreement.share_disagreeing == 2 / 3
    assert np.isnan(compare_within_groups([("a", "accept", False)]).share_disagreeing)
