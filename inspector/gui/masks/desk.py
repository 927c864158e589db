"""What the drawing of a mask looks like: the picture, the tools above it, kinds and reason beside it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSlider, QVBoxLayout, QWidget

from inspector.gui.masks.begun import Begun
from inspector.gui.masks.canvas import MaskCanvas, Tool
from inspector.gui.masks.kinds import Kinds
from inspector.gui.masks.leaving import Leaving
from inspector.gui.masks.tools import TIPS, Tools
from inspector.gui.recipe_field import Problem
from inspector.journal.drawing import Drawing

_FILLED = 40
"""Percent of opacity of what is filled, at first."""

_SIDE_WIDTH = 270


class MaskDesk:
    """The widgets of the editor and what they show; what they do is the editor's.

    Parameters
    ----------
    editor : QWidget
        Is laid out.
    """

    def __init__(self, editor: QWidget) -> None:
        self.canvas, self.tools, self.kinds, self.leaving = MaskCanvas(), Tools(), Kinds(), Leaving()
        self.title, self.about, self.readout, self.hint = (QLabel() for _ in range(4))
        self.note = Problem()
        self.fill, self.reason = QSlider(Qt.Orientation.Horizontal), QLineEdit()
        self.save, self.close_button = QPushButton("Save the mask"), QPushButton("Close")
        self._filled = _FILLED
        self._begun: Begun | None = None
        self._drawing: Drawing | None = None
        self._name_all()
        self._lay_out(editor)
        self.tools.resized.connect(self.canvas.set_radius)
        self.tools.fit.clicked.connect(self.canvas.fit)
        self.canvas.resized.connect(self.tools.show_radius)
        self.canvas.pointed.connect(self._read_out)
        self.kinds.chosen.connect(self._choose)
        self.kinds.list.itemClicked.connect(lambda _: self.canvas.setFocus())
        self.fill.valueChanged.connect(lambda percent: self.canvas.layer.set_opacity(percent / 100))
        self.fill.setValue(_FILLED)
        self.take_tool(self.canvas.tool)
        self.tools.show_radius(self.canvas.radius)

    def clear(self, title: str, about: str) -> None:
        """Show no picture; say why."""
        self._begun = self._drawing = None
        self.canvas.clear_drawing()
        for label, text in ((self.title, title), (self.about, about), (self.readout, "")):
            label.setText(text)
        self.note.say("")

    def show_begun(self, begun: Begun, drawing: Drawing) -> None:
        """Show what is to be drawn on; the reason typed last is proposed again."""
        self._begun, self._drawing = begun, drawing
        self.about.setText(begun.note)
        self.canvas.layer.show()
        self.canvas.show_drawing(begun.pixels, drawing)
        self.kinds.offer(begun.classes, min(1, len(begun.classes) - 1))

    def take_tool(self, tool: Tool) -> None:
        """Draw with another tool, and say how."""
        self.canvas.set_tool(tool)
        self.tools.show_tool(tool)
        self.hint.setText(TIPS[tool])

    def toggle_fill(self) -> None:
        """Outlines alone, or filled as before."""
        if self.fill.value():
            self._filled = self.fill.value()
        self.fill.setValue(0 if self.fill.value() else self._filled)

    def set_free(self, free: bool, undo: bool, redo: bool, save: bool) -> None:
        """What can be used now."""
        for widget in (self.canvas, self.tools, self.kinds, self.fill, self.reason):
            widget.setEnabled(free)
        self.tools.set_free(free and undo, free and redo)
        for button in (self.save, self.leaving.save):
            button.setEnabled(free and save)

    def _choose(self, class_id: int) -> None:
        self.canvas.kind = class_id

    def _read_out(self, x: int, y: int) -> None:
        if self._begun is None or self._drawing is None:
            return
        pixels, mask = self._begun.pixels, self._drawing.pixels
        if not (0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]):
            self.readout.clear()
            return
        grey = f"grey {pixels[y, x]}" if pixels.ndim == 2 else "rgb {} {} {}".format(*pixels[y, x])
        self.readout.setText(f"x {x}   y {y}   {grey}   {self.kinds.name(int(mask[y, x]))}")

    def _name_all(self) -> None:
        for label in (self.title, self.about, self.readout, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.about, self.readout, self.hint):
            label.setProperty("muted", True)
        for label in (self.title, self.about):
            label.setWordWrap(True)
        self.fill.setRange(0, 100)
        self.fill.setAccessibleName("opacity of what is filled, in percent")
        self.fill.setToolTip(
            "How opaque defects are filled; at 0 there are outlines alone (O). H hides the mask while held."
        )
        self.reason.setPlaceholderText("reason")
        self.reason.setAccessibleName("reason of the mask")
        self.reason.setToolTip("Why you drew it; it is kept with the mask. Enter saves.")
        self.save.setToolTip("Add this mask to the inspection, with its reason; nothing is overwritten (Ctrl+S)")
        self.close_button.setToolTip("Back; what is not saved is asked about (Esc)")

    def _lay_out(self, editor: QWidget) -> None:
        picture = QVBoxLayout()
        picture.addWidget(self.tools)
        picture.addWidget(self.leaving)
        picture.addWidget(self.canvas, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.readout, 1)
        foot.addWidget(self.hint)
        picture.addLayout(foot)
        side = QFrame()
        side.setProperty("panel", True)
        side.setFixedWidth(_SIDE_WIDTH)
        fill, buttons = QHBoxLayout(), QHBoxLayout()
        fill.addWidget(QLabel("filled"))
        fill.addWidget(self.fill)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save)
        column = QVBoxLayout(side)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addWidget(self.kinds, 1)
        column.addLayout(fill)
        column.addWidget(self.reason)
        column.addWidget(self.note)
        column.addLayout(buttons)
        row = QHBoxLayout(editor)
        row.setContentsMargins(12, 8, 12, 12)
        row.addLayout(picture, 1)
        row.addWidget(side)
