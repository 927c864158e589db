"""The steps of editing a recipe, to be taken back and done again; no Qt."""

from dataclasses import replace

from inspector.gui.recipe_draft import Draft, Place
from inspector.recipe import Recipe


class Edits:
    """A draft and the steps to it; what is typed at one place in a row is one step."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._place: Place | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._future)

    def put(self, draft: Draft, place: Place | None = None) -> None:
        """Go on to `draft`; without a place it is a step of its own."""
        if draft == self.draft:
            return
        if place is None or place != self._place:
            self._past.append(self.draft)
        self._future.clear()
        self.draft, self._place = draft, place

    def rebase(self, base: Recipe) -> None:
        """All steps are changes of `base` from now on: it is what is saved."""
        self.draft = replace(self.draft, base=base)
        for steps in (self._past, self._future):
            steps[:] = [replace(draft, base=base) for draft in steps]

    def undo(self) -> None:
        """Take back the last step."""
        self._go(self._past, self._future)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._go(self._future, self._past)

    def _go(self, source: list[Draft], target: list[Draft]) -> None:
        if source:
            target.append(self.draft)
            self.draft, self._place = source.pop(), None
