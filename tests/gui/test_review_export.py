"""What leaves the journal: a table, a report, a dataset; and a sentence on what was left out."""

import csv
from pathlib import Path

import pytest
from gui.driving import Driver
from gui.review_bench import CTRL, settle, show_review
from pyarrow.parquet import read_table as read_parquet
from PySide6.QtCore import Qt

from inspector.dataset import read_dataset


@pytest.fixture
def reviewing(open_window) -> Driver:
    return show_review(open_window().finish())


def test_the_listed_inspections_as_a_table(reviewing: Driver, tmp_path: Path) -> None:
    export = reviewing.window.review.export
    reviewing.key(Qt.Key.Key_E, CTRL)
    assert export.dialog is not None
    assert not export.dialog.isModal()
    export.dialog.close()
    export.write_table(tmp_path / "out")
    settle(reviewing)
    assert export.said.text().startswith("2 inspections are in ")
    with (tmp_path / "out" / "entries.csv").open(encoding="utf-8", newline="") as table:
        assert [row["name"] for row in csv.DictReader(table)] == ["part-4.png", "part-1.png"]
    export.write_table(tmp_path / "out")
    settle(reviewing)
    assert "choose another folder" in export.said.text()
    reviewing.click(export.close_strip)
    assert not export.isVisible()


def test_the_listed_inspections_as_parquet(reviewing: Driver, tmp_path: Path) -> None:
    export = reviewing.window.review.export
    export.choose_parquet()
    export.dialog.close()
    export.write_parquet(tmp_path / "out")
    settle(reviewing)
    assert export.said.text().startswith(f"2 inspections are in {tmp_path / 'out' / 'entries.parquet'}")
    assert read_parquet(tmp_path / "out" / "entries.parquet")["name"].to_pylist() == ["part-4.png", "part-1.png"]


def test_the_report_of_a_shift(reviewing: Driver, tmp_path: Path) -> None:
    export = reviewing.window.review.export
    export.choose_report()
    assert export.dialog.selectedFiles()[0].endswith(".pdf")
    export.dialog.close()
    export.write_shift(tmp_path / "shift.pdf")
    settle(reviewing)
    assert (tmp_path / "shift.pdf").read_bytes().startswith(b"%PDF")
    assert str(tmp_path / "shift.pdf") in export.said.text()


def test_a_dataset_of_the_reviewed(reviewing: Driver, tmp_path: Path) -> None:
    page = reviewing.window.review
    page.export.write_dataset(tmp_path / "set")
    settle(reviewing)
    assert "was reviewed or drawn on" in page.export.said.text()
    assert not (tmp_path / "set").exists()
    journal = reviewing.window.line.journal
    page.filter.verdict.setCurrentText("all verdicts")
    settle(reviewing)
    for entry in journal.entries():
        journal.add_review(entry.id, entry.verdict, "anna", "")
    frame = next((tmp_path / "log").rglob("*01-frame.png"))
    frame.unlink()
    page.export.write_dataset(tmp_path / "set")
    settle(reviewing)
    said = page.export.said.text()
    assert said.startswith("4 frames (")
    assert "1 left out; the first: " in said
    dataset = read_dataset(tmp_path / "set")
    assert sum(len(samples) for samples in dataset.splits.values()) == 4
