"""Keys that a part of the window takes before the window's own commands do."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

Command = Callable[[], object]


class OwnKeys(QWidget):
    """A widget some of whose keys are no shortcuts of the window while it has the focus, or something in it."""

    def command(self, event: QKeyEvent) -> Command | None:
        """What a key does here; None leaves it to the window."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """See the class."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.command(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        command = self.command(event)
        if command:
            command()
        else:
            super().keyPressEvent(event)
