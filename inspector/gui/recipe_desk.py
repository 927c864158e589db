"""The recipes on the page, what was typed into each, and which is looked at; no Qt."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from inspector import paths
from inspector.errors import InspectorError
from inspector.gui.recipe_draft import Reading, draft_of, read_draft
from inspector.gui.recipe_edits import Edits
from inspector.recipe_library import Kept, RecipeLibrary, model_kinds

_DOT = " \N{MIDDLE DOT} "


class RecipeDesk:
    """What is typed into a recipe stays here while others are looked at.

    Parameters
    ----------
    library : RecipeLibrary
    in_use : callable
        Gives the recipe that the line was opened with: a file, or the name of one that ships.

    Attributes
    ----------
    kept : dict of Path to Kept
        All of the library, in its order.
    """

    def __init__(self, library: RecipeLibrary, in_use: Callable[[], str]) -> None:
        self._library, self._in_use = library, in_use
        self._kinds_of = cache(model_kinds)
        self._edits: dict[Path, Edits] = {}
        self._used: tuple[str, Path | None] = ("", None)
        self.kept = {kept.path: kept for kept in library.all()}
        self.chosen = self.used if self.used in self.kept else next(iter(self.kept))

    @property
    def now(self) -> Kept:
        """The recipe that is looked at."""
        return self.kept[self.chosen]

    @property
    def edits(self) -> Edits | None:
        """What was typed into it; None if it can't be read."""
        kept = self.now
        if kept.path not in self._edits and kept.recipe is not None:
            self._edits[kept.path] = Edits(draft_of(kept.recipe))
        return self._edits.get(kept.path)

    @property
    def used(self) -> Path | None:
        """The file that the line was opened with; None where there is none."""
        text = self._in_use()
        if text != self._used[0]:
            try:
                self._used = (text, paths.find_recipe(text).absolute())
            except InspectorError:  # the line says so itself
                self._used = (text, None)
        return self._used[1]

    def reload(self) -> None:
        """Read the library anew; what was typed stays, what was not typed into is as the file is now."""
        self._kinds_of.cache_clear()
        before, self.kept = self.kept, {kept.path: kept for kept in self._library.all()}
        for path in list(self._edits):
            if path not in self.kept or not self.is_edited(before[path]):
                del self._edits[path]
        if self.chosen not in self.kept:
            self.chosen = self.used if self.used in self.kept else next(iter(self.kept))

    def look_at_saved(self, path: Path) -> None:
        """A recipe was just written: look at it, as it was written."""
        self.reload()
        self.chosen = path
        recipe = self.now.recipe
        if self.edits is not None and recipe is not None:
            self.edits.put(draft_of(recipe))

    def read(self) -> Reading:
        """The recipe as it is typed, or what is wrong with it."""
        if self.edits is None:
            return Reading(None, {})
        draft = self.edits.draft
        recipe, problems = read_draft(draft, self._kinds_of)
        names = {kept.name.casefold() for kept in self.kept.values() if kept is not self.now}
        if draft.name.strip().casefold() in names:
            return Reading(None, {"name": "another recipe has that name: choose another", **problems})
        return Reading(recipe, problems)

    def kinds(self) -> Sequence[str]:
        """The kinds of the model that is typed; none if there is no such model."""
        try:
            return self._kinds_of(self.edits.draft.model.strip()) if self.edits else ()
        except InspectorError:  # told at the field
            return ()

    def is_edited(self, kept: Kept) -> bool:
        """Whether a recipe was changed and not saved."""
        edits = self._edits.get(kept.path)
        if edits is None or kept.recipe is None or edits.draft == draft_of(kept.recipe):
            return False
        return read_draft(edits.draft, self._kinds_of).recipe != kept.recipe

    def note(self, kept: Kept) -> str:
        """How a recipe stands, in a few words."""
        notes = {
            "ships, read-only": kept.shipped,
            "yours": not kept.shipped,
            "in use": kept.path == self.used,
            "edited": self.is_edited(kept),
            "can't be read": bool(kept.trouble),
        }
        return _DOT.join(note for note, so in notes.items() if so)

    def standing(self) -> str:
        """What can be done with the recipe that is looked at, in a sentence."""
        kept = self.now
        if kept.trouble:
            return kept.trouble
        if kept.shipped:
            return "This recipe ships with the program and stays as it is. New from copy makes one that you can change."
        if self.read().problems:
            return "It can be saved when every field is right."
        if self.is_edited(kept):
            return "Changed, not saved yet. It can be put to use once it is saved."
        return f"Saved as {kept.path}"
