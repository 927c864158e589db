"""What a person says of a part: confirm or override by one key, and why."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from inspector.types import Verdict

CONFIRM_KEY = "C"
KEYS = {Verdict.ACCEPT: "A", Verdict.REVIEW: "V", Verdict.REJECT: "X"}
"""R is the line's."""

_HINT = "reason (an override needs one)"


class DecisionBox(QWidget):
    """A button for each verdict, and the reason below them.

    An override asks for its reason: the field has the focus then, Enter saves and Escape leaves it.

    Signals
    -------
    decided(object, str)
        The person's `Verdict` and reason.
    left()
        The reason was left; the keys are the page's again.
    """

    decided = Signal(object, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own: Verdict | None = None
        self._free = self._blind = False
        self._asked: Verdict | None = None
        self.reason, self.note = _Reason(), QLabel()
        self.buttons = {verdict: QPushButton() for verdict in reversed(Verdict)}
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setAccessibleName("reason of the review")
        self.reason.setToolTip("Why; Enter saves, Esc leaves it")
        self.reason.returnPressed.connect(self._save)
        self.reason.escaped.connect(self.leave)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for verdict, button in self.buttons.items():
            button.clicked.connect(partial(self.decide, verdict))
        self._grid.addWidget(self.reason, 1, 0, 1, 3)
        self._grid.addWidget(self.note, 2, 0, 1, 3)
        self.show_verdict(None)

    def show_verdict(self, own: Verdict | None, blind: bool = False) -> None:
        """The program's verdict, which is not told to who reviews blindly; None where there is nothing to decide."""
        self._own, self._blind, self._free = own, blind, own is not None
        self.reason.clear()
        self.reason.setEnabled(self._free)
        self._ask(None)
        confirmed = own if own is not None and not blind else None
        for place, verdict in enumerate(sorted(self.buttons, key=lambda one: one is not confirmed)):
            button = self.buttons[verdict]
            button.setEnabled(self._free)
            self._name(button, verdict, verdict is confirmed)
            self._grid.addWidget(button, 0, place)

    def confirm(self) -> None:
        """The program is right."""
        if self._own is not None and not self._blind:
            self.decide(self._own)

    def decide(self, verdict: Verdict, _checked: bool = False) -> None:
        """Say this verdict: at once where it needs no reason or has one, else once the reason is there."""
        if not self._free:
            return
        reason = self.reason.text().strip()
        if self._blind or verdict is self._own or reason:
            self._ask(None)
            self.decided.emit(verdict, reason)
        else:
            self._ask(verdict)
            self.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Decide nothing."""
        self.reason.clear()
        self._ask(None)
        self.left.emit()

    def say(self, sentence: str) -> None:
        """Tell what came of a decision."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _save(self) -> None:
        if self._asked is not None and self.reason.text().strip():
            self.decide(self._asked)
            self.left.emit()
        elif self._asked is None:
            self.left.emit()
            self.say("The reason is written; now say what it is the reason of, by a button or its key.")

    def _ask(self, verdict: Verdict | None) -> None:
        self._asked = verdict
        self.reason.setPlaceholderText(f"why {verdict}? Enter saves" if verdict else _HINT)
        self.say("")

    def _name(self, button: QPushButton, verdict: Verdict, confirms: bool) -> None:
        if confirms:
            button.setText(f"Confirm  {CONFIRM_KEY}")
            button.setToolTip(f"It was judged rightly ({CONFIRM_KEY}, {KEYS[verdict]}, or Enter in the table)")
        else:
            button.setText(f"{verdict.capitalize()}  {KEYS[verdict]}")
            why = "What you see" if self._blind else "It was judged wrongly; asks for the reason"
            button.setToolTip(f"{why} ({KEYS[verdict]})")
        button.setAccessibleName(f"{'confirm' if confirms else 'say'} {verdict}")


class _Reason(QLineEdit):
    """Escape leaves it, whatever it is a shortcut of elsewhere."""

    escaped = Signal()

    def event(self, event: QEvent) -> bool:
        """See the class."""
        if event.type() is QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if _is_escape(event):
            self.escaped.emit()
        else:
            super().keyPressEvent(event)


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
