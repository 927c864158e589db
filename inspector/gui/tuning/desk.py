"""The recipe that is tried, what was changed in it, and its T; no Qt."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from inspector.errors import InspectorError
from inspector.gui.recipe_draft import Draft, Place, Reading, draft_of, read_draft
from inspector.gui.recipe_edits import Edits
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary, model_kinds
from inspector.types import SEVERITY_MAX


class TuneDesk:
    """What is changed in a recipe stays here while others are tried; it is on disk once it is saved.

    Parameters
    ----------
    library : RecipeLibrary
    preferred : str
        Name of the recipe to begin with, where there is one.

    Attributes
    ----------
    kept : dict of Path to Kept
        The recipes of the library that can be read.
    chosen : Path
    """

    def __init__(self, library: RecipeLibrary, preferred: str) -> None:
        self._library = library
        self._kinds_of = cache(model_kinds)
        self._edits: dict[Path, Edits] = {}
        self._grip = 0
        self.kept: dict[Path, Kept] = {}
        self.reload()
        self.chosen = next((path for path, kept in self.kept.items() if kept.name == preferred), next(iter(self.kept)))

    def reload(self) -> None:
        """Read the library anew; what is changed here stays, what is not is as the file is now."""
        self._kinds_of.cache_clear()
        before, self.kept = self.kept, {kept.path: kept for kept in self._library.all() if kept.recipe}
        for path in list(self._edits):
            if path not in self.kept or self._edits[path].draft == draft_of(_recipe(before[path])):
                del self._edits[path]
        if before and self.chosen not in self.kept:
            self.chosen = next(iter(self.kept))

    def choose(self, path: Path) -> None:
        """Try another recipe."""
        self.chosen = path

    def take_saved(self, kept: Kept) -> None:
        """What was tried is saved: go on from there."""
        self.reload()
        self.chosen = kept.path
        self.discard()

    @property
    def now(self) -> Kept:
        """The recipe that is tried, as it is saved."""
        return self.kept[self.chosen]

    @property
    def edits(self) -> Edits:
        """What was changed in it."""
        if self.chosen not in self._edits:
            self._edits[self.chosen] = Edits(draft_of(_recipe(self.now)))
        return self._edits[self.chosen]

    @property
    def draft(self) -> Draft:
        """The recipe as it is changed."""
        return self.edits.draft

    @property
    def threshold(self) -> float:
        """T as it stands here."""
        return float(self.draft.threshold)

    def begin_move(self) -> None:
        """What T is moved by from now on is one step."""
        self._grip += 1

    def move(self, threshold: float) -> float:
        """Move T; returns where it comes to: in its range, to two decimals."""
        moved = round(min(max(threshold, 0.0), SEVERITY_MAX), 2)
        self.put({"threshold": repr(moved).removesuffix(".0")}, f"threshold, {self._grip}")
        return moved

    def put(self, values: dict[str, Any], place: Place | None) -> None:
        """Change fields of the draft; what is typed at one place in a row is one step."""
        self.edits.put(replace(self.draft, **values), place)

    def discard(self) -> None:
        """Go back to what is saved; a step like any other."""
        self.edits.put(draft_of(_recipe(self.now)))
        self.edits.rebase(_recipe(self.now))

    def read(self) -> Reading:
        """The recipe as it is changed, or what is wrong with it."""
        return read_draft(self.draft, self._kinds_of)

    def kinds(self) -> Sequence[str]:
        """The kinds that the recipe's model tells apart; none if there is no such model."""
        try:
            return self._kinds_of(self.draft.model)
        except InspectorError:  # told where the model is loaded
            return ()

    @property
    def is_edited(self) -> bool:
        """Whether something is changed and not saved."""
        return self.draft != draft_of(_recipe(self.now))

    def standing(self) -> str:
        """How the recipe stands, in a sentence."""
        if self.now.shipped or self.draft.base != self.now.recipe:
            return self.why_not_saved()
        return "Changed, not saved yet: Save T keeps all of it." if self.is_edited else f"As saved: {self.now.path}"

    def why_not_saved(self) -> str:
        """Why it can't be saved, in a sentence; empty where it can."""
        if self.now.shipped:
            return "This recipe ships and stays as it is: make a copy of it on the page of recipes (New from copy)."
        if self.draft.base != self.now.recipe:
            return "The recipe was saved elsewhere meanwhile: go back to the saved one first."
        return "" if self.is_edited else "Nothing is changed: there is nothing to save."


def _recipe(kept: Kept) -> Recipe:
    assert kept.recipe is not None  # the others are left out
    return kept.recipe
