"""How soon the page that tunes T follows T: curves, counts and pictures, painted in a real window.

Usage: python tests/benchmarks/tune_page.py DATASET --recipe R [--split S] [--large]

The set is measured first, which takes its time; what was measured is kept for the next run. Then T is moved, and each
move is timed until all that it changes is painted; in brackets stands the processor's time of the window's thread,
since the machine may do other things. Needs a display, or QT_QPA_PLATFORM=offscreen.
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from inspector.access import Access
from inspector.gui import theme
from inspector.gui.app import make_window
from inspector.gui.models import Models
from inspector.gui.tuning.tune_view import TuneView
from inspector.paths import find_recipe
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings
from inspector.tune.picking import Order

TURN_MS = 10
MOVES = 120


def live(milliseconds: int) -> None:
    """Let the window live; QTest's own wait would keep Python's lock, and all other threads from working."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window live until something has happened."""
    while not condition():
        live(TURN_MS)


def measure(view: TuneView, dataset: Path, split: str) -> None:
    """Measure the set, as a person would."""
    view.setup.folder.setText(str(dataset))
    view.setup.folder.returnPressed.emit()
    wait_until(lambda: view.setup.split.isEnabled())
    view.setup.split.setCurrentText(split)
    view.setup.go.click()
    wait_until(lambda: view.session.trial is not None)


def move(view: TuneView, thresholds: np.ndarray) -> np.ndarray:
    """Milliseconds of each move of T until it is painted, and those of the processor, (moves, 2)."""
    taken = []
    for threshold in thresholds.tolist():
        began, worked = time.perf_counter(), time.thread_time()
        view.move_threshold(threshold)
        QApplication.processEvents()  # paints what is to be painted
        taken.append((1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)))
        live(1)
    return np.array(taken)


def report(what: str, taken: np.ndarray) -> None:
    """Print a row."""
    columns = [*np.percentile(taken, (50, 95), axis=0), taken.max(0)]
    told = " | ".join(f"{passed:.0f} ({worked:.0f})" for passed, worked in columns)
    print(f"| {what} | {len(taken)} | {told} |")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--recipe", required=True, help="a recipe file, or the name of one that ships")
    parser.add_argument("--split", default="test")
    parser.add_argument("--large", action="store_true", help="a window of 1920 x 1080")
    arguments = parser.parse_args()
    application = QApplication([])
    theme.apply(application, theme.Theme.LIGHT)
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder)
        recipe, library = Recipe.load(find_recipe(arguments.recipe)), RecipeLibrary(profile / "recipes")
        tried = library.add(recipe.model_copy(update={"name": "benchmark"}), "benchmark", "benchmark", "made")
        (profile / "none").mkdir()
        settings = Settings(recipe=str(tried.path), source=str(profile / "none"))
        journal = f"sqlite:///{profile.as_posix()}/journal.db"
        window = make_window(settings, journal, Models(), Access(profile / "password"), library)
        window.resize(*((1920, 1080) if arguments.large else (1280, 800)))
        window.show()
        window.go_to(window.tune)
        view = window.tune.view
        view.setup.recipe_chosen.emit(tried.path)
        measure(view, arguments.dataset, arguments.split)
        trial = view.session.trial
        print(
            f"{trial.swept.truth.name}: {trial.swept.frames} frames, a window of {window.width()} x {window.height()}"
        )
        print("\n| T is moved | moves | median ms | 95 % ms | longest ms |\n|---|---|---|---|---|")
        draw = np.random.default_rng(1)
        jumps = draw.uniform(0.5, 11.5, MOVES).round(2)
        report("anywhere, while pictures are read", move(view, jumps))
        wait_until(lambda: view.pictures.smalls.settled)
        for number, order in enumerate(Order):
            view.pictures.order.setCurrentIndex(number)
            report(f"anywhere, {order} first", move(view, jumps))
        report("along, by 0.05", move(view, np.arange(2, 8, 0.05).round(2)))
        window.close()


if __name__ == "__main__":
    main()
