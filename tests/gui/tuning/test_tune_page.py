"""T is dragged against truth, and everything on the page follows."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from builders import CAPTURED
from gui.conftest import load_tiny
from gui.driving import spot_frame
from gui.tuning.person import CTRL, KEYS, Tuner
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from spot_dataset import CLASSES, PARTS, write_png

from inspector.gui.tuning.session import BEGIN, STOPPED, WRONG
from inspector.journal.store import Journal
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.tune.choice import choose_by_iou
from inspector.tune.cli import tune
from inspector.tune.costs import Costs
from inspector.tune.picking import Order, frames_of_parts, ordered
from inspector.tune.thresholds import column
from inspector.types import Frame, Verdict


def test_a_measured_set_is_shown_under_the_recipe_in_use(tuner: Tuner) -> None:
    view = tuner.view
    trial = view.session.trial
    assert view.setup.recipe.currentText() == "tile"
    assert view.curves.box.value() == 4.0
    assert len(tuner.frames()) == 2 * PARTS
    assert tuner.troubles == ["The model knows no smear: it finds them as other kinds."]
    best = choose_by_iou(trial)
    assert f"Best IoU {best.value:.3f} at T {best.best:.2f}" in view.curves.summary.text()
    counts = [[int(view.counts.parts.text(row, place)) for place in range(3)] for row in range(2)]
    assert counts == trial.counts[:, :, column(4.0)].tolist()
    assert sum(map(sum, counts)) == PARTS


def test_everything_follows_t_as_it_is_dragged_on_a_curve(tuner: Tuner) -> None:
    view, before = tuner.view, tuner.painted()
    trial = view.session.trial
    tuner.drag(view.curves.quality, 4.0, 6.0, 9.0)
    assert view.curves.box.value() == pytest.approx(9.0, abs=0.03)
    threshold, at = view.curves.box.value(), column(view.curves.box.value())
    assert view.curves.parts.plot.said_at(threshold)[0] == str(trial.escapes[at])
    assert f"escapes {trial.escapes[at]}" in view.curves.parts.accessibleDescription()
    assert int(view.counts.parts.text(1, 0)) == trial.escapes[at] > 0
    assert tuner.frames() == ordered(trial, threshold, Order.ESCAPE).tolist()
    assert not np.array_equal(tuner.painted(), before)
    assert view.save.text() == f"Save T {threshold:.2f} ..."


def test_keys_move_t(tuner: Tuner) -> None:
    curves = tuner.view.curves
    curves.parts.setFocus()
    tuner.key(KEYS.Key_Right)
    tuner.key(KEYS.Key_PageUp)
    assert curves.box.value() == pytest.approx(4.55)
    tuner.key(KEYS.Key_T, CTRL)
    assert curves.box.hasFocus()
    tuner.type(curves.box.lineEdit(), "5,4")
    tuner.key(KEYS.Key_Return)
    assert curves.box.value() == 5.4
    tuner.key(KEYS.Key_0, CTRL)
    assert curves.box.value() == 4.0
    assert not curves.reset.isEnabled()


def test_t_of_the_page_is_t_of_the_command(tuner: Tuner, tile: Kept, spots: Path, tmp_path: Path) -> None:
    view = tuner.view
    tuner.click(view.curves.best)
    best = view.desk.threshold
    view.curves.escape.setFocus()
    for _ in range(7):
        tuner.key(KEYS.Key_Right)
    assert view.curves.costs.escape > Costs().escape
    tuner.click(view.curves.cheapest)
    cheapest = view.desk.threshold
    for out, cost in (("best", None), ("cheapest", view.curves.costs.escape)):
        tune(str(tile.path), spots, tmp_path / out, "test", 0.5, cost, 0.0)
    chosen = {out: json.loads((tmp_path / out / "choice.json").read_text("utf-8")) for out in ("best", "cheapest")}
    assert {out: choice["threshold"] for out, choice in chosen.items()} == {"best": best, "cheapest": cheapest}
    assert chosen["cheapest"]["at_threshold"]["escapes"] == int(view.counts.parts.text(1, 0))


@pytest.mark.parametrize("order", list(Order))
def test_frames_are_sorted_by_what_matters(tuner: Tuner, order: Order) -> None:
    tuner.view.pictures.order.setFocus()
    tuner.key(KEYS.Key_End)
    for _ in range(len(Order) - 1 - list(Order).index(order)):
        tuner.key(KEYS.Key_Up)
    assert tuner.view.pictures.order.currentText() == f"{order} first"
    assert tuner.frames() == ordered(tuner.view.session.trial, 4.0, order).tolist()


def test_a_count_shows_its_frames_and_follows_t(tuner: Tuner) -> None:
    view = tuner.view
    trial = view.session.trial
    tuner.click_count(view.counts.parts, 1, 2)
    assert sorted(tuner.frames()) == frames_of_parts(trial, 4.0, True, Verdict.REJECT).tolist()
    assert view.pictures.count.text().startswith("defective parts, reject: ")
    tuner.drag(view.curves.quality, 4.0, 10.5)
    rejected = frames_of_parts(trial, view.desk.threshold, True, Verdict.REJECT).tolist()
    assert sorted(tuner.frames()) == rejected
    assert len(rejected) < 8
    tuner.click(view.pictures.all)
    assert len(tuner.frames()) == 2 * PARTS


def test_a_cell_of_the_confusion_matrix_shows_its_frames_by_key(tuner: Tuner) -> None:
    kinds = tuner.view.counts.kinds
    assert [kinds.horizontalHeaderItem(i).text() for i in range(3)] == ["missed", "spot", "smear"]
    kinds.setCurrentCell(1, 1)
    kinds.setFocus()
    tuner.key(KEYS.Key_Return)
    assert tuner.view.pictures.count.text().startswith("smear found as spot: ")
    swept = tuner.view.session.trial.swept
    smeared = {int(swept.objects.frame[i]) for i in np.flatnonzero(swept.objects.kind == CLASSES.index("smear"))}
    assert set(tuner.frames()) <= smeared
    assert tuner.frames()


def test_a_bar_of_the_histogram_shows_its_frames(tuner: Tuner) -> None:
    curves, swept = tuner.view.curves, tuner.view.session.trial.swept
    chart = curves.severities
    bars = chart.plot.bars[1].heights
    bar = int(np.flatnonzero(bars)[-1])
    field = chart.field
    x = field.left() + (bar + 0.5) * field.width() / len(bars)
    y = field.bottom() - bars[bar] / chart.plot.top * field.height() / 2
    tuner.click(chart, QPoint(round(x), round(y)))
    px = swept.histogram[:, 1:, 4 * bar : 4 * bar + 4].sum((1, 2))
    assert set(tuner.frames()) == set(np.flatnonzero(px).tolist())
    assert (np.diff(px[tuner.frames()]) <= 0).all()
    assert curves.box.value() == 4.0, "a bar is picked, T stays"
    curves.kind.setCurrentText("smear")
    assert chart.plot.bars[1].name == "smear"
    chart.setFocus()
    tuner.key(KEYS.Key_Up)
    QTest.keyClick(chart, KEYS.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert tuner.view.pictures.count.text().startswith("background of severity ")


def test_a_frame_is_shown_large_and_t_moves_there_too(tuner: Tuner) -> None:
    view = tuner.view
    tuner.click_frame(0, double=True)
    large = view.pictures.large
    tuner.see(lambda: large.viewer.view.shown is not None and large.settled)
    name = view.session.trial.swept.truth.frames[tuner.frames()[0]].name
    assert large.viewer.view.shown.name == name
    assert tuner.page.viewer is large.viewer
    tuner.drag(view.curves.quality, 4.0, 11.9)
    tuner.see(lambda: large.viewer.view.shown.threshold == view.desk.threshold)
    assert "ACCEPT" in large.title.text()
    tuner.type(large.viewer.box.lineEdit(), "3")
    tuner.key(KEYS.Key_Return)
    assert view.curves.box.value() == 3.0
    large.viewer.view.setFocus()
    tuner.key(KEYS.Key_Escape)
    assert view.pictures.grid.isVisible()
    assert tuner.page.viewer is None


def test_a_minimum_area_is_tried_and_taken_back(tuner: Tuner) -> None:
    view = tuner.view
    before = view.session.trial
    view.views.tabs.setCurrentIndex(1)
    tuner.type(view.settings.fields["min_area"], "200")
    assert view.session.trial is None, "nothing is shown of another recipe"
    assert view.curves.quality.instead == "reckoning ..."
    assert view.counts.parts.text(0, 0) == "\N{HORIZONTAL ELLIPSIS}"
    tuner.see(lambda: view.session.trial is not None)
    trial = view.session.trial
    assert trial.recipe.min_area.value == 200
    assert trial.detections.sum() < before.detections.sum()
    assert trial.swept is before.swept
    tuner.drag(view.curves.quality, 4.0, 7.0)
    for _ in range(2):
        tuner.key(KEYS.Key_Z, CTRL)
    tuner.see(lambda: view.session.trial is not None)
    assert view.session.trial.recipe == before.recipe
    assert view.curves.box.value() == 4.0
    tuner.key(KEYS.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    tuner.see(lambda: view.session.trial is not None)
    assert view.session.trial.recipe.min_area.value == 200


def test_another_cluster_distance_is_measured_from_the_kept_maps(tuner: Tuner) -> None:
    view = tuner.view
    tuner.type(view.settings.fields["cluster_distance"], "12")
    tuner.see(lambda: view.session.trial is not None)
    assert view.session.trial.swept.distance == 12
    tuner.type(view.settings.fields["cluster_distance"], "no number")
    assert view.session.instead == WRONG
    assert "it is a number of px from 0 to 64" in view.settings.problems["cluster_distance"].problem
    tuner.click(view.settings.discard)
    tuner.see(lambda: view.session.trial is not None)
    assert view.session.trial.swept.distance == 4


def test_measuring_can_be_cancelled_and_goes_on(open_page, spots: Path) -> None:
    tuner = open_page()
    session = tuner.view.session
    tuner.open(spots)
    tuner.click(tuner.view.setup.go)
    tuner.see(lambda: session.progress is not None and session.progress.done >= 1)
    tuner.see(lambda: tuner.view.setup.go.text() == "Cancel")
    tuner.click(tuner.view.setup.go)
    assert session.trial is None
    assert tuner.view.curves.quality.instead == STOPPED
    tuner.see(lambda: session.settled)
    assert session.trial is None, "what was cancelled does not come"
    tuner.click(tuner.view.setup.go)
    tuner.see(lambda: session.trial is not None)
    assert tuner.view.setup.go.text() == "Measure"


def test_people_are_told_why_a_set_can_not_be_used(open_page, spots: Path, tmp_path: Path) -> None:
    tuner = open_page()
    tuner.click(tuner.view.setup.go)
    assert tuner.troubles.pop() == "Name the folder of a dataset first: images, masks and dataset.json lie in it."
    empty = tmp_path / "empty"
    empty.mkdir()
    tuner.measure(empty)
    assert "is no dataset folder" in tuner.troubles.pop()
    wrong = shutil.copytree(spots, tmp_path / "wrong")
    write_png(wrong / "masks" / "part-1-view-0.png", np.zeros((8, 8), np.uint8))
    tuner.measure(wrong)
    assert "the mask of part-1-view-0 has (8, 8)" in tuner.troubles.pop()
    write_png(wrong / "masks" / "part-1-view-0.png", np.full((70, 90), 7, np.uint8))
    tuner.measure(wrong)
    assert "holds class 7" in tuner.troubles.pop()
    shutil.rmtree(wrong / "masks")
    tuner.measure(wrong)
    assert "has no defect" in tuner.troubles.pop()
    assert tuner.view.session.trial is None
    tuner.measure(spots)
    assert tuner.view.session.trial is not None


def test_a_model_that_is_gone_is_named(tuner: Tuner, library: RecipeLibrary, bundle: Path, tmp_path: Path) -> None:
    other = shutil.copytree(bundle, tmp_path / "other")
    kept = library.add(Recipe(name="gone", model=str(other), threshold=5), "Ana", "x", "made")
    shutil.rmtree(other)
    tuner.page.view.reload()
    tuner.view.setup.recipe_chosen.emit(kept.path)
    tuner.see(lambda: len(tuner.troubles) > 1 or tuner.view.session.instead == WRONG)
    assert tuner.view.session.trial is None
    assert tuner.frames() == [] or not tuner.view.pictures.grid.frames.is_judged


def test_reviews_are_a_truth_too(open_page, journal: Journal, tile: Kept) -> None:
    model = load_tiny(tile.recipe.model)
    for i, severity in enumerate((0.0, 9.0, 4.5, 7.0)):
        frame = Frame(spot_frame(severity), i, f"part-{i}.png", f"{i}", CAPTURED)
        entry = journal.add(judge(measure(frame, model), tile.recipe), tile.recipe, "folder")
        journal.add_review(entry, Verdict.REJECT if severity > 5 else Verdict.ACCEPT, "ada", "looked at it")
    tuner = open_page()
    view = tuner.view
    view.setup.truth.setFocus()
    QTest.keyClicks(view.setup.truth, "rev")
    assert not view.setup.folder.isVisible()
    tuner.click(view.setup.go)
    tuner.see(lambda: view.session.trial is not None)
    tuner.settle()
    assert len(tuner.frames()) == 4
    assert not view.curves.quality.isVisible()
    assert not view.counts.kinds.isVisible()
    tuner.click(view.curves.cheapest)
    trial, at = view.session.trial, column(view.desk.threshold)
    assert (trial.escapes[at], trial.false_rejects[at]) == (0, 0)


def test_the_page_is_made_when_somebody_comes_to_it(
    open_window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    driver = open_window().finish()
    page = driver.window.tune
    assert page.viewer is None
    assert not page.findChildren(QPushButton)
    driver.window.go_to(page)
    assert page.view.save.isEnabled(), "no password is set"
    driver.see(lambda: page.view.curves.quality.instead == BEGIN)
    assert driver.window.viewer is driver.window.station.viewer


def test_the_dataset_that_was_measured_is_named_the_next_time(
    open_window, spots: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    driver = open_window().finish()
    window = driver.window
    window.go_to(window.tune)
    setup = window.tune.view.setup
    assert setup.folder.text() == ""
    QTest.keyClicks(setup.folder, str(spots))
    driver.click(setup.go)
    driver.see(lambda: window.setup.settings.dataset == str(spots))
    driver.close()
    again = open_window(dataset=window.setup.settings.dataset).finish().window
    again.go_to(again.tune)
    assert again.tune.view.setup.folder.text() == str(spots)
