"""What else of the recipe is tried: cluster distance, minimum area and policy."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.gui.policy_table import PolicyTable
from inspector.gui.recipe_draft import Draft, Place
from inspector.gui.recipe_field import Problem, TextField

_FIELDS = {
    "cluster_distance": ("&Cluster distance, px", "Clusters nearer than this are one defect: 0 to 64", ""),
    "min_area": ("Minimum &area", 'Smaller regions are no defects: "40" is in pixels, "2 mm2" in mm', "none"),
}


class Settings(QWidget):
    """Shows the recipe as it is changed and reports what a person types.

    Signals
    -------
    changed(object, object)
        The fields of the draft that a person changed, by name, and the `Place`, or None.
    undone(), redone(), discarded()
        The buttons.
    """

    changed = Signal(object, object)
    undone = Signal()
    redone = Signal()
    discarded = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {
            name: TextField(text.replace("&", ""), hint, empty) for name, (text, hint, empty) in _FIELDS.items()
        }
        self.problems = {name: Problem() for name in (*_FIELDS, "mm_per_px")}
        self.policy = PolicyTable()
        self.undo, self.redo, self.discard = QPushButton("Undo"), QPushButton("Redo"), QPushButton("Back to the recipe")
        self.undo.setToolTip("Take back the last step, of T too (Ctrl+Z)")
        self.redo.setToolTip("Do again what was taken back (Ctrl+Shift+Z)")
        self.discard.setToolTip("Everything as it is saved")
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self._lay_out()
        for name, field in self.fields.items():
            field.textEdited.connect(partial(self._type, name))
        self.policy.changed.connect(lambda rows, place: self.changed.emit({"rows": rows}, place))
        for button, signal in ((self.undo, self.undone), (self.redo, self.redone), (self.discard, self.discarded)):
            button.clicked.connect(signal)

    def show_draft(self, draft: Draft, kinds: Sequence[str], problems: Mapping[Place, str], note: str) -> None:
        """Show a recipe as it is changed, and what is wrong with it."""
        for name, field in self.fields.items():
            field.write(getattr(draft, name))
        for name, problem in self.problems.items():
            problem.say(problems.get(name, ""))
        for name, field in self.fields.items():
            field.setAccessibleDescription(self.problems[name].problem)
        self.policy.show_rows(draft.rows, kinds, problems, read_only=False)
        self.note.setText(note)

    def set_free(self, *, undo: bool, redo: bool, discard: bool) -> None:
        """What can be done now."""
        for button, free in ((self.undo, undo), (self.redo, redo), (self.discard, discard)):
            button.setEnabled(free)

    def _type(self, name: str, text: str) -> None:
        self.changed.emit({name: text}, name)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        for number, (name, field) in enumerate(self.fields.items()):
            label = QLabel(_FIELDS[name][0])
            label.setBuddy(field)
            grid.addWidget(label, 0, 2 * number)
            grid.addWidget(field, 0, 2 * number + 1)
            grid.addWidget(self.problems[name], 1, 2 * number, 1, 2)
            grid.setColumnStretch(2 * number + 1, 1)
        grid.addWidget(self.problems["mm_per_px"], 2, 0, 1, 4)
        buttons = QHBoxLayout()
        for button in (self.undo, self.redo, self.discard):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.note)
        column.addLayout(grid)
        column.addWidget(self.policy, 1)
        column.addLayout(buttons)
