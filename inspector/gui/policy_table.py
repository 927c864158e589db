"""The policy of a recipe: rows of kind, size and severity, and what becomes of a region that matches."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.recipe_draft import Place, RowDraft
from inspector.gui.recipe_row import BUTTON, BUTTONS, DOWN, REMOVE, UP, PolicyRowEditor, row_grid
from inspector.gui.scrolling import Scrolling

_COLUMNS = ("", "kind", "area from", "severity from", "verdict")


class PolicyTable(QFrame):
    """The rows in their order, and the last line that nobody can change.

    Signals
    -------
    changed(object, object)
        The rows that a person made of them, a tuple of `RowDraft`, and the `Place` that was typed at, or None.
    """

    changed = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.rows: list[PolicyRowEditor] = []
        self._drafts: tuple[RowDraft, ...] = ()
        self.add = QPushButton("Add row")
        self.add.setToolTip("Add a row at the end of the policy")
        self.add.clicked.connect(self._add)
        self.rest = QLabel("everything else: reject")
        self.rest.setProperty("muted", True)
        self._lay_out()

    def show_rows(
        self, rows: tuple[RowDraft, ...], kinds: Sequence[str], problems: Mapping[Place, str], read_only: bool
    ) -> None:
        """Show a policy, and what is wrong with it by row and field."""
        self._drafts = rows
        while len(self.rows) > len(rows):
            gone = self.rows.pop()
            self._lines.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        while len(self.rows) < len(rows):
            self._append()
        for number, (editor, row) in enumerate(zip(self.rows, rows, strict=True)):
            own = {
                place[1]: text for place, text in problems.items() if isinstance(place, tuple) and place[0] == number
            }
            editor.show_row(row, kinds, own)
            editor.set_free(read_only, number == 0, number == len(rows) - 1)
        self.add.setVisible(not read_only)

    def _append(self) -> None:
        number = len(self.rows)
        editor = PolicyRowEditor(number)
        editor.changed.connect(partial(self._change, number))
        editor.asked.connect(partial(self._move, number))
        self.rows.append(editor)
        self._lines.insertWidget(number, editor)
        editor.show()  # now, so that it can have the focus

    def _add(self) -> None:
        self.changed.emit((*self._drafts, RowDraft()), None)
        self.rows[-1].kind.setFocus()

    def _change(self, number: int, row: RowDraft, field: str) -> None:
        rows = (*self._drafts[:number], row, *self._drafts[number + 1 :])
        self.changed.emit(rows, (number, field) if field else None)

    def _move(self, number: int, what: str) -> None:
        rows = list(self._drafts)
        row = rows.pop(number)
        to = number + {UP: -1, DOWN: 1, REMOVE: 0}[what]
        if what != REMOVE:
            rows.insert(to, row)
        self.changed.emit(tuple(rows), None)
        if not self.rows:
            self.add.setFocus()
            return
        buttons = self.rows[min(to, len(self.rows) - 1)].buttons
        (buttons[what] if buttons[what].isEnabled() else buttons[REMOVE]).setFocus()

    def _lay_out(self) -> None:
        title = QLabel("Policy: the first row that matches a defect decides.")
        title.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.add)
        names = QWidget()
        grid = row_grid(names)
        for column, name in enumerate(_COLUMNS):
            label = QLabel(name)
            label.setProperty("muted", True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(label, 0, column)
        for column in BUTTONS:
            free = QWidget()
            free.setFixedWidth(BUTTON)
            grid.addWidget(free, 0, column)
        inside = QWidget()
        self._lines = QVBoxLayout(inside)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)
        self._lines.addWidget(self.rest)
        self._lines.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addLayout(head)
        whole.addWidget(names)
        whole.addWidget(Scrolling(inside), 1)
