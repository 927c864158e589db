"""The recipes on the page, what was typed into each, and which is looked at; no Qt."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from inspector import paths
from inspector.errors import InspectorError
from inspector.gui.recipe_draft import Reading, draft_of, read_draft
from inspector.gui.recipe_edits import Edits
from inspector.gui.recipe_unsaved import forget_unsaved, keep_unsaved, read_unsaved
from inspector.recipe_library import Kept, RecipeLibrary, model_kinds

_DOT = " \N{MIDDLE DOT} "


class RecipeDesk:
    """What is typed into a recipe stays here while others are looked at, and on disk until it is saved or discarded.

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
        self._found: dict[Path, datetime] = {}
        self._used: tuple[str, Path | None] = ("", None)
        self.kept = {kept.path: kept for kept in library.all()}
        self.chosen = self.used if self.used in self.kept else next(iter(self.kept))
        self._take_up()

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
            if path not in self.kept:
                forget_unsaved(path)
        self._take_up()
        if self.chosen not in self.kept:
            self.chosen = self.used if self.used in self.kept else next(iter(self.kept))

    def look_at_saved(self, path: Path) -> None:
        """A recipe was just written: look at it, as it was written."""
        self.reload()
        self.chosen = path
        self.discard()

    def discard(self) -> None:
        """Go back to what is saved; that is a step which can be taken back."""
        kept = self.now
        if self.edits is not None and kept.recipe is not None:
            self.edits.put(draft_of(kept.recipe))
            self.edits.rebase(kept.recipe)
        self._found.pop(kept.path, None)
        forget_unsaved(kept.path)

    def keep(self) -> None:
        """Have what is typed on disk, or nothing where nothing is unsaved.

        Raises
        ------
        InspectorError
            If it can't be written.
        """
        kept = self.now
        self._found.pop(kept.path, None)
        if self.edits is not None and self.is_edited(kept):
            keep_unsaved(kept.path, self.edits.draft)
        else:
            forget_unsaved(kept.path)

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

    def is_outdated(self, kept: Kept) -> bool:
        """Whether somebody saved a recipe after the changes to it that are typed here were begun."""
        return self.is_edited(kept) and self._edits[kept.path].draft.base != kept.recipe

    def can_save(self) -> bool:
        """Whether the recipe that is looked at is changed, right, and as it was when the changes were begun."""
        return self.is_edited(self.now) and not self.is_outdated(self.now) and self.read().recipe is not None

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
        found = self._found.get(kept.path)
        since = f"Unsaved changes from {found:%Y-%m-%d %H:%M}. " if found else ""
        if self.is_outdated(kept):
            return f"{since}The recipe was saved elsewhere meanwhile: keep yours by New from copy, or discard it."
        if self.read().problems:
            return f"{since}It can be saved when every field is right."
        if self.is_edited(kept):
            return f"{since or 'Changed, not saved yet. '}It can be put to use once it is saved."
        return f"Saved as {kept.path}"

    def _take_up(self) -> None:
        """Go on with what was typed before the window was closed."""
        for kept in self.kept.values():
            if kept.shipped or kept.recipe is None or kept.path in self._edits:
                continue
            if unsaved := read_unsaved(kept.path):
                self._edits[kept.path] = edits = Edits(draft_of(unsaved.draft.base))
                edits.put(unsaved.draft)
                self._found[kept.path] = unsaved.time
