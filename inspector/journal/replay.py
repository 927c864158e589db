"""Past inspections judged again from their stored frames and maps, under another recipe or T."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from inspector.errors import InspectorError
from inspector.journal.entry import Entry
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.pipeline import judge, remember
from inspector.recipe import Recipe
from inspector.types import Frame, Measurement, Verdict


@dataclass(frozen=True)
class Flip:
    """The verdict of one inspection before and after; they may be equal."""

    id: int
    before: Verdict
    after: Verdict

    @property
    def flipped(self) -> bool:
        """Whether the verdict changed."""
        return self.before is not self.after


def stored_measurement(journal: Journal, entry: Entry, model: Model) -> Measurement:
    """The measurement that an inspection was judged from, exactly: live verdicts too come from the 8-bit map.

    Raises
    ------
    InspectorError
        If the frame or the map is missing or damaged, or was measured by another model than `model`.
    """
    if entry.model != model.digest:
        raise InspectorError(
            f"inspection {entry.id} was measured by the model {entry.model[:12]}, not by {model.digest[:12]}; "
            "choose a recipe with the same model, or inspect the frames anew"
        )
    record = entry.record
    frame = Frame(journal.pixels(entry), record["index"], record["name"], record["part"], entry.captured_at)
    return remember(frame, journal.levels(entry), model, record["milliseconds"]["severity"])


def rejudge(
    journal: Journal, entries: Iterable[Entry], under: Recipe | float, load_model: Callable[[str], Model]
) -> Iterator[Flip]:
    """Judge past inspections again.

    Parameters
    ----------
    journal : Journal
    entries : iterable of Entry
    under : Recipe or float
        A recipe for all, or a T that replaces the one of each inspection's own recipe.
    load_model : callable
        Gives the model that a recipe names; called once for each name.

    Yields
    ------
    Flip
        One for each entry, in their order.

    Raises
    ------
    InspectorError
        If a frame, map or recipe can't be read, or an inspection was measured by another model.
    """
    model_for, recipe_for = cache(load_model), cache(journal.recipe)
    for entry in entries:
        recipe = under if isinstance(under, Recipe) else recipe_for(entry.recipe).with_threshold(under)
        again = judge(stored_measurement(journal, entry, model_for(recipe.model)), recipe)
        yield Flip(entry.id, entry.verdict, again.verdict)
