"""The report of a shift: its counts, its curves, its rejects with pictures, what happened and what was changed."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from inspector.errors import InspectorError
from inspector.files import draft_of, publish, write_synced
from inspector.journal.entry import Entry
from inspector.journal.log import Log
from inspector.journal.query import EntryFilter, Order
from inspector.journal.report.charts import draw_hours, draw_kinds, draw_severities
from inspector.journal.report.paper import COLOURS, GREY, LEADING, LEFT, PALE, WIDE, Paper
from inspector.journal.report.pdf import Pdf, wrapped
from inspector.journal.schema import number_text
from inspector.journal.statistics import hour_bounds
from inspector.policy import with_units
from inspector.types import Pixels, Verdict

PICTURES = 48
"""Of the most severe parts, at most."""

_COLUMNS, _GAP, _PICTURE, _CELL = 3, 14.0, 100.0, 168.0
"""Pictures in a row, between them, the height of one, and with what is said of it."""

_SIDE = 400
"""Px of the longer side of a picture."""


def write_report(
    journal: Log,
    since: datetime,
    until: datetime,
    path: Path,
    pictures: int = PICTURES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write the report of a shift as PDF.

    Parameters
    ----------
    journal : Log
    since, until : datetime
        Aware; the report tells its times in the zone of `since`.
    path : Path
    pictures : int
        Of the most severe rejects and doubtful parts, at most.
    progress : callable
        Is told how many of these pictures are done, and of how many; they are nearly all of the work.

    Raises
    ------
    InspectorError
        If the journal can't be read or the file not be written. A picture that is gone is told in its place.
    """
    paper, shift = Paper(), EntryFilter(since=since, until=until)
    bounds = [since, *(hour for hour in hour_bounds(since, until) if since < hour < until), until]
    paper.title("Shift report", f"{since:%A %d %B %Y, %H:%M} to {until.astimezone(since.tzinfo):%H:%M}", journal.name)
    _write_counts(paper, journal, shift)
    draw_hours(paper, journal, bounds)
    draw_kinds(paper, journal, shift)
    draw_severities(paper, journal, shift)
    _write_pictures(paper, journal, shift, pictures, since.tzinfo, progress)
    _write_log(paper, journal, shift, since.tzinfo)
    try:
        write_synced(draft_of(path), paper.pdf.to_bytes())
        publish(draft_of(path), path)
    except OSError as error:
        raise InspectorError(f"{path} can't be written ({error.strerror}); choose another folder") from error


def _write_counts(paper: Paper, journal: Log, shift: EntryFilter) -> None:
    told = {"judged by the program": journal.counts(shift), "after the reviews": journal.counts(shift, final=True)}
    paper.head("Verdicts", 3 * LEADING)
    paper.y += LEADING
    for place, verdict in enumerate(Verdict, 1):
        x = LEFT + 140 + 90 * place
        paper.pdf.box(x - 42, paper.y - 6, 6, 6, COLOURS[verdict])
        paper.right(x, verdict, colour=GREY)
    paper.right(LEFT + WIDE, "yield", colour=GREY)
    for name, counts in told.items():
        paper.y += LEADING
        paper.pdf.text(LEFT, paper.y, name)
        for place, verdict in enumerate(Verdict, 1):
            paper.right(LEFT + 140 + 90 * place, str(counts[verdict]))
        total = sum(counts.values())
        paper.right(LEFT + WIDE, f"{100 * counts[Verdict.ACCEPT] / total:.2f} %" if total else "-")
    lost = len(journal.unreadable(shift.since, shift.until))
    unread = f"; {lost} {'frame' if lost == 1 else 'frames'} could not be read" if lost else ""
    paper.say(f"{total} inspections{unread}", GREY)


def _write_pictures(
    paper: Paper, journal: Log, shift: EntryFilter, most: int, zone: tzinfo | None, progress: Callable[[int, int], None]
) -> None:
    wanted = EntryFilter(since=shift.since, until=shift.until, verdicts=(Verdict.REJECT, Verdict.REVIEW))
    ids, total = journal.ids(wanted, most, order=Order.MOST_SEVERE), journal.count(wanted)
    which = "all" if len(ids) == total else f"the {len(ids)} most severe"
    paper.head(f"Rejects and doubtful parts: {which} of {total}", _CELL)
    paper.y += LEADING
    width, entries = (WIDE - (_COLUMNS - 1) * _GAP) / _COLUMNS, enumerate(journal.read(ids))
    while row := list(islice(entries, _COLUMNS)):
        paper.need(_CELL)
        for done, entry in row:
            progress(done, len(ids))
            _write_part(paper.pdf, LEFT + done % _COLUMNS * (width + _GAP), paper.y, width, journal, entry, zone)
        paper.y += _CELL


def _write_part(pdf: Pdf, x: float, y: float, width: float, journal: Log, entry: Entry, zone: tzinfo | None) -> None:
    try:
        pixels = _with_boxes(journal.pixels(entry), entry)
        scale = min(width / pixels.shape[1], _PICTURE / pixels.shape[0])
        pdf.picture(x, y, scale * pixels.shape[1], scale * pixels.shape[0], pixels)
    except InspectorError as error:
        pdf.box(x, y, width, _PICTURE, PALE)
        for number, line in enumerate(wrapped(str(error), width - 12, 7)[:9]):
            pdf.text(x + 6, y + 12 + 9 * number, line, size=7, colour=GREY)
    told = [f"No. {number_text(entry.id)}, {entry.time.astimezone(zone):%H:%M:%S}, {entry.record['part']}"]
    told += [f"{entry.verdict}: {reason}" for reason in entry.record["reasons"][:1]]
    told += [f"{review.reviewer}: {review.verdict} {review.reason}" for review in entry.reviews[-2:]]
    lines = [(line, not number) for number, text in enumerate(told) for line in wrapped(text, width, 7)]
    for number, (line, bold) in enumerate(lines[:6]):
        pdf.text(x, y + _PICTURE + 10 + 9 * number, with_units(line), size=7, bold=bold)


def _with_boxes(pixels: Pixels, entry: Entry) -> Pixels:
    """The frame, small, with the boxes that were logged."""
    scale = min(1.0, _SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.repeat(small[..., None], 3, 2) if small.ndim == 2 else small
    colour = [255 * part for part in COLOURS[Verdict.REJECT]]
    for region in entry.record["regions"]:
        top, left, bottom, right = (round(scale * edge) for edge in region["box"])
        cv2.rectangle(picture, (left - 3, top - 3), (right + 2, bottom + 2), colour, 2)
    return np.asarray(picture, np.uint8)


def _write_log(paper: Paper, journal: Log, shift: EntryFilter, zone: tzinfo | None) -> None:
    def at(time: datetime) -> str:
        return f"{time.astimezone(zone):%H:%M}"

    events = [f"{at(one.time)}  {one.kind}: {one.text}" for one in journal.events(shift.since, shift.until)]
    changes = [
        f"{at(row.time)}  {row.change.who} changed {row.change.what}: {row.change.old or 'nothing'} to "
        f"{row.change.new or 'nothing'} ({row.change.why or 'no reason given'})"
        for row in journal.audit(shift.since, shift.until)
    ]
    for name, lines in (("What happened", events), ("What was changed", changes)):
        paper.head(name)
        for line in reversed(lines) if lines else ("Nothing.",):
            paper.say(line)
