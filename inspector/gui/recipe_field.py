"""What a recipe is typed into: fields that leave undo to the page, and the sentence under one that is wrong."""

from PySide6.QtCore import QEvent, QKeyCombination, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from inspector.gui.colours import verdict_look
from inspector.types import Verdict

_SIGN = "\N{WARNING SIGN}"


def undoes(event: QKeyEvent) -> bool:
    """Whether a key takes back a step."""
    return event.matches(QKeySequence.StandardKey.Undo)


def redoes(event: QKeyEvent) -> bool:
    """Whether a key does a step again; Ctrl+Shift+Z everywhere, beside the system's own."""
    again = QKeyCombination(Qt.Modifier.CTRL | Qt.Modifier.SHIFT, Qt.Key.Key_Z)
    return event.matches(QKeySequence.StandardKey.Redo) or event.keyCombination() == again


class TextField(QLineEdit):
    """A line of text without an undo of its own: the page takes back what was done to the whole recipe."""

    def __init__(self, name: str = "", hint: str = "", empty: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self.setPlaceholderText(empty)

    def write(self, text: str) -> None:
        """Show a text that nobody types here now."""
        if text != self.text():
            with QSignalBlocker(self):
                self.setText(text)
                self.setCursorPosition(len(text) if self.hasFocus() else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if undoes(event) or redoes(event):
            event.ignore()
        else:
            super().keyPressEvent(event)


class Choice(QComboBox):
    """A choice by mouse or first letter; the wheel and keys with Ctrl are meant for the page."""

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self._fixed = False
        self.setMinimumContentsLength(1)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def offer(self, texts: list[str]) -> None:
        """What can be chosen."""
        if texts != [self.itemText(i) for i in range(self.count())]:
            with QSignalBlocker(self):
                self.clear()
                self.addItems(texts)

    def set_read_only(self, read_only: bool) -> None:
        """Show only, as plainly as what can be changed."""
        self._fixed = read_only
        typed = self.lineEdit()
        if typed is not None:
            typed.setReadOnly(read_only)

    def showPopup(self) -> None:
        """See Qt."""
        if not self._fixed:
            super().showPopup()

    def event(self, event: QEvent) -> bool:
        """A letter is for the choice, whatever it is a shortcut of elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.text().isalnum():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if self._fixed or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """See the class."""
        event.ignore()


class Problem(QLabel):
    """Says under a field what is wrong with it; takes no room while nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.say("")

    def say(self, problem: str) -> None:
        """Show a sentence; an empty one is none."""
        self.setText(f"{_SIGN} {problem}" if problem else "")
        self.setVisible(bool(problem))

    @property
    def problem(self) -> str:
        """What is said; empty while nothing is wrong."""
        return self.text().removeprefix(f"{_SIGN} ")

    def changeEvent(self, event: QEvent) -> None:
        """The colour of what is not as it should be, in either theme."""
        super().changeEvent(event)
        palette = self.palette()
        ink = verdict_look(Verdict.REVIEW, palette).ink
        if palette.color(QPalette.ColorRole.WindowText) != ink:
            palette.setColor(QPalette.ColorRole.WindowText, ink)
            self.setPalette(palette)
