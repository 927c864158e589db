"""A tuned recipe is saved: asked in the page who and why, done in a thread."""

import getpass

from PySide6.QtCore import QObject, Signal

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.recipe_question import Answers, Question
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.tune.costs import Costs
from inspector.tune.keep import save_threshold
from inspector.tune.trial import Trial

WHO, WHY = "who", "why"


class Saving(QObject):
    """Saves a trial's recipe at a T, with its curve.

    Signals
    -------
    saved(object)
        The `Kept` as it is now.
    troubled(str)
        Why it could not be saved.
    """

    saved = Signal(object)
    troubled = Signal(str)

    def __init__(self, library: RecipeLibrary, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._work: Newest[Kept] = Newest("inspector-tune-saving")
        self.question = Question()

    @property
    def idle(self) -> bool:
        """Whether nothing is being saved."""
        return self._work.idle

    def ask(self, kept: Kept, trial: Trial, threshold: float, costs: Costs) -> None:
        """Ask who changes a recipe and why, then save it as it is tried."""

        def save(answers: Answers) -> None:
            who, why = answers[WHO], answers[WHY]
            self._work.ask(lambda: save_threshold(self._library, kept, trial, threshold, costs, who, why))

        title = f"Save {kept.name!r} with T {threshold:.2f}: who changes it, and why?"
        self.question.ask(title, "Save", {WHO: getpass.getuser(), WHY: ""}, save)

    def refresh(self) -> None:
        """Tell what was saved."""
        try:
            kept = self._work.take()
        except InspectorError as error:
            self.troubled.emit(str(error))
            return
        if kept is not None:
            self.saved.emit(kept)

    def close(self) -> None:
        """End the thread."""
        self._work.close()
