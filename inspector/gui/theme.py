"""Light and dark: calm greys, the same shapes."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


class Theme(StrEnum):
    """What a person can choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Greys:
    """The greys of a theme, its accent, and the colours of a notice."""

    window: str
    base: str
    well: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    picked: str
    notice: str
    notice_text: str


LIGHT = Greys(
    window="#eceef0",
    base="#f8f9fa",
    well="#d9dde1",
    raised="#ffffff",
    line="#c5cbd1",
    text="#1d2226",
    muted="#59636c",
    accent="#2b6cb0",
    picked="#2b6cb0",
    notice="#fdf0e2",
    notice_text="#4a2400",
)
DARK = Greys(
    window="#22262a",
    base="#1a1d20",
    well="#15181a",
    raised="#2d3238",
    line="#414a52",
    text="#e4e7ea",
    muted="#9ca6ae",
    accent="#5b9bdc",
    picked="#34608f",
    notice="#3a2a1a",
    notice_text="#ffd9b3",
)
TEXT_PX = 14


def apply(application: QApplication, theme: Theme) -> None:
    """Paint the whole application in a theme; `SYSTEM` follows the desktop's choice at this moment."""
    dark = theme is Theme.DARK
    if theme is Theme.SYSTEM:
        dark = application.styleHints().colorScheme() is Qt.ColorScheme.Dark
    greys = DARK if dark else LIGHT
    application.setStyle("Fusion")
    font = application.font()
    font.setPixelSize(TEXT_PX)
    application.setFont(font)
    application.setPalette(_palette(greys))
    application.setStyleSheet(_style_sheet(greys))


def _palette(greys: Greys) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    colours = {
        roles.Window: greys.window,
        roles.WindowText: greys.text,
        roles.Base: greys.base,
        roles.AlternateBase: greys.window,
        roles.Text: greys.text,
        roles.Button: greys.raised,
        roles.ButtonText: greys.text,
        roles.BrightText: greys.text,
        roles.ToolTipBase: greys.raised,
        roles.ToolTipText: greys.text,
        roles.PlaceholderText: greys.muted,
        roles.Mid: greys.line,
        roles.Highlight: greys.picked,
        roles.HighlightedText: "#ffffff",
        roles.Link: greys.accent,
    }
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        faint = QColor(greys.muted)
        faint.setAlpha(130)
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def _style_sheet(greys: Greys) -> str:
    return f"""
        QToolTip {{ color: {greys.text}; background: {greys.raised}; border: 1px solid {greys.line}; padding: 4px; }}
        ImageView {{ background: {greys.well}; border: 1px solid {greys.line}; border-radius: 4px; }}
        QLabel[muted="true"] {{ color: {greys.muted}; }}
        QFrame[panel="true"] {{ background: {greys.base}; border: 1px solid {greys.line}; border-radius: 6px; }}
        QPushButton {{ background: {greys.raised}; border: 1px solid {greys.line}; border-radius: 5px;
                       padding: 6px 12px; min-height: 18px; }}
        QPushButton:hover {{ border-color: {greys.muted}; }}
        QPushButton:focus, QLineEdit:focus {{ border-color: {greys.accent}; }}
        QPushButton:pressed {{ background: {greys.window}; }}
        QPushButton:disabled {{ background: {greys.window}; }}
        QLineEdit {{ background: {greys.raised}; border: 1px solid {greys.line};
                       border-radius: 5px; padding: 4px 8px; min-height: 20px; }}
        QLineEdit:disabled {{ placeholder-text-color: {greys.line}; }}
        QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0; }}
        QComboBox, QAbstractSpinBox {{ min-height: 28px; }}
        ThresholdBox:disabled {{ color: {greys.muted}; }}
        #banner {{ background: {greys.notice}; border: none; border-left: 8px solid #e8650a; }}
        #banner QLabel {{ color: {greys.notice_text}; font-size: 15px; }}
        QScrollBar {{ background: transparent; width: 10px; height: 10px; margin: 0; }}
        QScrollBar::handle {{ background: {greys.line}; border-radius: 4px; margin: 1px;
                       min-height: 24px; min-width: 24px; }}
        QScrollBar::handle:hover {{ background: {greys.muted}; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
        QTabBar::tab {{ padding: 9px 20px; color: {greys.muted}; border: none; border-bottom: 3px solid transparent; }}
        QTabBar::tab:selected {{ color: {greys.text}; border-bottom-color: {greys.accent}; }}
        QTabBar::tab:hover {{ color: {greys.text}; }}
        QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
        QTableView {{ background: {greys.base}; border: 1px solid {greys.line}; border-radius: 6px;
                      gridline-color: transparent; selection-background-color: {greys.picked}; }}
        QTableView::item {{ padding: 0 5px; }}
        QSplitter::handle {{ background: transparent; }}
        QHeaderView::section {{ background: {greys.window}; color: {greys.muted}; border: none; padding: 6px 8px;
                      border-bottom: 1px solid {greys.line}; }}
        QListView {{ background: {greys.base}; border: 1px solid {greys.line}; border-radius: 6px; }}
    """
