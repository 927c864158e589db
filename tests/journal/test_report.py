"""The report of a shift is a PDF that any viewer opens, and it holds what the shift was."""

import re
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from builders import make_frame, make_inspection, make_recipe
from judged_at import set_time
from sqlalchemy import update
from typer.testing import CliRunner

from inspector.errors import InspectorError
from inspector.journal.audit import Change
from inspector.journal.cli import app
from inspector.journal.report.pdf import Pdf, text_width, wrapped
from inspector.journal.report.shift import write_report
from inspector.journal.schema import inspections
from inspector.journal.store import Journal
from inspector.types import Unreadable, Verdict

ACCEPT, REVIEW, REJECT = Verdict


def objects(data: bytes) -> dict[int, bytes]:
    """The objects of a PDF by their numbers, found as a viewer finds them: by the table at its end."""
    (start,) = re.findall(rb"startxref\n(\d+)\n%%EOF\n$", data)
    head, *places = data[int(start) :].split(b"trailer")[0].splitlines()[1:]
    count = int(head.split()[1])
    assert len(places) == count
    assert all(len(place) == 19 for place in places)  # and its line end: 20 bytes each
    found = {}
    for number, place in enumerate(places[1:], 1):
        body = data[int(place[:10]) :]
        assert body.startswith(b"%d 0 obj\n" % number)
        found[number] = body[len(b"%d 0 obj\n" % number) : body.index(b"\nendobj\n")]
    return found


def stream(data: bytes) -> bytes:
    head, body = data.split(b"\nstream\n", 1)
    (length,) = re.findall(rb"/Length (\d+)", head)
    assert body[int(length) :] == b"\nendstream"
    return body[: int(length)]


def texts(data: bytes) -> list[str]:
    """All that is written on the pages, in the order of writing."""
    found = []
    for page in objects(data).values():
        if b"/Type /Page " in page:
            (content,) = re.findall(rb"/Contents (\d+) 0 R", page)
            drawn = zlib.decompress(stream(objects(data)[int(content)]))
            found += re.findall(rb"Td \((.*?)(?<!\\)\) Tj", drawn)
    return [re.sub(rb"\\(.)", rb"\1", one).decode("cp1252") for one in found]


def test_texts_and_pictures_come_back_out_of_the_file():
    pdf = Pdf()
    pdf.add_page()
    pdf.text(10, 20, r"Prüfteil (3) \ 5 mm², 日本", bold=True)
    pixels = np.full((40, 60, 3), (200, 40, 90), np.uint8)
    pdf.picture(10, 30, 60, 40, pixels)
    pdf.add_page()
    pdf.line([(0, 0), (10, 10), (20, 0)])
    data = pdf.to_bytes()
    assert texts(data) == [r"Prüfteil (3) \ 5 mm², ??"]
    (jpeg,) = (stream(one) for one in objects(data).values() if b"/DCTDecode" in one)
    colours = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert colours.shape == pixels.shape
    assert np.abs(colours.astype(int) - pixels).max() < 6
    assert b"/Count 2" in objects(data)[2]


def test_lines_are_as_wide_as_they_may_be():
    assert text_width("Hi", 1000) == 722 + 222
    assert text_width("é", 1000) == text_width("e", 1000) == 556
    text = "one word after the other until the line is full, and /a/very/long/path/without/any/space/in/it/at/all"
    lines = wrapped(text, 100, 9)
    assert all(text_width(line, 9) <= 100 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("", 100, 9) == [""]
    assert wrapped("WW", 1, 9) == ["W", "W"]


START = datetime(2026, 3, 4, 6, tzinfo=UTC)


@pytest.fixture
def shift(journal: Journal) -> Journal:
    """Six inspections ten minutes apart, from 6:00 UTC on, and one of another shift."""
    for number, verdict in enumerate((ACCEPT, REJECT, ACCEPT, REVIEW, REJECT, ACCEPT, REJECT)):
        kinds = () if verdict is ACCEPT else ("crack",)
        frame = make_frame((64, 96), name=f"{number}.png", part=f"part {number}", seed=number)
        journal.add(make_inspection(frame, verdict=verdict, kinds=kinds), make_recipe(), "folder")
        after = timedelta(minutes=10 * number) if number < 6 else timedelta(hours=9)
        set_time(journal, number + 1, START + after)
    journal.add_review(2, ACCEPT, "anna", "a reflection")
    return journal


def test_a_shift(shift: Journal, tmp_path: Path):
    shift.add_unreadable(Unreadable(9, "broken.png", "is empty"), "folder")
    shift.add_event("source lost", "folder is away")
    shift.add_change(Change("anna", "recipe tile", "T 5.4", "T 4.8", "scratches passed"))
    (shift.folder / shift.entry(5).frame_path).unlink()
    write_report(shift, START, START + timedelta(hours=8), tmp_path / "shift.pdf")
    told = texts((tmp_path / "shift.pdf").read_bytes())
    assert told[:2] == ["Shift report", "Wednesday 04 March 2026, 06:00 to 14:00"]
    judged, reviewed = told.index("judged by the program"), told.index("after the reviews")
    assert told[judged + 1 : judged + 5] == ["3", "1", "2", "50.00 %"]
    assert told[reviewed + 1 : reviewed + 5] == ["4", "1", "1", "66.67 %"]
    assert "6 inspections" in told
    assert [told[told.index(hour) + 1] for hour in ("06:00", "07:00")] == ["50.0 %", "-"]
    assert told[told.index("crack") + 1 : told.index("crack") + 3] == ["3", "100 %"]
    assert "Rejects and doubtful parts: all of 3" in told
    assert [line for line in told if line.startswith("No. ")] == [
        "No. 5, 06:40:00, part 4",
        "No. 4, 06:30:00, part 3",
        "No. 2, 06:10:00, part 1",
    ]
    assert "anna: accept a reflection" in told
    assert "000005-frame.png" in "".join(told)
    assert sum(b"/DCTDecode" in one for one in objects((tmp_path / "shift.pdf").read_bytes()).values()) == 2
    # What happened is of now, and not of the shift.
    assert told[-4:] == ["What happened", "Nothing.", "What was changed", "Nothing."]
    now = datetime.now(UTC)
    write_report(shift, now - timedelta(hours=1), now + timedelta(hours=1), tmp_path / "now.pdf")
    told = texts((tmp_path / "now.pdf").read_bytes())
    assert "0 inspections; 1 frame could not be read" in told
    assert any(line.endswith("source lost: folder is away") for line in told)
    assert any("anna changed recipe tile: T 5.4 to T 4.8 (scratches passed)" in line for line in told)


def test_many_rejects_go_over_several_pages(shift: Journal, tmp_path: Path):
    for number in range(24):
        shift.add(make_inspection(make_frame((64, 96), seed=number)), make_recipe(), "folder")
    now = datetime.now(UTC)
    write_report(shift, now - timedelta(hours=1), now + timedelta(hours=1), tmp_path / "now.pdf", pictures=22)
    data = (tmp_path / "now.pdf").read_bytes()
    assert b"/Count 3" in objects(data)[2]
    assert "Rejects and doubtful parts: the 22 most severe of 24" in texts(data)


def test_the_chart_of_severities(journal: Journal, tmp_path: Path):
    draw = np.random.default_rng(1)
    frame = make_frame((16, 16))
    for number in range(21 * 25):
        if not number:
            journal.add(make_inspection(frame, verdict=ACCEPT, kinds=()), make_recipe(), "folder")
            with journal._engine.connect() as connection:
                row = dict(connection.execute(inspections.select()).mappings().one())
            rows = []
        else:
            rows.append({**row, "id": number + 1})
    with journal._writer.begin() as connection:
        connection.execute(inspections.insert(), rows)
        for number in range(21 * 25):
            severity = 2 + draw.normal(0, 0.2) + (2 if number >= 500 else 0)
            moved = update(inspections).where(inspections.c.id == number + 1)
            connection.execute(moved.values(time=START + timedelta(seconds=number), max_severity=severity))
    write_report(journal, START, START + timedelta(hours=8), tmp_path / "shift.pdf")
    told = texts((tmp_path / "shift.pdf").read_bytes())
    assert "Severity of accepted inspections under tile, T 5.4" in told
    assert "1 of 21 points are out of control." in told


def test_a_place_that_can_not_be_written_is_said(shift: Journal, tmp_path: Path):
    with pytest.raises(InspectorError, match="choose another folder"):
        write_report(shift, START, START + timedelta(hours=8), tmp_path / "nowhere" / "shift.pdf")


def test_the_command(shift: Journal, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with closing(shift):
        at = (START + timedelta(hours=1)).astimezone().strftime("%Y-%m-%dT%H:%M")
        result = CliRunner().invoke(
            app, ["report", "--at", at, "--out", str(tmp_path / "shift.pdf"), "--journal", url], catch_exceptions=False
        )
    assert result.exit_code == 0, result.output
    assert f"{tmp_path / 'shift.pdf'}: the shift from 2026-03-0" in result.stdout
    assert "Shift report" in texts((tmp_path / "shift.pdf").read_bytes())


def test_how_far_a_report_is_is_told(shift: Journal, tmp_path: Path):
    told: list[tuple[int, int]] = []
    write_report(
        shift,
        START,
        START + timedelta(hours=8),
        tmp_path / "shift.pdf",
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 3), (1, 3), (2, 3)]
