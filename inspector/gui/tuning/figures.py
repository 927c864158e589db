"""Figures of two trials side by side."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from inspector.gui.tuning.matrix import ROW, make_calm
from inspector.tune.choice import choose_by_cost, choose_by_iou
from inspector.tune.costs import Costs
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial


class Figures(QTableWidget):
    """What each recipe gives at its T, one column each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_calm(self)
        self.setColumnCount(2)
        self.setHorizontalHeaderLabels(["this", "other"])
        self.setAccessibleName("figures of both")
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)

    def show_trials(self, pairs: list[tuple[Trial, float]], costs: Costs) -> None:
        """Show two trials, each at its T."""
        columns = [_figures(trial, threshold, costs) for trial, threshold in pairs]
        names = list(columns[0])
        self.setRowCount(len(names))
        self.setFixedHeight(ROW * (len(names) + 1) + 10)
        self.setVerticalHeaderLabels(names)
        for number, figures in enumerate(columns):
            for row, name in enumerate(names):
                item = self.item(row, number)
                if item is None:
                    item = QTableWidgetItem()
                    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                    self.setItem(row, number, item)
                item.setText(figures[name])

    def texts(self, number: int) -> dict[str, str]:
        """What stands in a column, by name."""
        items = [(self.verticalHeaderItem(row), self.item(row, number)) for row in range(self.rowCount())]
        return {name.text(): item.text() for name, item in items if name and item}


def _figures(trial: Trial, threshold: float, costs: Costs) -> dict[str, str]:
    at = column(threshold)
    figures = {
        "T": f"{threshold:.2f}",
        "escapes": str(trial.escapes[at]),
        "false rejects": str(trial.false_rejects[at]),
        "to review": str(trial.reviews.sum(0)[at]),
        "cost": f"{costs.of(trial)[at]:g}",
        "cheapest T": f"{choose_by_cost(trial, costs).threshold:.2f}",
    }
    if trial.swept.masked:
        figures |= {
            "mean IoU": _share(trial.mean_iou[at]),
            "best T": f"{choose_by_iou(trial).threshold:.2f}",
            "object precision": _share(trial.object_precision[at]),
            "object recall": _share(trial.object_recall[at]),
        }
    return figures


def _share(value: float) -> str:
    return "\N{EN DASH}" if np.isnan(value) else f"{value:.3f}"
