"""What is to become of strokes that are not saved: asked in the page itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget


class Leaving(QFrame):
    """Asks whether to save, to discard or to go on drawing.

    Signals
    -------
    saved(), discarded(), stayed()
        What a person answered.
    """

    saved = Signal()
    discarded = Signal()
    stayed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.save, self.discard, self.stay = QPushButton("Save"), QPushButton("Discard"), QPushButton("Go on drawing")
        row = QHBoxLayout(self)
        row.addWidget(QLabel("What you drew is not saved."), 1)
        told = {
            self.stay: (self.stayed, "Leave nothing; draw on (Esc)"),
            self.discard: (self.discarded, "Forget what you drew here"),
            self.save: (self.saved, "Add what you drew to the inspection, with your reason (Ctrl+S)"),
        }
        for button, (signal, tip) in told.items():
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        self.hide()

    def ask(self) -> None:
        """Show the question."""
        self.show()
        self.save.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter answers as Space does: by the button that has the focus."""
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QPushButton):
            focus.click()
        else:
            super().keyPressEvent(event)
