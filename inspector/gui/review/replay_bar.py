"""What if: the listed or selected inspections judged again under another T or recipe."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.models import Models
from inspector.gui.review.flips import FlipView
from inspector.gui.review.replaying import Chosen, Found, replay
from inspector.gui.severity_bar import ThresholdBox
from inspector.gui.task import Task
from inspector.journal.again import Under
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary

_ANOTHER_T = "another T"
_T_BOX = 96


class What(StrEnum):
    """What is judged again."""

    LISTED = "all that is listed"
    SELECTED = "the selected rows"
    SHIFT = "the shift of this part"


Wanted = Callable[[What], Callable[[], Chosen]]
"""Gives what finds the inspections: the latter is called in another thread."""


class ReplayBar(QFrame):
    """One row: what, under what, how it goes and what came of it; `results` has the list.

    Parameters
    ----------
    models : Models
    library : RecipeLibrary
    wanted : callable
        See `Wanted`.

    Signals
    -------
    replayed()
        There are flips to be looked at.
    """

    replayed = Signal()

    def __init__(self, models: Models, library: RecipeLibrary, wanted: Wanted, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models, self._library, self._wanted = models, library, wanted
        self._task: Task[Found, Found] = Task("inspector-what-if")
        self._recipes: dict[str, Recipe] = {}
        self._painted: Found | None = None
        self._proposed = 0.0
        self.threshold_of_flips: float | None = None
        self.what, self.under, self.threshold = QComboBox(), QComboBox(), ThresholdBox()
        self.run, self.cancel, self.progress = QPushButton("Replay"), QPushButton("Cancel"), QProgressBar()
        self.summary, self.counts, self.flips, self.results = QLabel(), QLabel(), FlipView(), QWidget()
        self.what.addItems(list(What))
        self.under.addItem(_ANOTHER_T)
        self._lay_out()
        self.run.clicked.connect(self.start)
        self.cancel.clicked.connect(self.stop)
        self.under.currentTextChanged.connect(lambda text: self.threshold.setVisible(text == _ANOTHER_T))
        self.threshold.lineEdit().returnPressed.connect(self.run.click)
        self._show_at_work(False)

    @property
    def idle(self) -> bool:
        """Whether nothing is being judged, and what was is on the screen."""
        return self._task.idle

    def offer_recipes(self) -> None:
        """Offer the recipes that the library has now."""
        self._recipes = {f"recipe {kept.name}": kept.recipe for kept in self._library.all() if kept.recipe}
        chosen = self.under.currentText()
        with QSignalBlocker(self.under):
            self.under.clear()
            self.under.addItems([_ANOTHER_T, *self._recipes])
            self.under.setCurrentIndex(max(0, self.under.findText(chosen)))

    def propose(self, threshold: float) -> None:
        """Begin with this T, until a person has chosen one."""
        if self.threshold.value() == self._proposed:
            self.threshold.setValue(threshold)
            self._proposed = self.threshold.value()

    def start(self) -> None:
        """Judge again what is chosen, as it is chosen."""
        self.threshold.interpretText()
        recipe = self._recipes.get(self.under.currentText())
        under: Under = recipe or self.threshold.value()
        words = f"recipe {recipe.name}" if recipe else f"T {self.threshold.value():.2f}"
        self.threshold_of_flips = None if recipe else self.threshold.value()
        find, get = self._wanted(What(self.what.currentText())), self._models.get
        self._painted = None
        self.flips.table.show_flips(())
        self._task.start(lambda tell: replay(find(), under, words, get, tell))
        self.progress.setRange(0, 0)
        self._say("looking for them ...")
        self._show_at_work(True)

    def stop(self) -> None:
        """Judge no more; what was judged stays to be seen."""
        self._task.cancel()
        if self._painted is not None:
            self._say(f"{self._painted.summary}; cancelled after {self._painted.done} of {self._painted.total}")
        else:
            self._say("cancelled")
        self._show_at_work(False)

    def refresh(self) -> None:
        """Paint how far it is; the window calls this at its own pace."""
        if self.cancel.isHidden():
            return
        try:
            finished = self._task.take()
        except InspectorError as error:
            self._say(str(error))
            self._show_at_work(False)
            return
        found = finished or self._task.told
        if found is not None and found is not self._painted:
            self._paint(found)
        if finished is not None:
            self._show_at_work(False)
            self.replayed.emit()

    def close_threads(self) -> None:
        """End what judges."""
        self._task.close_threads()

    def _paint(self, found: Found) -> None:
        self._painted = found
        self.progress.setRange(0, found.total)
        self.progress.setValue(found.done)
        self._say(found.summary)
        self.counts.setText(found.counts)
        self.flips.table.show_flips(found.rows)

    def _say(self, sentence: str) -> None:
        self.summary.setText(sentence)
        self.summary.setToolTip(sentence)

    def _show_at_work(self, at_work: bool) -> None:
        for widget in (self.progress, self.cancel):
            widget.setVisible(at_work)
        self.run.setEnabled(not at_work)

    def _lay_out(self) -> None:
        named = {
            self.what: "what is judged again",
            self.under: "under what it is judged again",
            self.threshold: "T that it is judged again at",
            self.progress: "how far the replay is",
        }
        for widget, name in named.items():
            widget.setAccessibleName(name)
            widget.setToolTip(name[:1].upper() + name[1:])
        self.run.setToolTip("Judge them again; the journal stays as it is")
        self.cancel.setToolTip("Judge no more")
        self.under.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.under.setMinimumContentsLength(16)
        self.threshold.setFixedWidth(_T_BOX)
        self.progress.setFixedWidth(120)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setMinimumWidth(60)
        self.counts.setProperty("muted", True)
        column = QVBoxLayout(self.results)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.counts)
        column.addWidget(self.flips, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (QLabel("What if"), self.what, QLabel("under"), self.under, self.threshold, self.run):
            row.addWidget(part)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        row.addWidget(self.summary, 1)
