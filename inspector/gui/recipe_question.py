"""A question in the page itself: who changes what, and why."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from inspector.gui.recipe_field import Problem, TextField

Answers = dict[str, str]


class Question(QFrame):
    """Asks for a few words and then does something; Enter answers, Escape does not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.fields: dict[str, TextField] = {}
        self._asked: list[QWidget] = []
        self._before: QWidget | None = None
        self._then: Callable[[Answers], None] = lambda answers: None
        self.title, self.problem = QLabel(), Problem()
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.yes, self.no = QPushButton(), QPushButton("Cancel")
        self.yes.clicked.connect(self._answer)
        self.no.clicked.connect(self.leave)
        self._grid = QGridLayout()
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.no, self.yes):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addLayout(self._grid)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        self.hide()

    def ask(self, title: str, yes: str, words: Mapping[str, str], then: Callable[[Answers], None]) -> None:
        """Ask for words, each prefilled with what it is mostly; all are needed."""
        for widget in self._asked:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self._before = focus
        self.title.setText(title)
        self.yes.setText(yes)
        self.problem.say("")
        self._then = then
        self._asked, self.fields = [], {word: TextField(word) for word in words}
        for row, (word, field) in enumerate(self.fields.items()):
            label = QLabel(word)
            label.setBuddy(field)
            field.setText(words[word])
            field.returnPressed.connect(self._answer)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1)
            self._asked += [label, field]
        before: QWidget = self.no
        for widget in (*self.fields.values(), self.no, self.yes):
            self.setTabOrder(before, widget)
            before = widget
        self.show()
        for widget in self._asked:
            widget.show()  # now, so that it can have the focus
        (self._first_empty() or next(iter(self.fields.values()))).setFocus()

    def leave(self) -> None:
        """Ask no more; who was typing here goes on where that began."""
        typing = self.isAncestorOf(QApplication.focusWidget() or self.window())
        self.hide()
        if typing and self._before is not None:
            self._before.setFocus()

    def event(self, event: QEvent) -> bool:
        """Escape belongs to the question while it is asked."""
        asked = event.type() is QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See `event`."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _first_empty(self) -> TextField | None:
        return next((field for field in self.fields.values() if not field.text().strip()), None)

    def _answer(self) -> None:
        empty = self._first_empty()
        if empty is not None:
            self.problem.say(f"type something for {empty.accessibleName()!r}")
            empty.setFocus()
            return
        answers = {word: field.text().strip() for word, field in self.fields.items()}
        self.leave()
        self._then(answers)
