"""The fields of a recipe, each with what is wrong with it."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from inspector.gui.recipe_draft import Draft, Place
from inspector.gui.recipe_field import Choice, Problem, TextField


class _Field(NamedTuple):
    label: str
    hint: str
    empty: str = ""


_FIELDS = {
    "name": _Field("&Name", "What people call the recipe"),
    "threshold": _Field("&T", "Severities below T are no defects: 0 to 12"),
    "cluster_distance": _Field("&Cluster distance, px", "Clusters nearer than this are one defect: 0 to 64"),
    "min_area": _Field(
        "Minimum &area", 'Smaller regions are no defects: "40" is in pixels, "2 mm2" needs the scale', "none"
    ),
    "mm_per_px": _Field("mm per p&x", "The scale, for areas in mm2: how many mm a pixel is", "not known"),
    "views": _Field("F&rames of a part", "A part's verdict is the worst of its frames'"),
}
_PLACES = {
    "name": (0, 0, 3),
    "model": (1, 0, 3),
    "threshold": (2, 0, 1),
    "cluster_distance": (2, 2, 1),
    "min_area": (3, 0, 1),
    "mm_per_px": (3, 2, 1),
    "views": (4, 0, 1),
}
"""Row, column of the label, and columns that the field takes."""


class RecipeForm(QWidget):
    """Name, model, T, distance, size, scale and frames of a recipe.

    Signals
    -------
    typed(str, str)
        A person changed the field of that name to that text.
    model_wanted()
        A person wants to choose a model's folder.
    """

    typed = Signal(str, str)
    model_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {name: TextField(_plain(field.label), field.hint, field.empty) for name, field in _FIELDS.items()}
        self.model = Choice("model", "A model that ships, or the folder of one of yours")
        self.model.setEditable(True)
        self.model.setLineEdit(TextField("model", self.model.toolTip()))
        self.model.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        self.browse = QPushButton("Folder ...")
        self.browse.setToolTip("Choose the folder of a model of yours")
        self.problems = {name: Problem() for name in _PLACES}
        self._lay_out()
        for name, field in self.fields.items():
            field.textEdited.connect(partial(self.typed.emit, name))
        self.model.editTextChanged.connect(partial(self.typed.emit, "model"))
        self.browse.clicked.connect(self.model_wanted)

    def show_draft(self, draft: Draft, problems: Mapping[Place, str]) -> None:
        """Show what is typed, and what is wrong with it."""
        for name, field in self.fields.items():
            field.write(getattr(draft, name))
        if draft.model != self.model.currentText():
            with QSignalBlocker(self.model):
                self.model.setEditText(draft.model)
        for name, problem in self.problems.items():
            problem.say(problems.get(name, ""))
            self.widget(name).setAccessibleDescription(problem.problem)

    def offer_models(self, models: list[str]) -> None:
        """The models that can be named."""
        text = self.model.currentText()
        self.model.offer(models)
        with QSignalBlocker(self.model):
            self.model.setEditText(text)

    def widget(self, name: str) -> QWidget:
        """Where a field is typed."""
        return self.fields.get(name, self.model)

    def set_read_only(self, read_only: bool) -> None:
        """Show only."""
        for field in self.fields.values():
            field.setReadOnly(read_only)
        self.model.set_read_only(read_only)
        self.browse.setVisible(not read_only)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        for name, (row, column, span) in _PLACES.items():
            widget = self.widget(name)
            label = QLabel(_FIELDS[name].label if name in _FIELDS else "&Model")
            label.setBuddy(widget)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(widget, 2 * row, column + 1, 1, span - (name == "model"))
            left = max(1, column)  # the right half is narrow: there the label's column is for it too
            grid.addWidget(self.problems[name], 2 * row + 1, left, 1, span + (left == column))
        grid.addWidget(self.browse, 2 * _PLACES["model"][0], 3)


def _plain(label: str) -> str:
    return label.replace("&", "")
