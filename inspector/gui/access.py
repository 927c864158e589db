"""Operator and engineer: the strip to unlock with, and what only an engineer may use."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from inspector.access import MIN_LENGTH, Access, Level
from inspector.errors import InspectorError
from inspector.gui.background import Newest

_KEYS = "Ctrl+L"
WHY_NOT = f"Only an engineer can change this: unlock with {_KEYS}"

_PULSE_MS = 50
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class AccessBar(QFrame):
    """A strip that opens where a password is wanted, and `button`, which shows the level and opens it.

    The line goes on and the window answers, also while a password is checked.

    Parameters
    ----------
    access : Access

    Signals
    -------
    changed(bool)
        Whether an engineer is there, from now on.
    """

    changed = Signal(bool)

    def __init__(self, access: Access, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._access = access
        self._checker: Newest[bool] = Newest("inspector-access")
        self._setting = False
        self._guarded: list[_Guarded] = []
        self.button, self.action = QPushButton(), QAction("&Engineer: unlock or lock", self)
        self.password, self.new, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        self.enter, self.lock, self.change = QPushButton(), QPushButton("Lock"), QPushButton()
        self.close_strip, self.said = QPushButton("Close"), QLabel()
        self._lay_out()
        self._connect()
        self.hide()
        self._unlocked = self.unlocked
        self._show_level()
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self._refresh)
        self._pulse.start(_PULSE_MS)

    @property
    def unlocked(self) -> bool:
        """Whether an engineer is there."""
        return self._access.level is Level.ENGINEER

    def engineer_only(self, *things: QWidget | QAction) -> None:
        """Enable these while an engineer is there, and say in their tooltips why not otherwise.

        Nothing else may enable or disable them. A part whose own use comes and goes stands in a widget that is given.
        """
        for thing in things:
            self._guarded.append(_Guarded(thing))
            self._guarded[-1].show(self._unlocked)

    def toggle(self) -> None:
        """Open the strip, or close it."""
        if self.isHidden():
            self._open(setting=False)
        else:
            self._fold()

    def close_threads(self) -> None:
        """End what works for this strip."""
        self._pulse.stop()
        self._listen(False)
        self._checker.close()

    def event(self, event: QEvent) -> bool:
        """Escape is for the strip while it has the focus, whatever it is a shortcut of elsewhere."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the strip."""
        if _is_escape(event):
            self._fold()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is there.

        Only what comes to a window from outside counts: what goes on to its widgets may be of Qt's own making, as when
        something appears under a resting mouse.
        """
        if watched.isWindowType() and event.type() in _SIGNS_OF_LIFE:
            self._access.touch()
        return False

    def _lay_out(self) -> None:
        self.setProperty("panel", True)
        self.setAccessibleName("engineer")
        self.action.setShortcut(QKeySequence(_KEYS))
        self.button.addAction(self.action)
        for field, name in ((self.new, f"new password, {MIN_LENGTH} or more"), (self.again, "new password again")):
            field.setPlaceholderText(name)
        for field in (self.password, self.new, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setFixedWidth(210)
        self.new.setAccessibleName("new password")
        self.again.setAccessibleName("new password again")
        self.lock.setToolTip("Let operators run the line and change nothing")
        self.close_strip.setToolTip("Close this strip (Esc)")
        self.close_strip.setAccessibleName("close the strip")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        for widget in (self.password, self.new, self.again, self.enter, self.lock, self.change):
            row.addWidget(widget)
        row.addWidget(self.said, 1)
        row.addWidget(self.close_strip)

    def _connect(self) -> None:
        self.action.triggered.connect(self.toggle)
        self.button.clicked.connect(self.toggle)
        self.close_strip.clicked.connect(self._fold)
        self.lock.clicked.connect(self._access.lock)
        self.change.clicked.connect(lambda: self._open(setting=True))
        for field in (self.password, self.new, self.again):
            field.returnPressed.connect(self._submit)
        self.enter.clicked.connect(self._submit)

    def _open(self, setting: bool) -> None:
        self._setting = setting
        known, asking = self._access.has_password, setting or not self.unlocked
        self.password.setVisible(asking and known)
        self.password.setPlaceholderText("password until now" if setting else "password")
        self.password.setAccessibleName("password until now" if setting else "engineer's password")
        for field in (self.new, self.again):
            field.setVisible(setting)
        self.enter.setVisible(asking)
        self.enter.setText("Set password" if setting else "Unlock")
        self.lock.setVisible(known and not asking)
        self.change.setVisible(not asking)
        self.change.setText("Change password ..." if known else "Set a password ...")
        self._say("" if asking else self._about())
        self.show()
        first = next(w for w in (self.password, self.new, self.lock, self.change) if not w.isHidden())
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _fold(self) -> None:
        self._clear(self.password, self.new, self.again)
        inside = self.isAncestorOf(QApplication.focusWidget() or self.window())
        self.hide()
        if inside:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        if not self._checker.idle:
            return
        password, new = self.password.text(), self.new.text()
        if not self._setting:
            self._checker.ask(lambda: self._access.unlock(password))
        elif new != self.again.text():
            self._say("The two new passwords differ.")
            return
        else:
            self._checker.ask(lambda: self._access.set_password(new, password))
        self._say("Checking ...")

    def _refresh(self) -> None:
        try:
            right = self._checker.take()
        except InspectorError as error:
            self._say(str(error))
        else:
            if right is not None:
                self._answer(right)
        self._access.tick()
        if self.unlocked is not self._unlocked:
            self._unlocked = self.unlocked
            self._fold()
            self._show_level()
            self.changed.emit(self._unlocked)

    def _answer(self, right: bool) -> None:
        if not right:
            self._clear(self.password)
            self.password.setFocus()
            wait = self._access.wait
            self._say(f"Wrong password; wait {wait} s before the next." if wait else "Wrong password.")
        elif self._setting:
            self._clear(self.password, self.new, self.again)
            self._open(setting=False)
            self._say(f"The new password holds. {self._about()}")
            self._show_level()
        else:
            self._fold()

    def _show_level(self) -> None:
        """Give everything the look and the use that belong to the level."""
        self.button.setText(self._access.level)
        self.button.setAccessibleName(f"level {self._access.level}")
        self.button.setToolTip(f"{self._about()} ({_KEYS})")
        for guarded in self._guarded:
            guarded.show(self._unlocked)
        self._listen(self._unlocked and self._access.has_password)

    def _about(self) -> str:
        if not self.unlocked:
            return "T, policy, recipes and sources can't be changed: unlock as an engineer"
        if not self._access.has_password:
            return "No password is set: everyone may change T, policy, recipes and sources."
        minutes = self._access.idle_minutes
        after = f" An operator again after {minutes:g} min without mouse or key." if minutes else ""
        return f"T, policy, recipes and sources can be changed.{after}"

    def _listen(self, wanted: bool) -> None:
        application = QApplication.instance()
        if application is not None:
            (application.installEventFilter if wanted else application.removeEventFilter)(self)

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence[:1].upper() + sentence[1:])

    @staticmethod
    def _clear(*fields: QLineEdit) -> None:
        for field in fields:
            field.clear()


class _Guarded:
    """A widget or command for engineers, and the tooltips in it."""

    def __init__(self, thing: QWidget | QAction) -> None:
        self._thing = thing
        self._widgets = [thing, *thing.findChildren(QWidget)] if isinstance(thing, QWidget) else []
        self._tips = {widget: widget.toolTip() for widget in self._widgets if widget is thing or widget.toolTip()}

    def show(self, unlocked: bool) -> None:
        """Enable it or not, and say why not."""
        if not unlocked:
            self._drop_half_typed()
        self._thing.setEnabled(unlocked)
        for widget, tip in self._tips.items():
            widget.setToolTip(tip if unlocked else WHY_NOT)
        if isinstance(self._thing, QAction):
            self._thing.setToolTip("" if unlocked else WHY_NOT)

    def _drop_half_typed(self) -> None:
        """A number box that loses the focus puts to use what is in it, also what nobody has finished typing."""
        for box in self._widgets:
            if isinstance(box, QDoubleSpinBox):
                box.setValue(box.value())


def _is_escape(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Escape
