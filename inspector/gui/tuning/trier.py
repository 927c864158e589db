"""Tries a recipe on a set, in a thread of its own: measures the set first where that is needed; no Qt."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from inspector.dataset import read_dataset
from inspector.errors import InspectorError
from inspector.gui.models import Models
from inspector.gui.task import Task
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.tune.measuring import Measuring, measure_set
from inspector.tune.reviewed import reviewed
from inspector.tune.store import Store
from inspector.tune.swept import SweptSet
from inspector.tune.trial import Trial
from inspector.tune.truth import Truth, annotated

Tell = Callable[[Measuring | None], None]

MOST_REVIEWED = 5000
"""Newest reviewed inspections that are taken for truth."""


@dataclass(frozen=True)
class Asked:
    """Where truth is: a split of a dataset folder, or without one the reviewed inspections of the journal.

    `number` tells apart what was asked for at different times: files and reviews may be others then.
    """

    folder: Path | None
    split: str
    number: int

    def open(self, journal: Journal | None) -> Truth:
        """Find the frames.

        Raises
        ------
        InspectorError
            If there are none, or they can't be read.
        """
        if self.folder is not None:
            return annotated(read_dataset(self.folder), self.split)
        if journal is None:
            raise InspectorError("the journal is not open yet; try again when the line has been opened")
        return reviewed(journal, journal.entries(EntryFilter(reviewed=True), MOST_REVIEWED))


class Trier:
    """One recipe at a time: another one ends the measuring of the one before, and what it measured is kept.

    Parameters
    ----------
    name : str
        Of the thread.
    models : Models
    journal : callable
        Gives the journal, or None while it is not open.
    store : Store
    """

    def __init__(self, name: str, models: Models, journal: Callable[[], Journal | None], store: Store) -> None:
        self._models, self._journal, self._store = models, journal, store
        self._work: Task[Measuring | None, Trial] = Task(name)
        self._swept: tuple[object, SweptSet] | None = None

    @property
    def progress(self) -> Measuring | None:
        """How far a set is measured; None where none is being measured."""
        return None if self._work.idle else self._work.told

    @property
    def idle(self) -> bool:
        """Whether nothing is being tried and no answer is left to take."""
        return self._work.idle

    def ask(self, asked: Asked, recipe: Recipe, iou: float) -> None:
        """Try a recipe; see `Trial` for `iou`."""
        self._work.start(lambda tell: self._try(asked, recipe, iou, tell))

    def cancel(self) -> None:
        """Try nothing any more; what is measured by now is kept."""
        self._work.cancel()

    def take(self) -> Trial | None:
        """The trial asked for last, once; None while there is none.

        Raises
        ------
        InspectorError
            If the frames, their truth or the model can't be used.
        """
        return self._work.take()

    def close(self) -> None:
        """End the thread after the frames that it is at."""
        self._work.close_threads()

    def _try(self, asked: Asked, recipe: Recipe, iou: float, tell: Tell) -> Trial:
        wanted = (asked, recipe.model, recipe.cluster_distance)
        if self._swept is None or self._swept[0] != wanted:
            self._swept = (wanted, self._measure(asked, recipe, tell))
        return Trial(self._swept[1], recipe, iou).ready()

    def _measure(self, asked: Asked, recipe: Recipe, tell: Tell) -> SweptSet:
        truth, model = asked.open(self._journal()), self._models.get(recipe.model)
        tell(Measuring(0, len(truth.frames), None))
        with closing(measure_set(truth, model, recipe.cluster_distance, self._store)) as steps:
            for measuring in steps:
                tell(measuring)
                if measuring.swept is not None:
                    tell(None)
                    return measuring.swept
        raise AssertionError("a set is measured with its last frame")
