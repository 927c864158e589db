"""What becomes of frames whose scores are known: parts, verdicts and intervals."""

import dataclasses

import numpy as np
import pytest
from scored_frames import evaluation_of, scored_frame
from tiny_bundle import write_tiny_bundle

from inspector.metrics.objects import ObjectMatch
from inspector.metrics.pixels import PixelCounts
from inspector.networks.bundle import Model, load_model
from inspector.types import Verdict
from training.summary import parts_of, summarise


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)


A, V, R = Verdict.ACCEPT, Verdict.REVIEW, Verdict.REJECT


def frames_of(parts: list[tuple[bool, list[Verdict]]]):
    return [
        scored_frame(f"{number}-{view}", part=str(number), defective=bad, verdict=verdict)
        for number, (bad, verdicts) in enumerate(parts)
        for view, verdict in enumerate(verdicts)
    ]


def test_a_part_has_the_worst_verdict_of_its_frames(model: Model) -> None:
    frames = frames_of(
        [(True, [A, R]), (True, [A, A]), (True, [V, A]), (False, [A, V]), (False, [A, A]), (False, [R, V])]
    )
    summary = summarise(evaluation_of(frames, model))
    counts, values = summary.counts, summary.values
    assert [counts[f"parts_defective_{v}"] for v in (A, V, R)] == [1, 1, 1]
    assert [counts[f"parts_sound_{v}"] for v in (A, V, R)] == [1, 1, 1]
    assert [counts[f"frames_defective_{v}"] for v in (A, V, R)] == [4, 1, 1]
    assert [counts[f"frames_sound_{v}"] for v in (A, V, R)] == [3, 2, 1]
    assert (values["parts.escaped"], values["frames.escaped"]) == (1 / 3, 4 / 6)
    assert (values["parts.falsely_rejected"], values["frames.falsely_rejected"]) == (1 / 3, 1 / 6)
    assert values["parts.disagreeing"] == 4 / 6
    assert (counts["parts"], counts["frames"]) == (6, 12)


def test_a_part_is_defective_if_any_of_its_frames_is(model: Model) -> None:
    frames = [scored_frame("a", part="p", defective=True, verdict=R), scored_frame("b", part="p", defective=False)]
    summary = summarise(evaluation_of([*frames, scored_frame("c", part="q", defective=False)], model))
    assert (summary.counts["parts_defective"], summary.counts["parts_sound"]) == (1, 1)
    assert summary.values["parts.escaped"] == 0
    assert np.isnan(summary.values["parts.disagreeing"])  # its frames rightly differ


def test_no_escape_among_eight_parts_is_no_certainty(model: Model) -> None:
    frames = frames_of([(True, [R])] * 8 + [(False, [A])] * 4)
    low, high = summarise(evaluation_of(frames, model)).intervals["parts.escaped"]
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 8))  # that often 8 of 8 are stopped by chance


def test_intervals_are_drawn_over_parts(model: Model) -> None:
    # Ten frames of the same two parts say no more than two frames.
    pixels = [PixelCounts(100, 100, (90,) * 3, (90,) * 3), PixelCounts(100, 100, (10,) * 3, (10,) * 3)]
    frames = [
        scored_frame(f"{part}-{view}", part=str(part), defective=True, pixels=pixels[part])
        for part in range(2)
        for view in range(10)
    ]
    summary = summarise(evaluation_of(frames, model))
    name = "all_images.pixels.strict.precision"
    assert summary.values[name] == 0.5
    assert summary.intervals[name] == (0.1, 0.9)
    alone = [dataclasses.replace(frame, part=frame.name) for frame in frames]
    low, high = summarise(evaluation_of(alone, model)).intervals[name]
    assert 0.2 < low < 0.5 < high < 0.8


def test_defective_images_are_told_apart_from_all(model: Model) -> None:
    good = scored_frame("good", defective=False, pixels=PixelCounts(0, 50, (0, 0, 0), (0, 0, 0)), detections=2)
    match = ObjectMatch(kind=1, detection=1, detected_kind=2, iou=0.75)
    bad = scored_frame("bad", defective=True, pixels=PixelCounts(40, 50, (30, 40, 50), (30, 35, 40)), matches=(match,))
    values = summarise(evaluation_of([good, bad], model)).values
    assert values["all_images.pixels.strict.precision"] == 0.3
    assert values["defective_images.pixels.strict.precision"] == 0.6
    assert values["defective_images.pixels.within_2_px.recall"] == 35 / 40
    assert values["all_images.pixels.pooled_iou"] == 30 / 110
    assert values["defective_images.pixels.mean_iou"] == 0.5
    assert values["all_images.objects.any_kind.precision"] == 1 / 3
    assert values["defective_images.objects.any_kind.precision"] == 1
    assert values["all_images.objects.right_kind.recall"] == 0
    assert values["all_images.objects.ar"] == 0.5


def test_parts_keep_the_order_of_the_split(model: Model) -> None:
    frames = [scored_frame(name, part=name[0], defective=True) for name in ("b1", "a1", "b2")]
    assert [[frame.name for frame in part] for part in parts_of(frames)] == [["b1", "b2"], ["a1"]]
