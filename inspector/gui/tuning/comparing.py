"""Another recipe, or another model, on the same set: figures side by side, and the parts whose verdict flips."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidgetItem, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.recipe_field import Choice
from inspector.gui.recipe_texts import TextList
from inspector.gui.severity_bar import ThresholdBox
from inspector.gui.tuning.figures import Figures
from inspector.gui.tuning.session import Session
from inspector.recipe import Recipe
from inspector.tune.compare import PartFlip, flips, frames_of
from inspector.tune.costs import Costs
from inspector.tune.swept import Ints
from inspector.tune.trial import Trial

_NOTHING = "nothing"


class Comparing(QWidget):
    """Shows the trials of a session side by side.

    Parameters
    ----------
    session : Session

    Signals
    -------
    chosen()
        A person chose another recipe, or another T of it.
    picked(str, object)
        As that of `Counts`: a person wants to see the frames of a part.
    """

    chosen = Signal()
    picked = Signal(str, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._recipes: dict[Path, Recipe] = {}
        self._flips: list[PartFlip] = []
        self.other, self.threshold = Choice("compare with", "The recipe to compare with"), ThresholdBox()
        self.threshold.setAccessibleName("threshold T of the other recipe")
        self.threshold.setToolTip("T of the other recipe")
        self.figures, self.found, self.note = Figures(), TextList("flipped parts"), QLabel()
        self.found.setToolTip("Click a part, or press Enter on it, to see its frames")
        self._lay_out()
        self.other.activated.connect(self._choose)
        self.threshold.typed.connect(self.chosen)
        self.found.itemActivated.connect(self._pick)
        self.found.itemClicked.connect(self._pick)

    def offer(self, recipes: Mapping[Path, Recipe]) -> None:
        """The recipes to compare with, as they are saved."""
        before = [None, *self._recipes]
        chosen = before[max(0, self.other.currentIndex())]
        self._recipes = dict(recipes)
        self.other.offer([_NOTHING, *(recipe.name for recipe in recipes.values())])
        with QSignalBlocker(self.other):
            self.other.setCurrentIndex([None, *recipes].index(chosen) if chosen in recipes else 0)

    def show_session(self, threshold: float, costs: Costs) -> None:
        """Compare the session's trials; T is that of the first."""
        session = self._session
        if session.compared is None:
            self._say("Choose a recipe to compare with, of this model or another one.")
        elif session.trial is None or session.other is None:
            progress = session.other_progress
            far = f"measuring the other: {progress.done} of {progress.total}" if progress else "reckoning the other ..."
            self._say(session.instead or far)
        else:
            self._show_flips(session.trial, threshold, session.other)
            self.figures.show_trials([(session.trial, threshold), (session.other, self.threshold.value())], costs)
            self.figures.show()

    def _show_flips(self, ours: Trial, threshold: float, other: Trial) -> None:
        try:
            self._flips = flips(other, self.threshold.value(), ours, threshold)
        except InspectorError as error:
            self._say(str(error))
            return
        worse = sum(not flip.better for flip in self._flips)
        parts, truth = ours.swept.parts, {True: "defective", False: "sound"}
        flipped = f"{len(self._flips)} of {len(parts)} parts flip"
        self.note.setText(f"{flipped} from the other's verdict to this one's, {worse} for the worse.")
        self.found.show_texts(
            [
                f"{parts[flip.part]}, {truth[flip.defective]}: {flip.before} \N{RIGHTWARDS ARROW} {flip.after}"
                f", {'better' if flip.better else 'worse'}"
                for flip in self._flips
            ]
        )

    def _say(self, note: str) -> None:
        self._flips = []
        self.note.setText(note)
        self.figures.hide()
        self.found.show_texts([])

    def _choose(self, index: int) -> None:
        recipe = list(self._recipes.values())[index - 1] if index else None
        if recipe is not None:
            with QSignalBlocker(self.threshold):
                self.threshold.setValue(recipe.threshold)
        self._session.compare(recipe)
        self.chosen.emit()

    def _pick(self, item: QListWidgetItem) -> None:
        self.picked.emit(item.text(), partial(_frames, self._flips[self.found.row(item)]))

    def _lay_out(self) -> None:
        label, at = QLabel("Compare &with"), QLabel("at")
        label.setBuddy(self.other)
        head = QHBoxLayout()
        head.addWidget(label)
        head.addWidget(self.other, 1)
        head.addWidget(at)
        head.addWidget(self.threshold)
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(head)
        column.addWidget(self.figures)
        column.addWidget(self.note)
        column.addWidget(self.found, 1)


def _frames(flip: PartFlip, trial: Trial, threshold: float) -> Ints:
    return frames_of(trial, flip)
