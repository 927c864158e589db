"""One row of a policy, as it is typed and chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from inspector.gui.recipe_draft import RowDraft
from inspector.gui.recipe_field import Choice, Problem, TextField
from inspector.recipe import ANY_KIND
from inspector.types import Verdict

UP, DOWN, REMOVE = "move up", "move down", "remove"
_ANY = "any kind"
BUTTON = 28
BUTTONS = (5, 6, 7)
"""Width of a button, and the columns that have one."""

_NUMBER = 22
_SIGNS = {UP: "\N{UPWARDS ARROW}", DOWN: "\N{DOWNWARDS ARROW}", REMOVE: "\N{MULTIPLICATION SIGN}"}


class PolicyRowEditor(QWidget):
    """One row.

    Signals
    -------
    changed(object, str)
        The `RowDraft` that a person made of it, and the field that was typed into; empty for a choice.
    asked(str)
        Move it up or down, or remove it.
    """

    changed = Signal(object, str)
    asked = Signal(str)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row, self._kinds = RowDraft(), [ANY_KIND]
        where = f"in row {number + 1}"
        self.kind = Choice(f"kind {where}", "The kind that the row is about")
        self.area = TextField(f"area from {where}", 'Matches regions at least that large: "40" or "2 mm2"', "any")
        self.severity = TextField(f"severity from {where}", "Matches regions at least that severe: 0 to 12", "any")
        self.verdict = Choice(f"verdict {where}", "What becomes of a region that matches")
        self.verdict.offer([verdict.value for verdict in Verdict])
        self.fields = {"kind": self.kind, "min_area": self.area, "min_severity": self.severity}
        self.buttons = {what: QToolButton() for what in _SIGNS}
        self.problem = Problem()
        grid = row_grid(self)
        grid.addWidget(QLabel(str(number + 1)), 0, 0)
        for column, field in enumerate((self.kind, self.area, self.severity, self.verdict), start=1):
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(field, 0, column)
        for column, (what, button) in zip(BUTTONS, self.buttons.items(), strict=True):
            button.setText({UP: "\N{UPWARDS ARROW}", DOWN: "\N{DOWNWARDS ARROW}"}.get(what, "\N{MULTIPLICATION SIGN}"))
            button.setAccessibleName(f"{what}: row {number + 1}")
            button.setToolTip(f"{what.capitalize()} this row")
            button.setFixedSize(BUTTON, BUTTON)
            button.setSizePolicy(_kept_free(button))
            button.clicked.connect(partial(self._ask, what))
            grid.addWidget(button, 0, column)
        grid.addWidget(self.problem, 1, 1, 1, 7)
        self.kind.activated.connect(lambda i: self.changed.emit(replace(self._row, kind=self._kinds[i]), ""))
        self.verdict.activated.connect(lambda i: self.changed.emit(replace(self._row, verdict=list(Verdict)[i]), ""))
        self.area.textEdited.connect(lambda text: self.changed.emit(replace(self._row, min_area=text), "min_area"))
        self.severity.textEdited.connect(
            lambda text: self.changed.emit(replace(self._row, min_severity=text), "min_severity")
        )

    def show_row(self, row: RowDraft, kinds: Sequence[str], problems: Mapping[str, str]) -> None:
        """Show a row with the kinds to choose from, and what is wrong by field."""
        self._row = row
        self._kinds = list(dict.fromkeys([ANY_KIND, *kinds, row.kind]))
        self.kind.offer([_ANY, *self._kinds[1:]])
        self.kind.setCurrentIndex(self._kinds.index(row.kind))
        self.verdict.setCurrentText(row.verdict.value)
        self.area.write(row.min_area)
        self.severity.write(row.min_severity)
        self.problem.say("; ".join(problems.values()))
        for name, field in self.fields.items():
            field.setAccessibleDescription(problems.get(name, ""))

    def set_free(self, read_only: bool, first: bool, last: bool) -> None:
        """What can be done with the row."""
        for text in (self.area, self.severity):
            text.setReadOnly(read_only)
        for choice in (self.kind, self.verdict):
            choice.set_read_only(read_only)
        for what, button in self.buttons.items():
            button.setVisible(not read_only)
            button.setEnabled(not (what == UP and first) and not (what == DOWN and last))

    def _ask(self, what: str, _checked: bool = False) -> None:
        self.asked.emit(what)


def _kept_free(widget: QWidget) -> QSizePolicy:
    """Its room stays free while it is hidden, so that columns stay where they are."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    return policy


def row_grid(widget: QWidget) -> QGridLayout:
    """The columns of a row, the same in all."""
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(6)
    grid.setVerticalSpacing(2)
    grid.setColumnMinimumWidth(0, _NUMBER)
    for column in range(1, BUTTONS[0]):
        grid.setColumnStretch(column, 1)
    return grid
