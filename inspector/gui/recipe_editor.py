"""The middle of the recipe page: one recipe as it is typed, and the buttons that act on it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.gui.policy_table import PolicyTable
from inspector.gui.recipe_draft import Draft, Place
from inspector.gui.recipe_form import RecipeForm


class RecipeEditor(QWidget):
    """Form, policy and buttons; shows what it is told and reports what a person does.

    Signals
    -------
    undone(), redone(), discarded(), saved(), adopted()
        The buttons.
    """

    undone = Signal()
    redone = Signal()
    discarded = Signal()
    saved = Signal()
    adopted = Signal()

    def __init__(self, question: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("muted", True)
        self.form, self.policy = RecipeForm(), PolicyTable()
        self.undo, self.redo, self.discard = QPushButton("Undo"), QPushButton("Redo"), QPushButton("Discard changes")
        self.save, self.adopt = QPushButton("Save ..."), QPushButton("Put to use")
        self.undo.setToolTip("Take back the last step (Ctrl+Z)")
        self.save.setToolTip("Save the changes, with who and why (Ctrl+S)")
        self.redo.setToolTip("Do again what was taken back (Ctrl+Shift+Z)")
        self.discard.setToolTip("Back to what is saved")
        told = {
            self.undo: self.undone,
            self.redo: self.redone,
            self.discard: self.discarded,
            self.save: self.saved,
            self.adopt: self.adopted,
        }
        buttons = QHBoxLayout()
        for button, signal in told.items():
            button.clicked.connect(signal)
            buttons.addWidget(button)
            if button is self.discard:
                buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        column.addWidget(self.form)
        column.addWidget(self.policy, 1)
        column.addWidget(question)
        column.addLayout(buttons)

    def show_draft(
        self, draft: Draft, kinds: Sequence[str], problems: Mapping[Place, str], read_only: bool, note: str
    ) -> None:
        """Show a recipe, what is wrong with it and how it stands."""
        self.note.setText(note)
        self.form.set_read_only(read_only)
        self.form.show_draft(draft, problems)
        self.policy.show_rows(draft.rows, kinds, problems, read_only)
        self._set_shown(True)

    def show_nothing(self, why: str) -> None:
        """There is no recipe to be shown, and why."""
        self.note.setText(why)
        self._set_shown(False)

    def go_to(self, place: Place) -> None:
        """Have a person type at a place."""
        field = self.form.widget(place) if isinstance(place, str) else self.policy.rows[place[0]].fields[place[1]]
        field.setFocus()

    def set_free(self, *, undo: bool, redo: bool, discard: bool, save: bool, adopt: bool) -> None:
        """What can be done now."""
        free = {self.undo: undo, self.redo: redo, self.discard: discard, self.save: save, self.adopt: adopt}
        for button, enabled in free.items():
            button.setEnabled(enabled)
        self.adopt.setToolTip("Judge the next parts by this recipe" if adopt else "Only what is saved can be used")

    def _set_shown(self, shown: bool) -> None:
        for widget in (self.form, self.policy):
            widget.setEnabled(shown)
