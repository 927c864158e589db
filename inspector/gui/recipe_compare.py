"""How a recipe differs from another, and what was changed in it so far."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector.gui.recipe_field import Choice
from inspector.gui.recipe_texts import TextList
from inspector.policy import with_units
from inspector.recipe import Recipe
from inspector.recipe_history import Change, differences


class CompareView(QWidget):
    """Differences to a recipe that a person chooses.

    Signals
    -------
    chosen()
        A person chose another one.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._others: dict[Path, Recipe] = {}
        self.other = Choice("compare with", "The recipe to compare with")
        self.other.currentIndexChanged.connect(self.chosen)
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.found = TextList("differences")
        label = QLabel("Compare &with")
        label.setBuddy(self.other)
        head = QHBoxLayout()
        head.addWidget(label)
        head.addWidget(self.other, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addWidget(self.found, 1)

    def offer(self, others: Mapping[Path, Recipe]) -> None:
        """The recipes to compare with."""
        self._others = dict(others)
        self.other.offer([recipe.name for recipe in others.values()])

    def show_recipe(self, recipe: Recipe | None) -> None:
        """Compare a recipe, as it is typed."""
        index = self.other.currentIndex()
        if recipe is None or not 0 <= index < len(self._others):
            self.note.setText("There is nothing to compare." if recipe else "Correct the fields first.")
            self.found.show_texts([])
            return
        other = list(self._others.values())[index]
        found = differences(recipe, other)
        self.note.setText(f"{len(found)} difference{'' if len(found) == 1 else 's'}" if found else "They are the same.")
        texts = [f"{one.field}\nhere: {one.before}\n{other.name}: {one.after}" for one in found]
        self.found.show_texts(list(map(with_units, texts)))


class HistoryView(QWidget):
    """The changes of a recipe, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes = TextList("changes of the recipe, newest first")
        self.note = QLabel()
        self.note.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.note)
        column.addWidget(self.changes, 1)

    def show_changes(self, changes: Sequence[Change]) -> None:
        """List them."""
        count = len(changes)
        self.note.setText(
            f"{count} change{'' if count == 1 else 's'}, newest first" if count else "Never changed here."
        )
        self.changes.show_texts(list(map(_in_words, changes)))


def _in_words(change: Change) -> str:
    arrow = "\N{RIGHTWARDS ARROW}"
    what = [
        f"{one.field}: {one.before} {arrow} {one.after}" if one.before else f"{one.field} {one.after}"
        for one in change.what
    ]
    return with_units("\n".join([f"{change.time.astimezone():%Y-%m-%d %H:%M}   {change.who}: {change.why}", *what]))
