"""One past inspection judged again, from as little as its verdict needs: its row, else its map, else its frame."""

from collections.abc import Callable
from functools import cache, cached_property, partial

import numpy as np

from inspector.errors import InspectorError
from inspector.journal.entry import Entry
from inspector.journal.log import Log
from inspector.journal.logged import from_row, no_defect
from inspector.networks.bundle import Model
from inspector.pipeline import judge, measure, remember
from inspector.policy import Decision
from inspector.recipe import Recipe
from inspector.types import FloatArray, Frame, Ints, Levels, Measurement, WindowKinds, threshold_level

Under = Recipe | float | Callable[[Recipe], Recipe]
"""A recipe for all, or a T that replaces the one of each inspection's own recipe, or what else is made of that."""


class Judge:
    """Judges past inspections again.

    Parameters
    ----------
    journal : Log
    under : Under
    load_model : callable
        Gives the model that a recipe names; called once for each name.
    remeasure : bool
        Measure frames anew where a recipe names another model than the one that measured them, instead of refusing.
    from_rows : bool
        Trust the logged regions where they tell the verdict; else each map is judged, which checks the whole way.

    Raises
    ------
    InspectorError
        If the model of a recipe for all can't be had.
    """

    def __init__(
        self,
        journal: Log,
        under: Under,
        load_model: Callable[[str], Model],
        remeasure: bool = False,
        from_rows: bool = True,
    ) -> None:
        self._journal, self._remeasure, self._from_rows = journal, remeasure, from_rows
        self._model, self._own = kept_models(load_model), cache(journal.recipe)
        self._fixed = isinstance(under, Recipe)
        self._wanted = _made_of(under)
        if isinstance(under, Recipe):
            self._model(under.model)

    def begin(self, entry: Entry) -> Decision | Callable[[], Decision]:
        """The verdict if its row tells it, else the work that finds it, which any thread may do.

        Raises
        ------
        InspectorError
            If the inspection can't be judged under that recipe. The work raises it too.
        """
        own = self._own(entry.recipe)
        recipe = self._wanted(own)
        same = not self._fixed and recipe.model == own.model  # the one that measured it, were it gone by now
        if not same and self._model(recipe.model).digest != entry.model and self._remeasure:
            return partial(_measured, self._journal, entry, recipe, self._model(recipe.model))
        if not same:
            check_model(entry, self._model(recipe.model))
        decision = from_row(entry, own, recipe) if self._from_rows else None
        return decision or partial(_from_map, self._journal, entry, recipe, self._model(recipe.model))


def _made_of(under: Under) -> Callable[[Recipe], Recipe]:
    if isinstance(under, Recipe):
        return lambda own: under
    if callable(under):
        return under
    return lambda own: own.with_threshold(under)


def kept_models(load_model: Callable[[str], Model]) -> Callable[[str], Model]:
    """Loads each model once; one that can't be had is not tried again, and gives the same `InspectorError`."""

    @cache
    def found(name: str) -> Model | str:
        try:
            return load_model(name)
        except InspectorError as error:
            return str(error)

    def get(name: str) -> Model:
        model = found(name)
        if isinstance(model, str):
            raise InspectorError(model)
        return model

    return get


def check_model(entry: Entry, model: Model) -> None:
    """Make sure that this model measured an inspection.

    Raises
    ------
    InspectorError
    """
    if entry.model != model.digest:
        raise InspectorError(
            f"inspection {entry.id} was measured by the model {entry.model[:12]}, not by {model.digest[:12]}; "
            "choose a recipe with the same model, or inspect the frames anew"
        )


def frame_of(journal: Log, entry: Entry) -> Frame:
    """The frame of an inspection.

    Raises
    ------
    InspectorError
        If it was removed to make room, is missing or damaged.
    """
    record = entry.record
    return Frame(journal.pixels(entry), record["index"], record["name"], record["part"], entry.captured_at)


def _measured(journal: Log, entry: Entry, recipe: Recipe, model: Model) -> Decision:
    return _decision(measure(frame_of(journal, entry), model), recipe)


def _decision(measurement: Measurement, recipe: Recipe) -> Decision:
    inspection = judge(measurement, recipe)
    return Decision(inspection.verdict, inspection.reasons[0])


def _from_map(journal: Log, entry: Entry, recipe: Recipe, model: Model) -> Decision:
    """The verdict from the map; the frame is read only where a region is to be classified."""
    check_model(entry, model)
    levels, spec = journal.levels(entry), model.spec
    if levels.max() < threshold_level(recipe.threshold):
        return no_defect(recipe)
    shape = levels.shape if spec.cell == 1 else journal.frame_shape(entry)
    blank = Frame(np.broadcast_to(np.uint8(0), shape), 0, "", "", entry.captured_at)
    kinds = _LateWindows(journal, entry, levels, model) if len(spec.classes) > 1 else None
    return _decision(Measurement(blank, levels, spec.cell, kinds, model.digest, 0.0), recipe)


class _LateWindows:
    """The window classes of a frame (a `WindowKinds`) that is read when they are first asked for."""

    def __init__(self, journal: Log, entry: Entry, levels: Levels, model: Model) -> None:
        self._journal, self._entry, self._levels, self._model = journal, entry, levels, model
        self.classes, self.veto = model.spec.classes, model.spec.veto

    @cached_property
    def _windows(self) -> WindowKinds:
        kinds = remember(frame_of(self._journal, self._entry), self._levels, self._model).kinds
        assert kinds is not None  # the model has classes
        return kinds

    def probabilities(self, windows: Ints) -> FloatArray:
        """See `WindowKinds`."""
        return self._windows.probabilities(windows)
