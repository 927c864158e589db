"""What people see of a shift in figures, and the parts that each bar and point leads to."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, time, timedelta
from types import SimpleNamespace

import pytest
from builders import make_inspection, make_recipe
from judged_at import set_time
from PySide6.QtCore import QDateTime, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from sqlalchemy import insert, select

from inspector.gui.statistics.chart import Chart
from inspector.gui.statistics.page import StatisticsPage
from inspector.gui.statistics.periods import Period, Span, Step, bounds_of, span_of
from inspector.journal.query import EntryFilter
from inspector.journal.schema import inspections
from inspector.journal.store import Journal
from inspector.types import Verdict

ACCEPT, REVIEW, REJECT = Verdict
SHIFTS = (time(6), time(14), time(22))
DAY = datetime(2026, 3, 4)
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def add(
    journal: Journal, at: datetime, verdict: Verdict, kinds: tuple[str, ...] = (), severity=1.0, threshold=5.4
) -> int:
    """An inspection at a local time."""
    recipe = make_recipe(threshold)
    entry_id = journal.add(make_inspection(verdict=verdict, kinds=kinds, recipe=recipe), recipe, "folder")
    set_time(journal, entry_id, at.astimezone(), max_severity=severity)
    return entry_id


class Person:
    """The one before the page."""

    def __init__(self, qtbot, journal: Journal) -> None:
        self.qtbot, self.journal = qtbot, journal
        self.chosen: list[EntryFilter] = []
        self.page = StatisticsPage(SimpleNamespace(journal=journal), SHIFTS)
        self.page.chosen.connect(self.chosen.append)
        self.page.resize(1280, 690)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)
        self.page.reload()
        self.settle()

    def see(self, condition: Callable[[], bool]) -> None:
        def look() -> bool:
            self.page.refresh()
            return condition()

        self.qtbot.waitUntil(look, timeout=15_000)

    def settle(self) -> "Person":
        self.see(lambda: self.page.settled)
        return self

    def choose_time(self, since: datetime, until: datetime) -> "Person":
        controls = self.page.controls
        controls.since.setDateTime(QDateTime(since.year, since.month, since.day, since.hour, since.minute, 0))
        controls.until.setDateTime(QDateTime(until.year, until.month, until.day, until.hour, until.minute, 0))
        controls.period.setCurrentText(Period.EXACT)
        return self.settle()

    def whole_day(self) -> "Person":
        return self.choose_time(DAY, DAY + timedelta(days=1))

    def point(self, chart: Chart, x: float, y: float) -> QPoint:
        return chart.mapFromScene(chart.getViewBox().mapViewToScene(QPointF(x, y)))

    def click(self, chart: Chart, x: float, y: float) -> list[int]:
        """The parts that a click in a chart leads to."""
        QTest.mouseClick(chart.viewport(), LEFT, NONE, self.point(chart, x, y))
        return self.journal.ids(self.chosen[-1])


@pytest.fixture
def journal(journal_url: str) -> Iterator[Journal]:
    with closing(Journal.open(journal_url)) as opened:
        yield opened


@pytest.fixture
def ids(journal: Journal) -> list[int]:
    """At 5:30, 5:59, 6:00, 6:10, 6:20 and 8:00 of the day."""
    told = (
        (0, ACCEPT, ()),
        (29, REJECT, ("crack", "pit")),
        (30, ACCEPT, ()),
        (40, REVIEW, ("pit",)),
        (50, REJECT, ("pit",)),
        (150, ACCEPT, ()),
    )
    begin = DAY + timedelta(hours=5, minutes=30)
    return [add(journal, begin + timedelta(minutes=minutes), verdict, kinds) for minutes, verdict, kinds in told]


@pytest.fixture
def person(qtbot, journal: Journal) -> Iterator[Person]:
    one = Person(qtbot, journal)
    yield one
    one.page.close_threads()
    one.page.close()


def test_an_empty_journal_is_told_in_a_sentence(person: Person):
    assert "The journal is empty" in person.page.nothing.text()
    assert person.page.nothing.isVisible()
    assert not person.page.yields.isVisible()


def test_a_time_without_parts_says_when_the_last_one_was(ids: list[int], person: Person):
    assert "newest inspection of this journal is of 2026-03-04 08:00" in person.page.nothing.text()
    person.whole_day()
    assert not person.page.nothing.isVisible()
    assert person.page.yields.isVisible()


def test_the_numbers_of_a_day(ids: list[int], person: Person):
    person.whole_day()
    assert person.page.numbers.text().split("     ") == [
        "6 inspections",
        "3 accepted",
        "1 to review",
        "2 rejected",
        "yield 50.00%",
    ]
    texts = [mark.text for mark in person.page.yields.chart.marks]
    assert len(texts) == 24
    assert texts[6] == "04 Mar, 06:00 to 07:00: 33.33% of 3 accepted"


def test_points_and_bars_lead_to_their_parts(ids: list[int], person: Person):
    person.whole_day()
    assert person.click(person.page.yields.chart, 6, 60) == [ids[4], ids[3], ids[2]]
    assert person.click(person.page.losses.chart, 6, 1) == [ids[4], ids[3]]
    assert person.click(person.page.losses.chart, 5, 0.5) == [ids[1]]
    assert [mark.text.split(":")[0] for mark in person.page.kinds.chart.marks] == ["pit", "crack"]
    assert person.click(person.page.kinds.chart, 0.5, 0) == [ids[4], ids[3], ids[1]]
    assert person.click(person.page.kinds.chart, 0.5, 1) == [ids[1]]


def test_keys_lead_to_parts_too_and_say_what_they_are_at(ids: list[int], person: Person):
    person.whole_day()
    chart = person.page.kinds.chart
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    assert person.page.kinds.about.text().startswith("pit: 3 inspections")
    QTest.keyClick(chart, Qt.Key.Key_Down)
    assert chart.accessibleDescription().startswith("crack: 1 inspection")
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert person.journal.ids(person.chosen[-1]) == [ids[1]]
    over_time = person.page.losses.chart
    over_time.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(over_time, Qt.Key.Key_Home)
    for _ in range(5):
        QTest.keyClick(over_time, Qt.Key.Key_Right)
    assert "05:00 to 06:00: 1 rejected" in person.page.losses.about.text()
    QTest.keyClick(over_time, Qt.Key.Key_Return)
    assert person.journal.ids(person.chosen[-1]) == [ids[1]]


def test_after_the_reviews(ids: list[int], person: Person):
    person.journal.add_review(ids[4], ACCEPT, "anna", "a reflection")
    person.whole_day()
    person.page.controls.verdicts.setCurrentIndex(1)
    person.settle()
    assert "4 accepted" in person.page.numbers.text()
    assert person.click(person.page.losses.chart, 6, 0.5) == [ids[3]]


def test_by_shift_and_by_day(ids: list[int], person: Person):
    person.whole_day()
    person.page.controls.step.setCurrentText(Step.SHIFT)
    person.settle()
    texts = [mark.text for mark in person.page.losses.chart.marks]
    assert texts[:2] == [
        "04 Mar, 00:00 to 06:00: 1 rejected, 0 to review",
        "04 Mar, 06:00 to 14:00: 1 rejected, 1 to review",
    ]
    person.page.controls.step.setCurrentText(Step.DAY)
    person.settle()
    assert [mark.text for mark in person.page.losses.chart.marks] == [
        "04 Mar, 00:00 to 05 Mar, 00:00: 2 rejected, 1 to review"
    ]


def test_a_recipe_alone(ids: list[int], person: Person):
    other = add(person.journal, DAY + timedelta(hours=6, minutes=5), ACCEPT, threshold=6.0)
    person.whole_day()
    box = person.page.controls.recipe
    assert [box.itemText(row) for row in range(box.count())] == [
        "all recipes",
        "tile, T 5.40 \N{MIDDLE DOT} 6",
        "tile, T 6.00 \N{MIDDLE DOT} 1",
    ]
    box.setCurrentIndex(2)
    person.settle()
    assert person.page.numbers.text().startswith("1 inspections")
    assert person.click(person.page.yields.chart, 6, 100) == [other]
    assert box.currentText().startswith("tile, T 6.00")
    person.choose_time(DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert "Nothing was inspected" in person.page.nothing.text()
    person.choose_time(DAY, DAY + timedelta(hours=6))
    assert "choose another recipe" in person.page.nothing.text()


@pytest.fixture
def drifting(journal: Journal) -> list[int]:
    """775 accepted parts, one a minute from midnight on; from the 575th on they are worse."""
    noise = (1.0, 1.2, 0.8, 1.1, 0.9)
    first = add(journal, DAY, ACCEPT)
    with journal._writer.begin() as connection:
        row = dict(connection.execute(select(inspections)).mappings().one())
        rows = [
            {
                **row,
                "id": first + minute,
                "time": (DAY + timedelta(minutes=minute)).astimezone(),
                "max_severity": noise[minute // 25 % 5] + (minute >= 575) * 0.5,
            }
            for minute in range(1, 775)
        ]
        connection.execute(insert(inspections), rows)
    return [first, *(row["id"] for row in rows)]


def test_a_drift_of_accepted_parts_is_told_in_words_and_its_points_lead_to_them(drifting: list[int], person: Person):
    person.whole_day()
    panel = person.page.severities
    assert panel.words.text() == (
        "The severity of accepted parts has risen since 09:35: 8 points in a row above the centre."
    )
    assert panel.about.text() == "tile, T 5.40; means of 25"
    marks = panel.chart.marks
    assert [place for place, mark in enumerate(marks) if "out of control" in mark.text][-1] == 30
    assert person.click(panel.chart, 0, 1.0) == drifting[24::-1]
    assert person.click(panel.chart, 30, 1.4) == drifting[:749:-1]


def test_too_few_accepted_parts_are_told_in_a_sentence(ids: list[int], person: Person):
    person.whole_day()
    assert "Too few accepted parts" in person.page.severities.words.text()
    assert "500" in person.page.severities.words.text()
    assert not person.page.severities.chart.isVisible()


def test_times_that_make_no_sense_are_told(ids: list[int], person: Person):
    person.choose_time(DAY + timedelta(days=1), DAY)
    assert "must lie before" in person.page.controls.problem.text()
    person.choose_time(DAY, DAY + timedelta(days=1))
    assert person.page.controls.problem.text() == ""
    assert person.page.numbers.text().startswith("6 inspections")


def test_hours_of_a_long_time_become_shifts_or_days(ids: list[int], person: Person):
    person.choose_time(DAY - timedelta(days=100), DAY + timedelta(days=1))
    person.page.controls.step.setCurrentText(Step.HOUR)
    person.settle()
    assert person.page.controls.step.currentText() == Step.SHIFT
    person.choose_time(DAY - timedelta(days=500), DAY)
    assert "400 days at most" in person.page.controls.problem.text()


def test_the_spans_of_the_periods():
    now = datetime(2026, 3, 4, 15, 20)
    assert span_of(Period.THIS_SHIFT, now, SHIFTS) == Span(DAY.replace(hour=14), now)
    assert span_of(Period.LAST_SHIFT, now, SHIFTS) == Span(DAY.replace(hour=6), DAY.replace(hour=14))
    assert span_of(Period.DAY, now, SHIFTS) == Span(now - timedelta(days=1), now)
    assert span_of(Period.WEEK, now, SHIFTS).usual_step is Step.SHIFT
    bounds = bounds_of(span_of(Period.THIS_SHIFT, now, SHIFTS), Step.HOUR, SHIFTS)
    assert [bound.replace(tzinfo=None) for bound in bounds] == [DAY.replace(hour=14), DAY.replace(hour=15), now]


def test_in_the_window_a_bar_opens_the_review_page_on_its_parts(open_window):
    driver = open_window().finish()
    window = driver.window
    window.go_to(window.statistics)
    driver.see(lambda: window.statistics.figures is not None and window.statistics.settled)
    assert window.statistics.numbers.text().startswith("5 inspections")
    chart = window.statistics.kinds.chart
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    driver.see(lambda: window.page is window.review and window.review.settled)
    assert window.review.filter.wanted().kinds == ("spot",)
