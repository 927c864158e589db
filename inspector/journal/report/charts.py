"""The charts of a report: verdicts by the hour, kinds of defects, severities with their control limits."""

from collections.abc import Sequence
from datetime import datetime

from inspector.journal.control import BASELINE, control_limits, out_of_control
from inspector.journal.log import Log
from inspector.journal.query import EntryFilter
from inspector.journal.report.paper import COLOURS, GREY, LEADING, LEFT, PALE, WIDE, Paper
from inspector.journal.report.pdf import Colour
from inspector.journal.statistics import GROUP, accepted_severities, pareto, recipe_counts, tallies
from inspector.types import Verdict

_HIGH = 85.0


def draw_hours(paper: Paper, journal: Log, bounds: Sequence[datetime]) -> None:
    """Verdicts between each two times, as bars on top of each other, with the yield."""
    hours = tallies(journal, bounds)
    most = max(1, *(tally.total for tally in hours))
    paper.head("By the hour", _HIGH + 2 * LEADING)
    base, step = paper.y + _HIGH + LEADING, WIDE / len(hours)
    for place, (tally, begin) in enumerate(zip(hours, bounds, strict=False)):
        x, y = LEFT + (place + 0.1) * step, base
        for verdict in Verdict:
            height = _HIGH * tally.counts[verdict] / most
            y -= height
            paper.pdf.box(x, y, 0.8 * step, height, COLOURS[verdict])
        share = tally.yield_share
        paper.pdf.text(x, base + 10, f"{begin:%H:%M}", size=7, colour=GREY)
        paper.pdf.text(x, base + 19, "-" if share is None else f"{100 * share:.1f} %", size=7)
    paper.y = base + 19


def draw_kinds(paper: Paper, journal: Log, shift: EntryFilter) -> None:
    """The Pareto of kinds."""
    kinds = pareto(journal, shift)
    paper.head("Kinds of defects, by how many inspections have them", LEADING * (len(kinds) + 1))
    for one in kinds:
        paper.y += LEADING
        paper.pdf.text(LEFT, paper.y, one.kind)
        paper.pdf.box(LEFT + 110, paper.y - 7, (WIDE - 200) * one.count / kinds[0].count, 8, COLOURS[Verdict.REJECT])
        paper.right(LEFT + WIDE - 50, str(one.count))
        paper.right(LEFT + WIDE, f"{100 * one.share:.0f} %", colour=GREY)
    if not kinds:
        paper.say("None.", GREY)


def draw_severities(paper: Paper, journal: Log, shift: EntryFilter) -> None:
    """The severities of what was accepted, under the recipe that judged most: others do not compare with it."""
    counts = recipe_counts(journal, shift)
    if not counts:
        return
    digest = max(counts, key=lambda one: counts[one])
    recipe = journal.recipe(digest)
    own = EntryFilter(since=shift.since, until=shift.until, recipes=(digest,))
    values = [point.mean for point in accepted_severities(journal, own)]
    paper.head(f"Severity of accepted inspections under {recipe.name}, T {recipe.threshold:g}", _HIGH + 3 * LEADING)
    limits = control_limits(values)
    if limits is None:
        paper.say(f"Too few for a chart, which begins with {BASELINE} groups of {GROUP}.", GREY)
        return
    base, last = paper.y + _HIGH + LEADING, len(values) - 1

    def place(number: int, value: float) -> tuple[float, float]:
        return LEFT + WIDE * number / last, base - _HIGH * min(value / (recipe.threshold or 1.0), 1)

    lines: list[tuple[str, float, Colour]] = [("T", recipe.threshold, COLOURS[Verdict.REJECT]), ("0", 0.0, PALE)]
    lines += [(f"{value:.2f}", value, GREY) for value in (limits.lower, limits.centre, limits.upper) if value]
    for name, value, colour in lines:
        paper.pdf.line([place(0, value), place(last, value)], colour, 0.5)
        paper.pdf.text(LEFT + WIDE + 3, place(0, value)[1] + 2, name, size=6, colour=GREY)
    paper.pdf.line([place(number, value) for number, value in enumerate(values)], COLOURS[Verdict.ACCEPT])
    outside = out_of_control(values, limits)
    for number in outside:
        x, y = place(number, values[number])
        paper.pdf.box(x - 1.5, y - 1.5, 3, 3, COLOURS[Verdict.REJECT])
    paper.y = base + 4
    paper.say(
        f"Means of {GROUP} one after the other; limits from the moving range of the first {BASELINE} means.", GREY
    )
    paper.say(f"{len(outside)} of {len(values)} points are out of control.")
