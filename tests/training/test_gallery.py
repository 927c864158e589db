import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from scored_frames import evaluation_of, scored_frame
from spot_dataset import write_png
from tiny_bundle import write_tiny_bundle

from inspector.dataset import read_dataset
from inspector.networks.bundle import load_model
from inspector.types import Verdict
from training.evaluate import Evaluation
from training.gallery import draw_gallery


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    """Two frames of one cracked part that escaped, one of another, and a false alarm; predictions in masks/."""
    parts = {"a-0": "a", "a-1": "a", "b-0": "b", "good": "good"}
    crack = np.zeros((900, 700), np.uint8)
    crack[100:800, 350] = 1
    for name in parts:
        write_png(tmp_path / "data" / "images" / f"{name}.png", np.full(crack.shape, 90, np.uint8))
        found = np.zeros_like(crack)
        found[0:40, 660:] = name == "good"
        write_png(tmp_path / "masks" / f"{name}.png", found)
        if name != "good":
            write_png(tmp_path / "data" / "masks" / f"{name}.png", crack)
    meta = {"name": "cracks", "classes": ["background", "crack"], "splits": {"test": list(parts)}}
    (tmp_path / "data" / "dataset.json").write_text(json.dumps(meta), "utf-8")
    frames = [
        scored_frame(
            name, part=part, defective=part != "good", verdict=Verdict.REVIEW if part == "good" else Verdict.ACCEPT
        )
        for name, part in parts.items()
    ]
    made_up = evaluation_of(frames, load_model(write_tiny_bundle(tmp_path / "tiny"), threads=1))
    return dataclasses.replace(made_up, dataset=read_dataset(tmp_path / "data"))


def test_each_picture_shows_another_part(evaluation: Evaluation, tmp_path: Path) -> None:
    gallery = draw_gallery(evaluation, tmp_path / "masks")
    titles = {name: [axes.get_title().split("\n")[0] for axes in figure.axes] for name, figure in gallery.items()}
    assert titles == {"escapes": ["a-0", "b-0"], "false_alarms": ["good"]}


def test_a_crack_one_pixel_wide_is_seen_in_the_small_picture_of_a_large_frame(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    axes = draw_gallery(evaluation, tmp_path / "masks")["escapes"].axes[0]
    assert axes.images[0].get_array().shape == (480, 373)
    (annotated,) = axes.collections
    (left, bottom), (right, top) = annotated.get_datalim(axes.transData).get_points()
    assert (left, right) == pytest.approx((186, 188), abs=1.5)
    assert (bottom, top) == pytest.approx((53, 427), abs=1.5)


def test_what_was_found_at_the_border_is_outlined_too(evaluation: Evaluation, tmp_path: Path) -> None:
    axes = draw_gallery(evaluation, tmp_path / "masks")["false_alarms"].axes[0]
    (found,) = axes.collections
    assert sum(len(path) for path in found.get_paths()) > 4
    assert found.get_datalim(axes.transData).x1 == pytest.approx(372.5)
