"""``inspector log`` as people and scripts use it."""

import csv
import json
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from builders import CAPTURED, make_frame, make_inspection, make_recipe
from pyarrow.parquet import read_table as read_parquet
from tiny_bundle import write_tiny_bundle
from typer.testing import CliRunner

from inspector.errors import InspectorError
from inspector.journal.cli import app
from inspector.journal.store import Journal
from inspector.networks.bundle import load_model
from inspector.pipeline import judge, measure
from inspector.record import inspection_record
from inspector.types import Frame, Unreadable, Verdict


def run(*arguments: str) -> list[str]:
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, InspectorError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def log(url: str, *arguments: str) -> list[dict]:
    return [json.loads(line) for line in run(*arguments, "--json", "--journal", url)]


@pytest.fixture
def filled(url: str) -> str:
    with closing(Journal.open(url)) as journal:
        journal.add(
            make_inspection(make_frame(name="1.png"), verdict=Verdict.ACCEPT, kinds=()), make_recipe(), "folder"
        )
        journal.add_unreadable(Unreadable(1, "2.png", "is empty"), "folder")
        journal.add(make_inspection(make_frame(name="Prüfteil, 3.png")), make_recipe(), "folder")
        journal.add_review(3, Verdict.ACCEPT, "Ana", "a scratch of the tray")
    return url


def test_list_as_json(filled: str):
    newest, lost, oldest = log(filled, "list")
    expected = inspection_record(make_inspection(make_frame(name="Prüfteil, 3.png")))
    assert {key: newest[key] for key in expected} == expected
    assert (newest["id"], newest["source"], newest["model"]) == (3, "folder", "digest-of-the-model")
    assert newest["reviews"][0] | {"time": ""} == {
        "time": "",
        "reviewer": "Ana",
        "verdict": "accept",
        "reason": "a scratch of the tray",
        "blind": False,
    }
    assert (lost["id"], lost["name"], lost["error"]) == (2, "2.png", "is empty")
    assert (oldest["id"], oldest["verdict"]) == (1, "accept")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--verdict", "reject"], [3]),
        (["--verdict", "reject", "--verdict", "accept"], [3, 1]),
        (["--kind", "crack"], [3]),
        (["--limit", "2"], [3, 2]),
        (["--since", "2026-01-01"], [3, 2, 1]),
        (["--until", "2026-01-01T12:00:00"], []),
    ],
)
def test_list_filters(filled: str, options: list[str], found: list[int]):
    assert [line["id"] for line in log(filled, "list", *options)] == found


def test_list_for_people(filled: str):
    newest, lost, oldest = run("list", "--journal", filled)
    for part in ("accept", "Prüfteil, 3.png", "a crack of 16 px2 is a reject"):
        assert part in newest
    assert lost.split()[3:] == ["unread", "2.png", "is", "empty"]
    assert oldest.split()[0] == "1"


def test_export(filled: str, tmp_path: Path):
    run("export", "--out", str(tmp_path / "out"), "--journal", filled)
    lines = [json.loads(line) for line in (tmp_path / "out/results.jsonl").read_text("utf-8").splitlines()]
    assert lines == log(filled, "list")[::-1]
    with (tmp_path / "out/entries.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert (rows[1]["verdict"], rows[1]["error"]) == ("", "is empty")
    assert (rows[2]["name"], rows[2]["verdict"], rows[2]["kinds"]) == ("Prüfteil, 3.png", "reject", "crack")
    assert (rows[2]["final_verdict"], rows[2]["reviewer"]) == ("accept", "Ana")


def test_export_as_parquet(filled: str, tmp_path: Path):
    run("export", "--out", str(tmp_path / "csv"), "--journal", filled)
    run("export", "--parquet", "--out", str(tmp_path / "out"), "--journal", filled)
    assert not (tmp_path / "out/entries.csv").exists()
    table = read_parquet(tmp_path / "out/entries.parquet")
    with (tmp_path / "csv/entries.csv").open(encoding="utf-8", newline="") as text:
        expected = list(csv.DictReader(text))
    assert table.column_names == list(expected[0])
    for row, texts in zip(table.to_pylist(), expected, strict=True):
        assert row["time"] == datetime.fromisoformat(texts["time"])
        assert {name: "" if value is None else str(value) for name, value in row.items() if name != "time"} == {
            name: text for name, text in texts.items() if name != "time"
        }
    assert (table.schema.field("threshold").type, table.schema.field("id").type) == ("double", "int64")


def test_parquet_without_pyarrow_says_what_to_do(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InspectorError, match=r"entries\.parquet needs pyarrow.*CSV"):
        run("export", "--parquet", "--out", str(tmp_path / "out"), "--journal", filled)


def test_parquet_where_it_can_not_be_written(filled: str, tmp_path: Path):
    (tmp_path / "out/entries.parquet").mkdir(parents=True)
    with pytest.raises(InspectorError, match=r"out can't be written \([\w ]+\); choose another folder"):
        run("export", "--parquet", "--out", str(tmp_path / "out"), "--journal", filled)


def test_export_into_a_file_is_refused(filled: str, tmp_path: Path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InspectorError, match="choose another folder"):
        run("export", "--out", str(tmp_path / "out"), "--journal", filled)


def test_rejudge(url: str, tmp_path: Path):
    bundle = write_tiny_bundle(tmp_path / "tiny")
    model, recipe = load_model(bundle, threads=1), make_recipe(4.0, str(bundle))
    pixels = np.full((96, 128), 100, np.uint8)
    pixels[20:33, 40:60] = 180
    with closing(Journal.open(url)) as journal:
        for index in range(3):
            frame = Frame(pixels * (index > 0), index, f"{index}.png", f"{index}", CAPTURED)
            journal.add(judge(measure(frame, model), recipe), recipe, "folder")
    *flips, counts = log(url, "rejudge", "--threshold", "6")
    assert flips == [
        {"id": 1, "before": "accept", "after": "accept"},
        {"id": 2, "before": "reject", "after": "accept"},
        {"id": 3, "before": "reject", "after": "accept"},
    ]
    assert counts == {"inspections": 3, "flips": 2, "before": {"accept": 1, "reject": 2}, "after": {"accept": 3}}
    recipe.with_threshold(6.0).save(tmp_path / "other.toml")
    assert log(url, "rejudge", "--recipe", str(tmp_path / "other.toml")) == [*flips, counts]
    assert run("rejudge", "--threshold", "6", "--journal", url)[-1] == "2 of 3 flip"
    assert [line["id"] for line in log(url, "rejudge", "--threshold", "6", "--limit", "1")[:-1]] == [3]


def test_rejudge_goes_on_where_a_picture_is_gone(url: str, tmp_path: Path):
    bundle = write_tiny_bundle(tmp_path / "tiny")
    model, recipe = load_model(bundle, threads=1), make_recipe(4.0, str(bundle))
    pixels = np.full((96, 128), 100, np.uint8)
    pixels[20:33, 40:60] = 180
    with closing(Journal.open(url)) as journal:
        for index in range(2):
            frame = Frame(pixels, index, f"{index}.png", f"{index}", CAPTURED)
            journal.add(judge(measure(frame, model), recipe), recipe, "folder")
        (journal.folder / journal.entry(1).map_path).unlink()
    missed, flip, counts = log(url, "rejudge", "--threshold", "3")
    assert missed["id"] == 1
    assert "000001-map.png can't be read" in missed["error"]
    assert flip == {"id": 2, "before": "reject", "after": "reject"}
    counted = {"inspections": 1, "flips": 0, "before": {"reject": 1}, "after": {"reject": 1}, "left_out": 1}
    assert counts == counted
    with closing(Journal.open(url)) as journal:
        (journal.folder / journal.entry(2).map_path).unlink()
    with pytest.raises(InspectorError, match=r"none could be judged again: .*map\.png can't be read"):
        run("rejudge", "--threshold", "3", "--journal", url)


def test_rejudge_under_another_model_measures_anew(url: str, tmp_path: Path):
    weak, strong = write_tiny_bundle(tmp_path / "weak"), write_tiny_bundle(tmp_path / "strong", gain=6.0)
    model, recipe = load_model(weak, threads=1), make_recipe(6.0, str(weak))
    pixels = np.full((96, 128), 100, np.uint8)
    pixels[20:33, 40:60] = 180
    with closing(Journal.open(url)) as journal:
        frame = Frame(pixels, 0, "0.png", "0", CAPTURED)
        journal.add(judge(measure(frame, model), recipe), recipe, "folder")
    recipe.model_copy(update={"model": str(strong)}).save(tmp_path / "strong.toml")
    flip, _ = log(url, "rejudge", "--recipe", str(tmp_path / "strong.toml"))
    assert flip == {"id": 1, "before": "accept", "after": "reject"}


@pytest.mark.parametrize("options", [[], ["--threshold", "5", "--recipe", "demo"]])
def test_rejudge_wants_one_of_both(filled: str, options: list[str]):
    with pytest.raises(InspectorError, match="either --threshold or --recipe"):
        run("rejudge", *options, "--journal", filled)


def test_no_journal_there(url: str):
    with pytest.raises(InspectorError, match="there is no journal"):
        run("list", "--journal", url)
