"""The line across the top: pages, recipe, source and what the line is doing."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTabBar, QWidget

from inspector.gui.colours import abnormal
from inspector.gui.state import LineState, Phase


class Header(QWidget):
    """Tabs at the left, the state of the line at the right, and the level of who is there.

    Parameters
    ----------
    level : QWidget
    """

    def __init__(self, level: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs, self.recipe, self.source = QTabBar(), QLabel(), QLabel()
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("pages")
        for label in (self.recipe, self.source):
            label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 16, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self.recipe)
        row.addSpacing(28)
        row.addWidget(self.source)
        row.addSpacing(20)
        row.addWidget(level)

    def show_state(self, state: LineState, threshold: float) -> None:
        """Say what is run, and whether T is another than in the recipe's file."""
        recipe = state.recipe.name if state.recipe else "\N{EN DASH}"
        if state.recipe and threshold != state.recipe.threshold:
            recipe += f"   T {threshold:.2f} changed, unsaved (Ctrl+S)"
        pace = f" {1000 / state.takt:.1f}/s" if state.phase is Phase.RUNNING and state.takt else ""
        what = state.text if state.phase is Phase.LOADING else state.phase.value
        if state.phase is Phase.RUNNING:
            what = state.link.state.value
        self.recipe.setText(f"recipe: {recipe}")
        self.source.setText(f"source: {Path(state.source).name or state.source} \N{MIDDLE DOT} {what}{pace}")
        self.source.setToolTip(state.link.text or state.source)
        colour = f"color: {abnormal().name()}; font-weight: 600;" if state.cut_off else ""
        if colour != self.source.styleSheet():
            self.source.setStyleSheet(colour)
