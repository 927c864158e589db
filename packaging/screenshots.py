"""Make the pictures of the README and the guide: the real window on the demo line.

Usage: python packaging/screenshots.py [OUT] [--source S] [--recipe R] [--history JOURNAL] [--large]

tests/benchmarks/million_rows.py makes a journal of days.
"""

import argparse
import contextlib
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QDateTime, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from inspector.access import Access
from inspector.gui import theme
from inspector.gui.app import make_window
from inspector.gui.models import Models
from inspector.gui.state import LineState, Phase
from inspector.gui.statistics.periods import Period
from inspector.gui.window import MainWindow
from inspector.journal.query import Order
from inspector.paths import RESOURCES
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings
from inspector.simulation.dataset import write_dataset

PARTS = 12
SIZES = {"": (1280, 800), "-large": (1920, 1080)}
"""Those in the repository are the small, light ones; the others are for looking at a change."""

TRUTH, TRUTH_PARTS = "simulated-parts", 150
"""The dataset that T is tuned on, and how many parts it has in all its splits."""

TUNED = 7.2
"""T of the picture: some parts escape there."""

DAYS = timedelta(days=3)
"""Of the statistics."""

WAIT_MS = 50


def main() -> None:
    """Run the line once for each theme and size, and keep the pages as PNG."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path, default=RESOURCES / "screenshots")
    parser.add_argument("--source", default="demo")
    parser.add_argument("--recipe", default="demo")
    parser.add_argument(
        "--history", type=Path, help="a journal of days, for the page of statistics; none leaves it out"
    )
    parser.add_argument("--large", action="store_true", help="1920 x 1080 too")
    arguments = parser.parse_args()
    sizes = SIZES if arguments.large else {"": SIZES[""]}
    arguments.out.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    for chosen in (theme.Theme.LIGHT, theme.Theme.DARK):
        theme.apply(application, chosen)
        for suffix, size in sizes.items():
            settings = Settings(recipe=arguments.recipe, source=arguments.source, theme=chosen.value)
            with tempfile.TemporaryDirectory() as folder:
                profile = Path(folder)
                access, library = Access(profile / "password"), RecipeLibrary(profile / "recipes")
                journal = f"sqlite:///{profile.as_posix()}/journal.db"
                window = make_window(settings, journal, Models(), access, library)
                window.resize(*size)
                window.show()
                photograph(window, arguments.out, f"{chosen.value}{suffix}")
                window.close()
                if arguments.history:
                    window = make_window(
                        settings, f"sqlite:///{arguments.history.as_posix()}", Models(), access, library
                    )
                    window.resize(*size)
                    window.show()
                    photograph_statistics(window, arguments.out, f"{chosen.value}{suffix}")
                    window.close()


def photograph(window: MainWindow, out: Path, name: str) -> None:
    """Let parts pass until a defect is on the screen after the first `PARTS`, then keep the pages."""
    station = window.station
    wait_until(lambda: station.state.judged >= PARTS)
    station.toggle()
    wait_until(lambda: station.state.phase is Phase.PAUSED)
    while not _defects(station.state):
        before = station.state.judged
        station.step_once()
        wait_until(lambda before=before: station.state.judged > before)
    wait_until(lambda: station.viewer.settled)
    live(300)
    window.grab().save(str(out / f"station-{name}.png"))
    window.review.panel.reviewer.setText("quality")
    window.go_to(window.review)
    wait_until(lambda: window.review.settled)
    live(300)
    window.grab().save(str(out / f"review-{name}.png"))
    window.review.draw()
    wait_until(lambda: window.page is window.masks and window.masks.settled)
    live(300)
    window.grab().save(str(out / f"masks-{name}.png"))
    window.masks.leave()
    photograph_tuning(window, out, name)
    window.go_to(window.recipes)
    wait_until(lambda: window.recipes.settled)
    window.grab().save(str(out / f"recipes-{name}.png"))
    window.go_to(window.sources)
    window.sources.list.setCurrentRow(0)
    window.sources.take_picture()
    wait_until(lambda: window.sources.settled)
    window.grab().save(str(out / f"sources-{name}.png"))


def photograph_tuning(window: MainWindow, out: Path, name: str) -> None:
    """Measure some simulated parts, pick a T and keep the page."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_dataset(Path(TRUTH), TRUTH_PARTS, seed=7)
        window.go_to(window.tune)
        view = window.tune.view
        view.setup.folder.setText(TRUTH)
        view.setup.measure()
        wait_until(lambda: view.session.trial is not None and view.settled)
        view.move_threshold(TUNED)
        live(300)
        window.grab().save(str(out / f"tune-{name}.png"))


def photograph_statistics(window: MainWindow, out: Path, name: str) -> None:
    """The first days of the journal."""
    wait_until(lambda: window.station.state.judged > 0)
    window.station.toggle()
    journal = window.line.journal
    assert journal is not None
    first = journal.entry(journal.ids(order=Order.OLDEST, limit=1)[0]).time.astimezone()
    window.go_to(window.statistics)
    controls = window.statistics.controls
    controls.period.setCurrentText(Period.EXACT.value)
    controls.since.setDateTime(QDateTime(first.replace(tzinfo=None)))
    controls.until.setDateTime(QDateTime((first + DAYS).replace(tzinfo=None)))
    live(300)
    wait_until(lambda: window.statistics.settled)
    live(300)
    window.grab().save(str(out / f"statistics-{name}.png"))


def _defects(state: LineState) -> int:
    """How many defects the newest part has."""
    newest = state.parts[0].inspection
    return len(newest.regions) if newest else 0


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window live until something has happened."""
    while not condition():
        live(WAIT_MS)


def live(milliseconds: int) -> None:
    """Let the window live; QTest's own wait would keep all other threads from working."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
