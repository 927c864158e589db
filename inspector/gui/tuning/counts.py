"""Parts by truth and verdict, and annotated defects by kind and by what they were found as."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector.gui.tuning.matrix import ROW, Matrix
from inspector.tune.picking import frames_of_kinds, frames_of_parts, kind_confusion
from inspector.tune.swept import Ints
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial
from inspector.types import Verdict

_TRUTHS = ("sound", "defective")
_VERDICTS = tuple(Verdict)
_PARTS = "Parts"

_PARTS_WIDTH = 250
_TITLES = 58
_LEAST, _MOST = 3, 8
"""Rows that there is room for."""


class Counts(QWidget):
    """Two tables; a click on a count asks for the frames behind it, at whatever T.

    Signals
    -------
    picked(str, object)
        What a person wants to see, in words, and a callable that gives its frames for a trial and a T.
    """

    picked = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        hint = "Click a count, or press Enter on it, to see the frames behind it"
        self.parts = Matrix("parts by truth and verdict", hint)
        self.kinds = Matrix("defects by kind and by kind found", hint)
        self._classes: tuple[str, ...] = ()
        self._wrong_parts = np.array([[False, False, True], [True, False, False]])
        self._wrong_kinds = np.zeros((0, 0), np.bool_)
        self._titles = QLabel(), QLabel("Defects by annotated kind, and what they were found as")
        self.parts.show_names(_TRUTHS, [verdict.value for verdict in Verdict])
        self._clear()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.parts.setFixedWidth(_PARTS_WIDTH)
        self._fit(len(_TRUTHS))
        for title, table, stretch in zip(self._titles, (self.parts, self.kinds), (0, 1), strict=True):
            title.setProperty("muted", True)
            box = QVBoxLayout()
            box.setSpacing(4)
            box.addWidget(title)
            box.addWidget(table, 1)
            row.addLayout(box, stretch)
        self.parts.picked.connect(self._pick_parts)
        self.kinds.picked.connect(self._pick_kinds)

    def show_trial(self, trial: Trial | None, threshold: float) -> None:
        """Count at a T, or nothing while there is no trial."""
        if trial is None:
            self._clear()
            return
        swept = trial.swept
        if swept.classes != self._classes:
            self._classes = swept.classes
            self._wrong_kinds = ~np.eye(len(swept.classes), dtype=np.bool_)[1:]
            self.kinds.show_names(swept.classes[1:], ("missed", *swept.classes[1:]))
            self._fit(len(swept.classes) - 1)
        self._titles[0].setText(f"{_PARTS}: {len(swept.parts)}, defective {swept.defective_parts.sum()}")
        for widget in (self._titles[1], self.kinds):
            widget.setVisible(swept.masked)
        self.parts.show_counts(trial.counts[:, :, column(threshold)], self._wrong_parts)
        if swept.masked:
            self.kinds.show_counts(kind_confusion(trial, threshold)[1:], self._wrong_kinds)

    def clear_marks(self) -> None:
        """Mark no count: other frames are shown than those behind one."""
        for table in (self.parts, self.kinds):
            table.clearSelection()

    def _fit(self, rows: int) -> None:
        """As high as the tables are, so that the pictures have the rest."""
        self.setFixedHeight(_TITLES + ROW * min(max(rows, _LEAST), _MOST))

    def _clear(self) -> None:
        self._titles[0].setText(_PARTS)
        self.parts.show_counts(None, self._wrong_parts)
        self.kinds.show_counts(None, self._wrong_kinds)

    def _pick_parts(self, row: int, place: int) -> None:
        self.kinds.clearSelection()
        verdict, defective = _VERDICTS[place], bool(row)

        def frames(trial: Trial, threshold: float) -> Ints:
            return frames_of_parts(trial, threshold, defective, verdict)

        self.picked.emit(f"{_TRUTHS[row]} parts, {verdict}", frames)

    def _pick_kinds(self, row: int, detected: int) -> None:
        self.parts.clearSelection()
        kind = row + 1

        def frames(trial: Trial, threshold: float) -> Ints:
            return frames_of_kinds(trial, threshold, kind, detected)

        found = f"found as {self._classes[detected]}" if detected else "missed"
        self.picked.emit(f"{self._classes[kind]} {found}", frames)
