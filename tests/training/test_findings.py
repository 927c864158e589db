import dataclasses

import numpy as np
import pytest
from scored_frames import evaluation_of, scored_frame
from tiny_bundle import write_tiny_bundle

from inspector.metrics.disputes import Disputes
from inspector.metrics.objects import ObjectMatch
from inspector.metrics.pixels import PixelCounts
from inspector.networks.bundle import Model, load_model
from inspector.types import Unreadable, Verdict
from training.findings import answers, cautions, counted, number, percent
from training.summary import summarise


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny"), threads=1)


def line(bad: int, good: int, **cells):
    """Defective parts, of which the first escaped, and good ones, of which the last was rejected."""
    found, missed = ObjectMatch(1, 1, 1, 0.8), ObjectMatch(1, 0, 0, 0.0)
    return [
        *(
            scored_frame(
                f"bad-{n}",
                defective=True,
                verdict=Verdict.REJECT if n else Verdict.ACCEPT,
                matches=(found if n else missed,),
                **cells,
            )
            for n in range(bad)
        ),
        *(
            scored_frame(f"good-{n}", defective=False, verdict=Verdict.ACCEPT if n < good - 1 else Verdict.REJECT)
            for n in range(good)
        ),
    ]


def test_the_answers_come_in_plain_words(model: Model) -> None:
    found, rejected, severity = answers(summarise(evaluation_of(line(10, 20), model)))
    assert (found.answer, rejected.answer, severity.answer) == ("9 of 10", "1 of 20", "not known")
    assert "9 are outlined well (overlap above 0.5), 9 of these with the right kind" in found.detail
    assert "Of 10 defective parts, 1 part passed as good (likely 0 % to 45 %)" in found.detail
    assert "rejected (likely 0 % to 25 %); no further part goes to a person" in rejected.detail


def test_of_good_parts_nothing_is_said_where_there_are_none(model: Model) -> None:
    evaluation = evaluation_of(line(10, 0), model)
    assert answers(summarise(evaluation))[1].answer == "not known"
    assert any("no good part" in sentence for sentence in cautions(evaluation, summarise(evaluation)))


@pytest.mark.parametrize(("noise", "said"), [(0.3, "Yes"), (2.5, "In the rough"), (80, "No")])
def test_severity_is_trusted_as_far_as_it_ranks_with_contrast(model: Model, noise: float, said: str) -> None:
    rng = np.random.default_rng(0)
    contrast = rng.uniform(10, 90, 60)
    severity = contrast / 10 + rng.normal(0, noise, 60)
    summary = summarise(evaluation_of(line(40, 40, severity=severity, contrast=contrast), model))
    assert answers(summary)[2].answer == said


def test_a_high_correlation_of_few_parts_is_not_yet_trusted(model: Model) -> None:
    right, wrong = {"severity": range(20), "contrast": range(20)}, {"severity": range(20), "contrast": range(20, 0, -1)}
    frames = [scored_frame(f"{n}", defective=True, **(right if n else wrong)) for n in range(2)]
    more = [scored_frame("strong", defective=True, severity=range(30, 90), contrast=range(30, 90))]
    summary = summarise(evaluation_of([*frames, *more], model))
    assert summary.values["severity.defect_cells.spearman"] > 0.8
    assert answers(summary)[2].answer == "In the rough"


def test_cautions_name_what_the_figures_rest_on(model: Model) -> None:
    frames = [dataclasses.replace(frame, part=frame.name[:5]) for frame in line(8, 16)]
    evaluation = evaluation_of(frames, model, failed=[Unreadable(3, "x.png", "x.png is empty")])
    said = list(cautions(evaluation, summarise(evaluation)))
    assert any("only 8 defective parts" in sentence for sentence in said)
    assert any("1 frame could not be read" in sentence for sentence in said)
    assert any("0 defect cells only" in sentence for sentence in said)
    assert any("does not know the kind smear" in sentence for sentence in said)
    assert any("The 24 frames show" in sentence for sentence in said)


def test_enough_parts_need_no_caution(model: Model) -> None:
    cells = {"severity": np.linspace(1, 9, 20), "contrast": np.linspace(1, 9, 20)}
    known = dataclasses.replace(model, spec=model.spec.model_copy(update={"classes": ("background", "spot", "smear")}))
    evaluation = evaluation_of(line(30, 30, **cells), known)
    assert list(cautions(evaluation, summarise(evaluation))) == []


@pytest.mark.parametrize(("split", "said"), [("train", "learned from"), ("val", "chose T"), ("test", None)])
def test_figures_of_the_frames_that_were_learned_from_are_called_flattering(
    model: Model, split: str, said: str | None
) -> None:
    trained = dataclasses.replace(model, spec=model.spec.model_copy(update={"training": {"dataset": "spots"}}))
    evaluation = evaluation_of(line(30, 30), trained, split=split)
    flattering = [s for s in cautions(evaluation, summarise(evaluation)) if "flatter" in s]
    assert len(flattering) == bool(said)
    assert said is None or said in flattering[0]


def test_numbers_as_people_read_them() -> None:
    assert (number(0.12345), number(2, 1), number(float("nan"))) == ("0.123", "2.0", "-")
    assert (percent(0.126), percent(float("nan"))) == ("13 %", "-")
    assert (counted(0, "part"), counted(1, "part"), counted(7, "part")) == ("no part", "1 part", "7 parts")


@pytest.mark.parametrize(("share", "found", "said"), [(0.1, 51, True), (0.1, 40, False), (0.01, 51, False)])
def test_false_alarms_as_strong_as_what_was_missed_put_the_annotation_in_doubt(
    model: Model, share: float, found: float, said: bool
) -> None:
    count = round(1000 * share)
    disputes = Disputes(np.full(500, 70.0), np.full(count, 46.0), np.full(count, float(found)))
    pixels = PixelCounts(1000, 1000, (0, 0, 0), (0, 0, 0))
    evaluation = evaluation_of([scored_frame("bad", defective=True, disputes=disputes, pixels=pixels)], model)
    sentences = [text for text in cautions(evaluation, summarise(evaluation)) if "from any annotation" in text]
    assert bool(sentences) is said
    if said:
        assert "10 % of the pixels found" in sentences[0]
        assert "(51 grey values)" in sentences[0]
        assert "missed (46)" in sentences[0]
