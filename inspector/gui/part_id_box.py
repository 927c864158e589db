"""Where a barcode reader types the id of the part to come: readers act as keyboards, and end with Enter."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget


class PartIdBox(QLineEdit):
    """Takes what is typed until Enter.

    While it has the focus, letters are part of an id and no commands.

    Signals
    -------
    entered(str)
        The id of the next part.
    """

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("id of the next part")
        self.setToolTip("Read the part's code, or type it and press Enter (Ctrl+B comes here)")
        self.setMaxLength(200)
        self.show_waiting("")
        self.returnPressed.connect(self._enter)

    def show_waiting(self, part: str) -> None:
        """Say which id waits for its part; none if empty."""
        self.setPlaceholderText(f"next part: {part}" if part else "read the part's code")

    def _enter(self) -> None:
        part = self.text().strip()
        self.clear()
        if part:
            self.show_waiting(part)
            self.entered.emit(part)
