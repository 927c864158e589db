"""How soon the page of reviews answers on a long journal, and how long it ever keeps a person waiting.

Usage: python tests/benchmarks/review_page.py JOURNAL [--places N] [--replay]

JOURNAL is a file that million_rows.py has made. Needs a display, or QT_QPA_PLATFORM=offscreen.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from statistics import median

from million_rows import APART, FIRST
from PySide6.QtCore import QDate, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from inspector.access import Access
from inspector.gui import theme
from inspector.gui.app import make_window
from inspector.gui.models import Models
from inspector.gui.review.page import ReviewPage
from inspector.gui.window import MainWindow
from inspector.journal.query import Order
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings

TURN_MS = 2
KIND = "crack"


class Watch:
    """Measures how long something takes until it is to be seen, and the longest turn of the event loop meanwhile."""

    def __init__(self, page: ReviewPage) -> None:
        self._page, self._longest, self._last = page, 0.0, time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._turn)
        self._timer.start(TURN_MS)

    def _turn(self) -> None:
        now = time.perf_counter()
        self._longest, self._last = max(self._longest, now - self._last), now

    def seen(self, act: Callable[[], object], pictures: bool = False) -> float:
        """Milliseconds from an action until its rows are on the screen, and their pictures where these are wanted."""
        began = time.perf_counter()
        act()
        self._longest = max(self._longest, time.perf_counter() - began)
        while not (self._page.settled if pictures else rows_are_seen(self._page)):
            live(TURN_MS)
        return 1000 * (time.perf_counter() - began)

    def measure(self, name: str, *actions: Callable[[], object], pictures: bool = False) -> None:
        """Print the median and the longest of some actions."""
        self._longest, self._last = 0.0, time.perf_counter()
        taken = []
        for act in actions:
            taken.append(self.seen(act, pictures))
            while not self._page.settled:
                live(TURN_MS)
        count = self._page.list.listing.count
        print(f"| {name} | {count} | {median(taken):.0f} | {max(taken):.0f} | {1000 * self._longest:.0f} |")


def rows_are_seen(page: ReviewPage) -> bool:
    """Whether the list that is wanted is there, and every row on the screen is read."""
    pane = page.list
    if page._stale or not pane._lister.idle or pane.listing is None:
        return False
    return not pane.table.missing(pane.rows.seen)


def live(milliseconds: int) -> None:
    """Let the window live; QTest's own wait would keep Python's lock, and all other threads from working."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def ask(window: MainWindow, places: int) -> None:
    """Use the page as people do."""
    page = window.review
    watch, rows, chosen = Watch(page), page.rows, page.filter
    watch.measure("first page: rejects", lambda: window.go_to(page))
    watch.measure("all verdicts", lambda: chosen.verdict.setCurrentText("all verdicts"))
    draw = random.Random(1)
    rows_at = [draw.randrange(page.table.rowCount()) for _ in range(places)]
    jumps = [lambda row=row: rows.verticalScrollBar().setValue(row) for row in rows_at]
    watch.measure(f"{places} places by the scroll bar, newest first", *jumps)
    draw.shuffle(rows_at)
    others = [lambda row=row: rows.verticalScrollBar().setValue(row // 2) for row in rows_at]
    watch.measure(f"{places} places, with their pictures", *others, pictures=True)
    steps = [lambda step=step: rows.verticalScrollBar().setValue(step * 7) for step in range(200)]
    watch.measure("200 steps of the wheel", *steps)
    watch.measure("select all", rows.selectAll)
    for order in (Order.MOST_SEVERE, Order.WORST, Order.OLDEST, Order.NEWEST):
        watch.measure(f"sorted: {order}", lambda order=order: page.list.order.setCurrentText(order))
    middle = (FIRST + page.table.rowCount() * APART / 2).astimezone(UTC)
    chosen.times.day.setDate(QDate(middle.year, middle.month, middle.day))
    watch.measure("a day", lambda: chosen.times.period.setCurrentText("a day ..."))
    watch.measure("a day and a kind", lambda: chosen.kind.setCurrentText(KIND))
    others = [lambda day=day: chosen.times.day.setDate(QDate(middle.year, middle.month, day)) for day in range(2, 10)]
    watch.measure("that kind on 8 other days", *others)
    watch.measure("cleared", chosen.clear)
    watch.measure("the next unreviewed, ten times", *[page.next_unreviewed] * 10, pictures=True)
    watch.measure("a word", lambda: chosen.text.setText("scratch"))
    watch.measure("cleared", chosen.clear)


def replay(window: MainWindow) -> None:
    """Judge the rejects of a day again while the list is scrolled."""
    page, bar = window.review, window.review.foot.replay
    watch = Watch(page)
    watch.seen(lambda: page.filter.times.period.setCurrentText("a day ..."), pictures=True)
    bar.threshold.setValue(bar.threshold.value() + 1)
    began = time.perf_counter()
    bar.run.click()
    draw = random.Random(2)
    jumps = [draw.randrange(page.table.rowCount()) for _ in range(20)]

    def jump(row: int) -> None:
        page.rows.verticalScrollBar().setValue(row)

    for row in jumps:
        watch.seen(lambda row=row: jump(row))
    while not bar.idle:
        live(TURN_MS)
    print(f"\n{bar.summary.text()[:100]}: {time.perf_counter() - began:.1f} s; ", end="")
    print(f"longest turn while it went on {1000 * watch._longest:.0f} ms")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--places", type=int, default=30, help="to scroll to")
    parser.add_argument("--replay", action="store_true", help="judge the rejects of a day again as well")
    given = parser.parse_args()
    application = QApplication([])
    theme.apply(application, theme.Theme.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder)
        (profile / "empty").mkdir()
        settings = Settings(recipe="demo", source=str(profile / "empty"), theme="light")
        access, library = Access(profile / "password"), RecipeLibrary(profile / "recipes")
        window = make_window(settings, f"sqlite:///{given.journal}", Models(), access, library)
        window.show()
        while window.line.journal is None:
            live(TURN_MS)
        live(1000)
        print("| | rows | median ms | longest ms | longest turn of the window, ms |\n|---|---|---|---|---|")
        ask(window, given.places)
        if given.replay:
            replay(window)
        window.close()


if __name__ == "__main__":
    main()
