"""A sentence across the window that stops nobody from working."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from inspector.gui.state import LineState, Phase


class Banner(QFrame):
    """Says what is wrong until it is closed or no longer so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: LineState | None = None
        self.setObjectName("banner")
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton("Close")
        close.setAccessibleName("close the message")
        close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self._label, 1)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty while there is nothing to say."""
        return self._label.text() if not self.isHidden() else ""

    def say(self, sentence: str) -> None:
        """Show a sentence."""
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()

    def clear(self) -> None:
        """Say nothing any more."""
        self.hide()

    def show_state(self, state: LineState) -> None:
        """Say what is wrong with the line since the last call, and no more what is well again."""
        before, self._state = self._state, state
        if state.phase is Phase.FAULT and (before is None or before.phase is not Phase.FAULT):
            self.say(state.text)
        if state.cut_off and not (before and before.cut_off and before.link == state.link):
            which = "" if state.source in state.link.text else f" {state.source}"
            self.say(f"Source{which} {state.link.state}: {state.link.text}")
        elif before and before.cut_off and not state.cut_off and before.link.text in self.text:
            self.clear()
        was = before.notice if before else ""
        if state.notice and state.notice != was:
            self.say(state.notice[:1].upper() + state.notice[1:])
        elif was and not state.notice and was[1:] in self.text:
            self.clear()
        known = before.unreadable if before and before.number == state.number else 0
        if state.unreadable > known:
            error = next((part.error for part in state.parts if part.error), "")
            count = f"{state.unreadable} frames can't be read; the last: " if state.unreadable > 1 else ""
            self.say(f"{count}{error}")
