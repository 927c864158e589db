"""The tools of the drawing, each with its key."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from inspector.gui.masks.canvas import LARGEST, SMALLEST, Tool

TOOL_KEYS = {Tool.BRUSH: "B", Tool.POLYGON: "P", Tool.ERASER: "E", Tool.KIND: "K"}
TIPS = {
    Tool.BRUSH: "Draw with the mouse; [ and ] or the wheel with Ctrl change the size",
    Tool.POLYGON: "Click the corners; Enter or a double click closes it, Backspace takes one back, Esc gives it up",
    Tool.ERASER: "Erase with the mouse; Del erases the whole defect under it",
    Tool.KIND: "Click a defect to give it the chosen kind",
}


_TAKEN = "QPushButton:checked { background: palette(highlight); color: palette(highlighted-text); }"


class Tools(QWidget):
    """Buttons for the tools, the size of the brush, undo and redo.

    Signals
    -------
    chosen(object)
        A `Tool`.
    resized(int)
        The radius of the brush.
    """

    chosen = Signal(object)
    resized = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        group = QButtonGroup(self)
        self.buttons = {tool: QPushButton(f"{tool.value.capitalize()}  {key}") for tool, key in TOOL_KEYS.items()}
        self.radius, self._radius_text = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.undo, self.redo = QPushButton("Undo"), QPushButton("Redo")
        self.fit = QPushButton("Fit")
        self.setStyleSheet(_TAKEN)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for tool, button in self.buttons.items():
            button.setCheckable(True)
            button.setToolTip(f"{TIPS[tool]} ({TOOL_KEYS[tool]})")
            button.setAccessibleName(tool.value)
            button.clicked.connect(lambda _=False, tool=tool: self.chosen.emit(tool))
            group.addButton(button)
            row.addWidget(button)
        row.addSpacing(12)
        row.addWidget(self._radius_text)
        row.addWidget(self.radius)
        row.addStretch(1)
        tips = {self.undo: "Take the last stroke back (Ctrl+Z)", self.redo: "Draw it again (Ctrl+Shift+Z)"}
        for widget, tip in (
            *tips.items(),
            (self.fit, "The whole picture (F); the wheel zooms, Space moves it (A: 100 %)"),
        ):
            widget.setToolTip(tip)
            row.addWidget(widget)
        for button in (*self.buttons.values(), self.undo, self.redo, self.fit):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the picture
        self.radius.setRange(SMALLEST, LARGEST)
        self.radius.setFixedWidth(200)
        self.radius.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.radius.setAccessibleName("radius of the brush in px")
        self.radius.setToolTip("Size of the brush: [ and ], or the wheel with Ctrl")
        self.radius.valueChanged.connect(self.resized)

    def show_tool(self, tool: Tool) -> None:
        """Press the button of a tool."""
        self.buttons[tool].setChecked(True)

    def show_radius(self, radius: int) -> None:
        """Show how large the brush is."""
        with QSignalBlocker(self.radius):
            self.radius.setValue(radius)
        self._radius_text.setText(f"size {2 * radius + 1} px")
        self._radius_text.setMinimumWidth(self._radius_text.fontMetrics().horizontalAdvance("size 201 px"))

    def set_free(self, undo: bool, redo: bool) -> None:
        """Whether there is something to take back or to draw again."""
        self.undo.setEnabled(undo)
        self.redo.setEnabled(redo)
