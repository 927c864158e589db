"""What is tried at this moment, on which set, and what is known of it; no Qt."""

from pathlib import Path

from inspector.errors import InspectorError
from inspector.gui.tuning.desk import TuneDesk
from inspector.gui.tuning.trier import Asked, Trier
from inspector.recipe import Recipe
from inspector.tune.measuring import Measuring
from inspector.tune.trial import Trial

BEGIN = "Name a set with truth above and measure it: then everything here follows T."
MEASURING, RECKONING = "measuring ...", "reckoning ..."
WRONG = "What is typed for the recipe is not right yet: see Try."
STOPPED = "Stopped. What is measured is kept: Measure goes on from there."
FAILED = "Nothing is measured; the line above says why."


class Session:
    """Keeps the trials in step with the recipe: what belongs to an older one is gone at once.

    Parameters
    ----------
    desk : TuneDesk
    trier, other_trier : Trier
        For the recipe on the desk, and for the one that it is compared with.

    Attributes
    ----------
    trial, other : Trial or None
        None while there is none of what is wanted now.
    instead : str
        Why there is no trial.
    compared : Recipe or None
        The recipe that is compared with.
    iou : float
        See `Trial`.
    is_measuring : bool
        Whether the set is being measured, and can be cancelled.
    """

    def __init__(self, desk: TuneDesk, trier: Trier, other_trier: Trier) -> None:
        self._desk, self._trier, self._other_trier = desk, trier, other_trier
        self._asked: Asked | None = None
        self._tried: tuple[Asked, Recipe, float] | None = None
        self._number = 0
        self.trial: Trial | None = None
        self.other: Trial | None = None
        self.compared: Recipe | None = None
        self.instead = BEGIN
        self.iou = 0.5
        self.is_measuring = False

    @property
    def progress(self) -> Measuring | None:
        """How far the measuring of the set is."""
        return self._trier.progress

    @property
    def other_progress(self) -> Measuring | None:
        """How far it is under the recipe that is compared with."""
        return self._other_trier.progress

    @property
    def settled(self) -> bool:
        """Whether nothing is being tried."""
        return self._trier.idle and self._other_trier.idle

    def measure(self, folder: Path | None, split: str) -> None:
        """Try the recipe on a split of a dataset folder, or without one on the reviewed inspections, read anew."""
        self._number += 1
        self._asked = Asked(folder, split, self._number)
        self.follow()
        self.compare(self.compared)

    def cancel(self) -> None:
        """Measure no more."""
        self._trier.cancel()
        self._forget(STOPPED)

    def follow(self) -> None:
        """Try the recipe as it is on the desk now, where it is another one."""
        if self._asked is None:
            return
        recipe = self._desk.read().recipe
        if recipe is None:
            self._trier.cancel()
            self._forget(WRONG)
            return
        before, wanted = self._tried, (self._asked, recipe.with_threshold(0), self.iou)
        if wanted == before:
            return
        same_set = before is not None and _set_of(before) == _set_of(wanted) and not self.is_measuring
        self._forget(RECKONING if same_set else MEASURING)
        self._tried, self.is_measuring = wanted, not same_set
        self._trier.ask(self._asked, recipe, self.iou)

    def match_from(self, iou: float) -> None:
        """Another IoU from which an object counts as found."""
        self.iou = iou
        self.follow()
        self.compare(self.compared)

    def compare(self, recipe: Recipe | None) -> None:
        """Compare with a recipe on the same set; None with nothing."""
        self.compared, self.other = recipe, None
        if recipe is None or self._asked is None:
            self._other_trier.cancel()
        else:
            self._other_trier.ask(self._asked, recipe, self.iou)

    def refresh(self) -> bool:
        """Take what was tried; whether there was something.

        Raises
        ------
        InspectorError
            Why something can't be tried.
        """
        try:
            trial = self._trier.take()
        except InspectorError:
            self._forget(FAILED)
            raise
        if trial is not None:
            self.trial, self.instead, self.is_measuring = trial, "", False
        try:
            other = self._other_trier.take()
        except InspectorError:
            self.compared = None
            raise
        if other is not None:
            self.other = other
        return trial is not None or other is not None

    def close(self) -> None:
        """End both threads."""
        for trier in (self._trier, self._other_trier):
            trier.close()

    def _forget(self, instead: str) -> None:
        self.trial, self._tried, self.instead, self.is_measuring = None, None, instead, False


def _set_of(tried: tuple[Asked, Recipe, float]) -> tuple[Asked, str, float]:
    """What has to be measured."""
    asked, recipe, _ = tried
    return asked, recipe.model, recipe.cluster_distance
