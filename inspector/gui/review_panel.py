"""What was said of an inspection, and a person's own word on it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from inspector.gui.shown import Shown
from inspector.gui.verdict_panel import VerdictPanel
from inspector.journal.entry import Entry
from inspector.types import Verdict


class ReviewPanel(QWidget):
    """Verdict, history and the buttons to confirm or override.

    Signals
    -------
    decided(object, str)
        The person's `Verdict` and reason.
    """

    decided = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self.verdict, self.history = VerdictPanel(), QLabel()
        self.history.setWordWrap(True)
        self.history.setTextFormat(Qt.TextFormat.PlainText)
        self.history.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.history.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("reason (needed to override)")
        self.reason.setAccessibleName("reason of the review")
        self.reason.textChanged.connect(self._enable)
        self.buttons = {verdict: QPushButton() for verdict in Verdict}
        self._lay_out()
        self.show_entry(None)

    def show_entry(self, entry: Entry | None) -> None:
        """The inspection that the buttons are about."""
        if entry is None or self._entry is None or entry.id != self._entry.id:
            self.reason.clear()
        self._entry = entry
        self.history.setText(_history(entry) if entry else "")
        for verdict, button in self.buttons.items():
            own = entry is not None and verdict is entry.verdict
            button.setText(f"Confirm {verdict}" if own else f"Override: {verdict}")
            button.setToolTip("It was judged rightly" if own else "It was judged wrongly; a reason is needed")
        if entry is None:
            self.verdict.say_nothing("Choose an inspection in the table.", "")
        self._enable()

    def show_part(self, shown: Shown | None) -> None:
        """The verdict as logged, or a preview of it under another T."""
        if shown is not None:
            self.verdict.say(shown, f"No. {shown.entry_id}   {shown.name}")

    def _lay_out(self) -> None:
        box = QFrame()
        box.setProperty("panel", True)
        inner = QVBoxLayout(box)
        inner.addWidget(self.history)
        inner.addStretch(1)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        grid = QGridLayout()
        for i, button in enumerate(self.buttons.values()):
            grid.addWidget(button, i, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.verdict, 1)
        column.addWidget(box, 1)
        column.addWidget(self.reason)
        column.addLayout(grid)
        for verdict, button in self.buttons.items():
            button.clicked.connect(partial(self._decide, verdict))

    def _decide(self, verdict: Verdict, _checked: bool = False) -> None:
        self.decided.emit(verdict, self.reason.text().strip())

    def _enable(self) -> None:
        said = bool(self.reason.text().strip())
        for verdict, button in self.buttons.items():
            button.setEnabled(self._entry is not None and (said or verdict is self._entry.verdict))
        self.reason.setEnabled(self._entry is not None)


def _history(entry: Entry) -> str:
    threshold = entry.record["threshold"]
    lines = [
        f"{entry.time.astimezone():%Y-%m-%d %H:%M:%S}   judged {entry.verdict} at T {threshold:.2f}",
        f"source {entry.source}",
    ]
    for review in entry.reviews:
        what = "confirmed" if review.verdict is entry.verdict else f"overrode: {review.verdict}"
        why = f", \N{LEFT DOUBLE QUOTATION MARK}{review.reason}\N{RIGHT DOUBLE QUOTATION MARK}" if review.reason else ""
        lines.append(f"{review.time.astimezone():%Y-%m-%d %H:%M:%S}   {review.reviewer} {what}{why}")
    return "\n".join(lines)
