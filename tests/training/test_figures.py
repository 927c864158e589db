import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_hex
from scored_frames import evaluation_of, scored_frame
from tiny_bundle import write_tiny_bundle

from inspector.metrics.objects import ObjectMatch
from inspector.networks.bundle import load_model
from inspector.types import Verdict
from training.evaluate import Evaluation
from training.figures import (
    BLUE,
    ORANGE,
    confusion,
    draw_figures,
    frame_ranking,
    iou_of_threshold,
    object_curves,
    severity,
)
from training.gallery import worst_frames


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    model = load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)
    matches = (ObjectMatch(1, 1, 1, 0.72), ObjectMatch(2, 2, 1, 0.42), ObjectMatch(2, 0, 0, 0.0))
    cells = {"severity": np.linspace(1, 12, 50), "contrast": np.linspace(10, 200, 50)}
    frames = [
        scored_frame("bad", defective=True, verdict=Verdict.REJECT, matches=matches, detections=4, **cells),
        scored_frame("good", defective=False),
    ]
    return evaluation_of(frames, model)


def test_object_curves_hold_what_each_iou_gives(evaluation: Evaluation) -> None:
    recall, precision = object_curves(evaluation).axes
    for axes, whole in ((recall, 3), (precision, 4)):
        any_kind, right_kind = (dict(zip(*line.get_data(), strict=True)) for line in axes.lines)
        assert [any_kind[iou] for iou in (0.0, 0.4, 0.45, 0.7, 0.75)] == [2 / whole, 2 / whole, 1 / whole, 1 / whole, 0]
        assert [right_kind[iou] for iou in (0.0, 0.7, 0.75)] == [1 / whole, 1 / whole, 0]
        assert [to_hex(line.get_color()) for line in axes.lines] == [BLUE, ORANGE]


def test_the_confusion_matrix_leaves_out_kinds_that_do_not_occur(evaluation: Evaluation) -> None:
    (axes,) = confusion(evaluation).axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["spot", "smear"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["missed", "spot", "smear"]
    assert {text.get_position(): text.get_text() for text in axes.texts} == {(1, 0): "1", (0, 1): "1", (1, 1): "1"}


def test_the_curve_of_t_marks_the_t_in_use(evaluation: Evaluation) -> None:
    (axes,) = iou_of_threshold(evaluation).axes
    assert np.array_equal(axes.lines[0].get_ydata(), evaluation.sweep.mean_iou)
    assert "T in use: 5" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_every_defect_cell_is_in_the_scatter(evaluation: Evaluation) -> None:
    scatter, bins, _ = severity(evaluation).axes
    assert scatter.collections[0].get_array().sum() == 50
    medians = bins.lines[0].get_ydata()
    assert (np.diff(medians) > 0).all()


def test_frames_are_ranked_where_there_are_good_ones(evaluation: Evaluation) -> None:
    roc, precision = frame_ranking(evaluation).axes
    assert roc.get_title() == "ROC, area 1.000"
    assert roc.lines[1].get_data() == ([0.0], [1.0])
    assert precision.lines[1].get_data() == ([1.0], [1.0])
    bad = dataclasses.replace(evaluation, frames=evaluation.frames[:1])
    assert set(draw_figures(evaluation)) - set(draw_figures(bad)) == {"frames"}


def test_the_worst_frames_come_first(evaluation: Evaluation) -> None:
    by_name = {f.name: f for f in worst_frames(evaluation)["poor_outlines"]}
    assert set(by_name) == {"bad"}
    good = evaluation.frames[1]
    frames = [
        dataclasses.replace(good, name="mild", verdict=Verdict.REVIEW, max_severity=11.0),
        dataclasses.replace(good, name="weak", verdict=Verdict.REJECT, max_severity=6.0),
        dataclasses.replace(good, name="strong", verdict=Verdict.REJECT, max_severity=9.0),
        dataclasses.replace(good, name="fine"),
        scored_frame("missed", defective=True),
    ]
    worst = worst_frames(dataclasses.replace(evaluation, frames=tuple(frames)))
    assert [frame.name for frame in worst["false_alarms"]] == ["strong", "weak", "mild"]
    assert [frame.name for frame in worst["escapes"]] == ["missed"]


def test_a_model_that_finds_nothing_has_figures_too(evaluation: Evaluation) -> None:
    missed = ObjectMatch(1, 0, 0, 0.0)
    cells = {"severity": [0.0] * 3, "contrast": [40.0] * 3}
    blind = scored_frame("bad", defective=True, matches=(missed,), **cells)
    figures = draw_figures(dataclasses.replace(evaluation, frames=(blind, evaluation.frames[1])))
    assert len(figures) == 5
    for figure in figures.values():
        figure.draw_without_rendering()


def test_there_is_no_figure_of_nothing(evaluation: Evaluation) -> None:
    speck = scored_frame("too small for an object", defective=True)
    assert set(draw_figures(dataclasses.replace(evaluation, frames=(speck,)))) == {"iou_of_threshold"}
