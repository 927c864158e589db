"""A chart with its heading, what the mark under the mouse says, and a sentence where there is no chart."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.gui.statistics.chart import Chart


class Panel(QFrame):
    """One of the statistics.

    Parameters
    ----------
    title : str
    lying : bool
        Whether its marks stand one below the other.
    """

    def __init__(self, title: str, lying: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.chart, self.title, self.about, self.words = Chart(title, lying), QLabel(title), QLabel(), QLabel()
        self._about = ""
        for label in (self.title, self.about, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setProperty("muted", True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignLeft if lying else Qt.AlignmentFlag.AlignRight)
        for label in (self.about, self.words):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        head = QVBoxLayout() if lying else QHBoxLayout()
        head.setSpacing(2 if lying else 12)
        head.addWidget(self.title)
        head.addWidget(self.about, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.chart, 1)
        column.addStretch(0)
        # The page shares its height out by its own measure, not by what each would like to have.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.chart.pointed.connect(self._point)
        self.say("", chart=True)

    def say(self, words: str, chart: bool, about: str = "") -> None:
        """A sentence above the chart, or instead of it; what the chart is of, as long as nothing is pointed at."""
        self._about = about
        self.about.setText(about)
        self.words.setText(words)
        self.words.setToolTip(words)
        self.words.setVisible(bool(words))
        self.chart.setVisible(chart)

    def _point(self, text: str) -> None:
        self.about.setText(text or self._about)
