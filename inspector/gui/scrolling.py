"""Room for what may be higher than the room there is."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolling(QScrollArea):
    """A widget that scrolls up and down where it is too high, in no frame.

    Parameters
    ----------
    inside : QWidget
    least : int
        Height in px that it keeps.
    """

    def __init__(self, inside: QWidget, least: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = inside
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(least)

    def sizeHint(self) -> QSize:
        """As high as what is inside now; Qt's own is what it was in the beginning."""
        return self._inside.sizeHint()

    def event(self, event: QEvent) -> bool:
        """What is inside wants another height."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)
