"""`inspector log check` and `log audit`, as people use them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import make_frame, make_inspection, make_recipe
from typer.testing import CliRunner

from inspector.errors import InspectorError
from inspector.journal.audit import Change
from inspector.journal.cli import app
from inspector.journal.store import Journal


def run(url: str, command: str) -> tuple[str, str]:
    """What the command prints, and the sentence that it fails with."""
    result = CliRunner().invoke(app, [command, "--journal", url])
    assert isinstance(result.exception, (InspectorError, type(None), SystemExit)), result.output
    return result.output, str(result.exception or "")


@pytest.fixture
def filled(url: str) -> str:
    with closing(Journal.open(url)) as journal:
        for number in range(3):
            journal.add(make_inspection(make_frame(seed=number)), make_recipe(), "folder")
        journal.add_change(Change("anna", "recipe tile", "T 5.4", "T 4.8", "scratches passed"))
        journal.add_change(Change("bert", "password", "", "set", "first start"))
    return url


def test_a_whole_journal(filled: str):
    printed, failed = run(filled, "check")
    assert failed == ""
    assert "3 inspections, pictures of 0 of them removed" in printed
    assert "2 changes in the audit" in printed
    with closing(Journal.open(filled)) as journal:
        assert journal.audit()[0].digest in printed
    assert printed.endswith("everything is whole\n")


def test_each_fault_is_named(filled: str, tmp_path: Path):
    with closing(Journal.open(filled)) as journal:
        (journal.folder / journal.entry(1).frame_path).write_bytes(b"other")
        (journal.folder / journal.entry(2).map_path).unlink()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file, file:
        file.execute("UPDATE audit SET who='carl' WHERE id=1")
    printed, failed = run(filled, "check")
    assert failed.startswith("3 faults in the journal")
    for sign in ("inspection 1: ", "is damaged or was changed", "inspection 2: ", "can't be read", "change 1 (recipe"):
        assert sign in printed
    assert "whole" not in printed


def test_a_row_that_names_a_file_elsewhere_is_not_followed(filled: str, tmp_path: Path):
    (tmp_path / "secret.png").write_bytes(b"of somebody")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as file, file:
        file.execute("UPDATE inspections SET frame_path='../secret.png' WHERE id=1")
        file.execute("UPDATE inspections SET map_path=? WHERE id=2", [str(tmp_path / "secret.png")])
    printed, failed = run(filled, "check")
    assert failed.startswith("2 faults")
    assert printed.count("lies outside") == 2


def test_the_audit_is_listed_newest_first(filled: str):
    printed, _ = run(filled, "audit")
    newest, oldest = printed.splitlines()
    assert newest.endswith("  bert  password: nothing -> set  (first start)")
    assert oldest.endswith("  anna  recipe tile: T 5.4 -> T 4.8  (scratches passed)")
