"""Drawing or correcting the mask of one inspection's defects."""

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from inspector.dataset import IGNORE
from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.masks.begun import Begun, begin
from inspector.gui.masks.canvas import Tool
from inspector.gui.masks.desk import MaskDesk
from inspector.gui.masks.tools import TOOL_KEYS
from inspector.gui.own_keys import Command, OwnKeys
from inspector.gui.recipe_field import redoes, undoes
from inspector.journal.drawing import Drawing
from inspector.journal.entry import Entry
from inspector.journal.schema import number_text
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.types import Pixels

_PATIENCE_S = 10.0


class MaskEditor(OwnKeys):
    """A picture to draw on, and what is drawn with; the journal is read and written in threads of its own.

    The host calls `refresh` at its own pace.

    Signals
    -------
    saved(int)
        The inspection whose mask is in the journal now.
    closed()
        A person is done here, and nothing is left unsaved.
    troubled(str)
        A sentence for the banner.
    """

    saved = Signal(int)
    closed = Signal()
    troubled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = MaskDesk(self)
        self._opener: Newest[Begun] = Newest("inspector-mask-begin")
        self._saver: Newest[int] = Newest("inspector-mask-save")
        self._begun: Begun | None = None
        self._drawing: Drawing | None = None
        self._saving, self._reviewer = False, ""
        self._next: Callable[[], None] = self._close
        self._keys = self._table()
        self._connect()
        self._show()

    @property
    def settled(self) -> bool:
        """Whether everything asked for is done and on the screen."""
        return self._opener.idle and self._saver.idle

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost if this was closed now."""
        return self._saving or bool(self._drawing and self._drawing.can_undo) or bool(self.desk.canvas.corners)

    def open(self, journal: Journal, entry: Entry, load_model: Callable[[str], Model], reviewer: str) -> None:
        """Draw on this inspection, once what is unsaved of another one is saved or discarded.

        `reviewer` is who draws, in the journal.
        """
        self._go_on_with(lambda: self._open(journal, entry, load_model, reviewer))

    def leave(self) -> None:
        """Close, once what is unsaved is saved or discarded."""
        self._go_on_with(self._close)

    def save(self) -> None:
        """Add the mask to the inspection; where the reason or the end of a polygon is missing, say so instead."""
        begun, drawing, desk = self._begun, self._drawing, self.desk
        if begun is None or drawing is None or not desk.save.isEnabled() or desk.canvas.stroking:
            return
        reason = desk.reason.text().strip()
        if desk.canvas.corners:
            desk.note.say("the polygon is not closed: Enter closes it, Esc gives it up")
            desk.canvas.setFocus()
        elif not reason:
            desk.note.say("say in a word why you drew it")
            desk.reason.setFocus()
        else:
            pixels, drawn = drawing.pixels.copy(), int(drawing.pixels[drawing.pixels != IGNORE].max(initial=0))
            classes = desk.kinds.classes[: max(len(begun.classes), drawn + 1)]  # without new ones that are not drawn
            self._saving = True
            self._saver.ask(partial(_save, begun, pixels, classes, self._reviewer, reason))
            self._show()

    def refresh(self) -> None:
        """Paint what was read, or say what was saved."""
        try:
            begun = self._opener.take()
        except InspectorError as error:
            self.troubled.emit(str(error))
            self._close()
            return
        if begun is not None:
            self._begin(begun)
        self._take_saved()

    def close_threads(self) -> None:
        """End what works for this view, after what is being saved."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._saving and time.monotonic() < deadline:
            self._take_saved()
            time.sleep(0.01)
        for thread in (self._opener, self._saver):
            thread.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """H hides the mask while it is held, and no stroke is disturbed."""
        command = self.command(event)
        if command is None:
            super().keyPressEvent(event)
        elif not self.desk.canvas.stroking and not (event.isAutoRepeat() and event.key() == Qt.Key.Key_H):
            command()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        if event.key() == Qt.Key.Key_H and not event.isAutoRepeat():
            self.desk.canvas.layer.show()
        else:
            super().keyReleaseEvent(event)

    def _table(self) -> dict[str | int, Callable[[], object]]:
        """What keys do, by the letter or the key."""
        canvas, kinds = self.desk.canvas, self.desk.kinds
        keys: dict[str | int, Callable[[], object]] = {
            "[": lambda: canvas.change_size(-1),
            "]": lambda: canvas.change_size(1),
            "F": canvas.fit,
            "A": canvas.actual_size,
            "H": canvas.layer.hide,
            "O": self.desk.toggle_fill,
            Qt.Key.Key_Return: canvas.close_polygon,
            Qt.Key.Key_Enter: canvas.close_polygon,
            Qt.Key.Key_Backspace: canvas.remove_corner,
            Qt.Key.Key_Delete: canvas.erase_defect,
        }
        keys |= {key: partial(self._take_tool, tool) for tool, key in TOOL_KEYS.items()}
        return keys | {str(digit): partial(kinds.choose, digit or IGNORE) for digit in range(10)}

    def command(self, event: QKeyEvent) -> Command | None:
        """While it is on the screen, its keys are no shortcuts of the window."""
        if self._drawing is None or self._saving:
            return None
        if event.matches(QKeySequence.StandardKey.Save):
            return self.save
        if event.key() == Qt.Key.Key_Escape:
            return self._escape
        if isinstance(self.focusWidget(), QLineEdit):
            return None
        if undoes(event) or redoes(event):
            return self.desk.canvas.undo if undoes(event) else self.desk.canvas.redo
        letter = event.text().upper()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and letter not in ("[", "]"):  # those of AltGr
            return None
        return self._keys.get(event.key()) or self._keys.get(letter)

    def _escape(self) -> None:
        if self.desk.canvas.corners:
            self.desk.canvas.give_up_polygon()
        elif self.desk.leaving.isVisible():
            self._stay()
        else:
            self.leave()

    def _go_on_with(self, then: Callable[[], None]) -> None:
        self._next = then
        if self.unsaved and not self._saving:
            self.desk.leaving.ask()
        elif not self._saving:
            self._go_on()

    def _go_on(self) -> None:
        then, self._next = self._next, self._close
        self.desk.leaving.hide()
        then()

    def _stay(self) -> None:
        self._next = self._close
        self.desk.leaving.hide()
        self.desk.canvas.setFocus()

    def _discard(self) -> None:
        self._drawing = None
        self.desk.canvas.give_up_polygon()
        self._go_on()

    def _open(self, journal: Journal, entry: Entry, load_model: Callable[[str], Model], reviewer: str) -> None:
        self._reviewer = reviewer
        self._begun = self._drawing = None
        self._opener.renew()
        self._opener.ask(lambda: begin(journal, entry, load_model))
        self.desk.clear(f"No. {number_text(entry.id)}   {entry.record['name']}", "opening its picture")
        self._show()

    def _begin(self, begun: Begun) -> None:
        self._begun, self._drawing = begun, Drawing(begun.mask)
        self.desk.show_begun(begun, self._drawing)
        self._show()
        self.desk.canvas.setFocus()

    def _take_saved(self) -> None:
        try:
            saved = self._saver.take()
        except InspectorError as error:
            self._saving, self._next = False, self._close
            self.troubled.emit(str(error))
            self._show()
            return
        if saved is not None:
            self._saving, self._drawing = False, None
            self._go_on()
            self.saved.emit(saved)

    def _close(self) -> None:
        self._begun = self._drawing = None
        self.desk.clear("", "")
        self._show()
        self.closed.emit()

    def _take_tool(self, tool: Tool) -> None:
        self.desk.take_tool(tool)
        self.desk.canvas.setFocus()

    def _show(self) -> None:
        """What can be done now."""
        drawing, canvas = self._drawing, self.desk.canvas
        new = self._begun is not None and not self._begun.drawn
        self.desk.set_free(
            drawing is not None and not self._saving,
            undo=bool(canvas.corners) or (drawing is not None and drawing.can_undo),
            redo=drawing is not None and drawing.can_redo and not canvas.corners,
            save=new or self.unsaved,  # what was found may be right as it is; what was drawn is saved already
        )

    def _show_drawn(self) -> None:
        self.desk.note.say("")
        self._show()

    def _connect(self) -> None:
        desk = self.desk
        desk.tools.chosen.connect(self._take_tool)
        desk.tools.undo.clicked.connect(desk.canvas.undo)
        desk.tools.redo.clicked.connect(desk.canvas.redo)
        desk.canvas.drawn.connect(self._show_drawn)
        desk.reason.returnPressed.connect(self.save)
        desk.save.clicked.connect(self.save)
        desk.close_button.clicked.connect(self.leave)
        desk.leaving.saved.connect(self.save)
        desk.leaving.discarded.connect(self._discard)
        desk.leaving.stayed.connect(self._stay)


def _save(begun: Begun, pixels: Pixels, classes: tuple[str, ...], reviewer: str, reason: str) -> int:
    begun.journal.add_mask(begun.entry.id, pixels, classes, reviewer, reason)
    return begun.entry.id
