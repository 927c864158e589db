"""The charts of the statistics: what stands in each, in which colour, and what its marks lead to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

from inspector.gui.colours import abnormal, verdict_look
from inspector.gui.statistics.chart import Chart, Mark
from inspector.gui.statistics.figures import Figures, Severities
from inspector.journal.query import EntryFilter
from inspector.journal.statistics import KindCount, Tally
from inspector.types import Verdict

_WIDTH = 0.8
_DASH, _DOT = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
_KINDS = 20
"""The most frequent kinds."""


def draw_yield(chart: Chart, figures: Figures) -> None:
    """Accepted ones of all, in percent: what is below 100 is lost."""
    chart.begin()
    shares = [
        (place, 100 * share) for place, one in enumerate(figures.tallies) if (share := one.yield_share) is not None
    ]
    places, values = [place for place, _ in shares], [value for _, value in shares]
    calm = _calm(chart)
    chart.plot(places, values, pen=pg.mkPen(calm, width=1.5))
    dots = pg.ScatterPlotItem(places, values, size=7 if len(places) < 100 else 4, brush=calm, pen=None)
    chart.addItem(dots)
    low = min(values, default=0.0)
    marks = [Mark(f"{_when(one)}: {_share(one)} of {one.total:,} accepted", one.wanted) for one in figures.tallies]
    room = 0.12 * (100 - low) + 0.2
    chart.finish(marks, max(0.0, low - room), 100 + room, _times(figures.tallies))


def draw_losses(chart: Chart, figures: Figures) -> None:
    """How many were rejected or sent to review, as bars on top of each other."""
    chart.begin()
    bottom = [0] * len(figures.tallies)
    for verdict in (Verdict.REJECT, Verdict.REVIEW):
        look = verdict_look(verdict, chart.palette())
        heights = [one.counts[verdict] for one in figures.tallies]
        seen = [place for place, height in enumerate(heights) if height]
        sizes = {"y0": [bottom[place] for place in seen], "height": [heights[place] for place in seen]}
        chart.addItem(pg.BarGraphItem(x=seen, **sizes, width=_WIDTH, brush=look.fill, pen=look.line))
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    marks = [
        Mark(
            f"{_when(one)}: {one.counts[Verdict.REJECT]:,} rejected, {one.counts[Verdict.REVIEW]:,} to review",
            _not_accepted(one.wanted, figures.asked.final),
        )
        for one in figures.tallies
    ]
    chart.finish(marks, 0, 1.08 * max(1, *bottom), _times(figures.tallies))


def draw_kinds(chart: Chart, figures: Figures) -> None:
    """The Pareto of kinds: bars from the most frequent down, with the share of this and all above it."""
    chart.begin()
    kinds = figures.kinds[:_KINDS]
    counts = [one.count for one in kinds]
    look = verdict_look(None, chart.palette())
    chart.addItem(
        pg.BarGraphItem(x0=0, y=list(range(len(counts))), width=counts, height=0.6, brush=look.line, pen=None)
    )
    ink = chart.palette().color(QPalette.ColorRole.WindowText)
    for place, one in enumerate(kinds):
        text = pg.TextItem(f"{one.count:,}   {one.share:.0%}", color=ink, anchor=(0, 0.5))
        text.setPos(one.count, place)
        chart.addItem(text, ignoreBounds=True)
    marks = [Mark(_about(one), replace(figures.asked.wanted, kinds=(one.kind,))) for one in kinds]
    names = [one.kind if len(one.kind) <= 14 else f"{one.kind[:13]}\N{HORIZONTAL ELLIPSIS}" for one in kinds]
    chart.finish(marks, 0, 1.8 * max(counts, default=1), names)


def draw_severities(chart: Chart, severities: Severities) -> None:
    """A control chart: what is out of control has another shape and the colour of what is not as it should be."""
    chart.begin()
    values = [point.mean for point in severities.points]
    grey = chart.palette().color(QPalette.ColorRole.PlaceholderText)
    seen = list(values)
    if limits := severities.limits:
        for value, line in ((limits.upper, _DASH), (limits.centre, _DOT), (limits.lower, _DASH)):
            chart.addItem(pg.InfiniteLine(value, angle=0, pen=pg.mkPen(grey, width=1, style=line)))
        seen += [limits.lower, limits.upper]
    calm, outside = _calm(chart), set(severities.outside)
    places = list(range(len(values)))
    chart.plot(places, values, pen=pg.mkPen(calm, width=1))
    inside = [place for place in places if place not in outside]
    size = 6 if len(places) < 150 else 4
    chart.addItem(pg.ScatterPlotItem(inside, [values[place] for place in inside], size=size, brush=calm, pen=None))
    alarm = sorted(outside)
    edge = pg.mkPen(chart.palette().color(QPalette.ColorRole.WindowText), width=0.7)
    chart.addItem(
        pg.ScatterPlotItem(
            alarm, [values[place] for place in alarm], size=size + 5, symbol="d", brush=abnormal(), pen=edge
        )
    )
    margin = 0.08 * (max(seen) - min(seen)) or 0.1
    marks = [
        Mark(
            f"{_span(point.wanted)}: mean {point.mean:.2f}, highest {point.highest:.2f}"
            + (", out of control" if place in outside else ""),
            point.wanted,
        )
        for place, point in enumerate(severities.points)
    ]
    texts = _texts([_begin(point.wanted) for point in severities.points])
    chart.finish(marks, max(0.0, min(seen) - margin), max(seen) + margin, texts)


def _calm(chart: Chart) -> QColor:
    return verdict_look(Verdict.ACCEPT, chart.palette()).ink


def _not_accepted(wanted: EntryFilter, final: bool) -> EntryFilter:
    bad = (Verdict.REVIEW, Verdict.REJECT)
    return replace(wanted, final_verdicts=bad) if final else replace(wanted, verdicts=bad)


def _about(one: KindCount) -> str:
    return f"{one.kind}: {one.count:,} inspections; {one.share:.0%} with all that are more frequent"


def _share(one: Tally) -> str:
    return "none" if one.yield_share is None else f"{one.yield_share:.2%}"


def _when(one: Tally) -> str:
    return _span(one.wanted)


def _begin(wanted: EntryFilter) -> datetime:
    assert wanted.since is not None, "a mark is about a span of time"
    return wanted.since.astimezone()


def _span(wanted: EntryFilter) -> str:
    assert wanted.until is not None, "a mark is about a span of time"
    begin, end = _begin(wanted), wanted.until.astimezone()
    if end - begin > timedelta(hours=12):
        return f"{begin:%d %b, %H:%M} to {end:%d %b, %H:%M}"
    return f"{begin:%d %b, %H:%M} to {end:%H:%M}"


def _times(tallies: Sequence[Tally]) -> list[str]:
    return _texts([_begin(one.wanted) for one in tallies])


def _texts(times: Sequence[datetime]) -> list[str]:
    """Times as they stand below a chart: hours within a day or two, else days with them."""
    if not times:
        return []
    if times[-1] - times[0] <= timedelta(hours=24):
        return [f"{time:%H:%M}" for time in times]
    if all(time.hour == times[0].hour for time in times[1:]) and times[0].hour == 0:
        return [f"{time:%d %b}" for time in times]
    return [f"{time:%d %b %H:%M}" for time in times]
