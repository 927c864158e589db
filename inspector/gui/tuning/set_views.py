"""The right of the page: pictures, what else is tried, what it is compared with; below them the counts."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from inspector.gui.tuning.comparing import Comparing
from inspector.gui.tuning.counts import Counts
from inspector.gui.tuning.pictures import Pictures
from inspector.gui.tuning.settings import Settings


class SetViews(QWidget):
    """One of three views above the counts.

    Signals
    -------
    turned()
        Another view is shown.
    """

    turned = Signal()

    def __init__(
        self,
        pictures: Pictures,
        settings: Settings,
        comparing: Comparing,
        counts: Counts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pictures, self._comparing = pictures, comparing
        self.tabs, self._views = QTabBar(), QStackedWidget()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("about the set")
        views = {
            "Pictures": (pictures, "The frames: what is annotated, and what is found at T"),
            "Try": (settings, "Cluster distance, minimum area and policy"),
            "Compare": (comparing, "Another recipe or model on the same set"),
        }
        for name, (view, hint) in views.items():
            self.tabs.setTabToolTip(self.tabs.addTab(name), hint)
            self._views.addWidget(view)
        self.tabs.currentChanged.connect(self._views.setCurrentIndex)
        self.tabs.currentChanged.connect(self.turned)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._views, 1)
        column.addSpacing(8)
        column.addWidget(counts)

    @property
    def compares(self) -> bool:
        """Whether the comparison is shown."""
        return self._views.currentWidget() is self._comparing

    def show_pictures(self) -> None:
        """Turn to the pictures."""
        self.tabs.setCurrentIndex(self._views.indexOf(self._pictures))
