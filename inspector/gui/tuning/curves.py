"""The left of the page: T, the curves, and the severities, each over the same T."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from inspector.gui.recipe_field import Choice
from inspector.gui.severity_bar import ThresholdBox
from inspector.gui.tuning.chart import Chart
from inspector.gui.tuning.plots import BAR, Plot, parts_plot, quality_plot, severity_plot
from inspector.tune.choice import choose_by_cost, choose_by_iou
from inspector.tune.costs import Costs
from inspector.tune.picking import frames_in_bar
from inspector.tune.swept import Ints
from inspector.tune.thresholds import Stretch
from inspector.tune.trial import Trial
from inspector.types import LEVEL_MAX, SEVERITY_MAX

_DRAG = "Press or drag to move T; Left and Right move it by 0.05, page keys by 0.5."
_ALL_KINDS = "all kinds"
NOTHING = "\N{HORIZONTAL ELLIPSIS}"
_STEPS = 20
"""Positions of the slider for a factor of ten."""


class Curves(QWidget):
    """Shows a trial over T, and T; reports what a person moves.

    Signals
    -------
    taken()
        A person begins to move T.
    moved(float)
        Where to.
    recosted()
        Mistakes cost something else now.
    rematched(float)
        The IoU from which an object counts as found.
    picked(str, object, bool)
        As that of `Counts`: a person wants the frames of a bar of the histogram; they have an order of their own.
    """

    taken = Signal()
    moved = Signal(float)
    recosted = Signal()
    rematched = Signal(float)
    picked = Signal(str, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trial: Trial | None = None
        self._other: Trial | None = None
        self.box, self.best, self.cheapest = ThresholdBox(), QPushButton("Best IoU"), QPushButton("Cheapest")
        self.reset, self.summary = QPushButton("Recipe's T"), QLabel()
        self.quality = Chart("outlines and objects over T", f"How well defects are found and outlined.\n{_DRAG}")
        self.parts = Chart("parts over T", f"Escapes and false rejects, and what they cost.\n{_DRAG}")
        self.severities = Chart(
            "severities of pixels",
            "Pixels by severity. Drag the line to move T; click a bar to see its frames.\n"
            "Up and Down go from bar to bar, Enter shows the frames, Shift+Enter those of the background.",
        )
        self.iou, self.review = QDoubleSpinBox(), QDoubleSpinBox()
        self.escape, self.priced = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.kind = Choice("kind", "Whose severities are shown, against those of the background")
        self.kind.offer([_ALL_KINDS])
        self._lay_out()
        self._connect()
        self.show_trial(None, None, "")

    @property
    def costs(self) -> Costs:
        """What mistakes cost."""
        return Costs(escape=_price(self.escape.value()), false_reject=1.0, review=self.review.value())

    @property
    def chosen_kind(self) -> int | None:
        """Class id of the histogram's kind; None for all."""
        return self.kind.currentIndex() or None

    def show_trial(self, trial: Trial | None, other: Trial | None, instead: str) -> None:
        """Show the curves of a trial, beside those of another one; or say why there are none."""
        self._trial, self._other = trial, other
        if trial is not None:
            kinds = [_ALL_KINDS, *trial.swept.classes[1:]]
            if [self.kind.itemText(i) for i in range(self.kind.count())] != kinds:
                self.kind.offer(kinds)
        masked = trial is None or trial.swept.masked
        for widget in (self.best, self.quality, self.severities, self.kind, self.iou, *self._of_masks):
            widget.setVisible(masked)
        for button in (self.best, self.cheapest):
            button.setEnabled(trial is not None)
        self.quality.show_plot(quality_plot(trial, other) if trial else Plot(), instead)
        self._show_parts()
        self._show_severities()

    def set_threshold(self, threshold: float, usual: float) -> None:
        """Put T; `usual` is the recipe's."""
        with QSignalBlocker(self.box):
            self.box.setValue(threshold)
        self.reset.setEnabled(threshold != usual)
        for chart in (self.quality, self.parts, self.severities):
            chart.set_threshold(threshold, usual)

    def type_threshold(self) -> None:
        """Let a person type T."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def _show_parts(self) -> None:
        trial, costs = self._trial, self.costs
        self.parts.show_plot(parts_plot(trial, costs) if trial else Plot(), "" if trial else NOTHING)
        self.priced.setText(f"{costs.escape:g} false rejects")
        self.summary.setText(_summary(trial, costs) if trial else "")

    def _show_severities(self) -> None:
        trial = self._trial
        plot = severity_plot(trial.swept, self.chosen_kind) if trial else Plot()
        self.severities.show_plot(plot, "" if trial else NOTHING)

    def _reprice(self) -> None:
        self._show_parts()
        self.recosted.emit()

    def _go(self, threshold: float) -> None:
        self.taken.emit()
        self.moved.emit(threshold)

    def _go_to_best(self) -> None:
        if self._trial is not None:
            self._go(choose_by_iou(self._trial).threshold)

    def _go_to_cheapest(self) -> None:
        if self._trial is not None:
            self._go(choose_by_cost(self._trial, self.costs).threshold)

    def _pick_bar(self, bar: int, series: int) -> None:
        kind, levels = self.chosen_kind if series else 0, slice(bar * BAR, bar * BAR + BAR)
        low, high = (level * SEVERITY_MAX / LEVEL_MAX for level in (levels.start, levels.stop))
        name = self.severities.plot.bars[series].name

        def frames(trial: Trial, threshold: float) -> Ints:
            return frames_in_bar(trial.swept, levels, kind)

        self.picked.emit(f"{name} of severity {low:.2f} to {high:.2f}", frames, True)

    def _connect(self) -> None:
        for chart in (self.quality, self.parts, self.severities):
            chart.taken.connect(self.taken)
            chart.moved.connect(self.moved)
        self.severities.bar_picked.connect(self._pick_bar)
        self.box.typed.connect(self._go)
        self.box.lineEdit().returnPressed.connect(self.quality.setFocus)
        self.best.clicked.connect(self._go_to_best)
        self.cheapest.clicked.connect(self._go_to_cheapest)
        self.escape.valueChanged.connect(self._reprice)
        self.review.valueChanged.connect(self._reprice)
        self.iou.valueChanged.connect(self.rematched)
        self.kind.currentIndexChanged.connect(self._show_severities)

    def _lay_out(self) -> None:
        self.box.setFixedWidth(92)
        self.best.setToolTip("T in the middle of the plateau of the mean IoU")
        self.cheapest.setToolTip("T at which mistakes cost least: the middle of the widest such stretch")
        self.reset.setToolTip("T of the recipe (Ctrl+0)")
        self.summary.setProperty("muted", True)
        self.summary.setToolTip("The plateau is where the mean IoU loses less than 1 %")
        self.summary.setMinimumHeight(2 * self.summary.fontMetrics().lineSpacing())
        for box, name, hint in (
            (
                self.iou,
                "IoU of an object found",
                "A defect counts as found where its outline has a larger IoU than this",
            ),
            (self.review, "cost of a review", "What a part to review costs, in false rejects"),
        ):
            box.setDecimals(2)
            box.setSingleStep(0.05)
            box.setKeyboardTracking(False)
            box.setAccessibleName(name)
            box.setToolTip(hint)
            box.setFixedWidth(76)
        self.iou.setRange(0, 1)
        self.iou.setValue(0.5)
        self.review.setRange(0, 1000)
        self.escape.setRange(0, 3 * _STEPS)
        self.escape.setValue(_STEPS)
        self.escape.setAccessibleName("cost of an escape in false rejects")
        self.escape.setToolTip("What an escape costs against a false reject; the cheapest T are marked in the curves")
        self.priced.setMinimumWidth(112)
        objects, shown, told = (
            QLabel("Object IoU"),
            QLabel("&Severities of"),
            QLabel("click a bar to see its frames"),
        )
        shown.setBuddy(self.kind)
        told.setProperty("muted", True)
        self._of_masks = (objects, shown, told)
        self.kind.setFixedWidth(150)
        self.head = _row(self.box, self.best, self.cheapest, self.reset, None)
        about = _row(self.summary, objects, self.iou)
        about.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(self.head)
        column.addLayout(about)
        column.addWidget(self.quality, 5)
        column.addLayout(_row(QLabel("An escape costs"), self.escape, self.priced, QLabel("a review"), self.review))
        column.addWidget(self.parts, 4)
        column.addLayout(_row(shown, self.kind, told, None))
        column.addWidget(self.severities, 4)


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side, with room where there is None."""
    row = QHBoxLayout()
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def _price(position: int) -> float:
    """What an escape costs at a position of the slider: 1 to 1000, to two digits."""
    price = 10 ** (position / _STEPS)
    return float(round(price, 1 - math.floor(math.log10(price))))


def _summary(trial: Trial, costs: Costs) -> str:
    cheap = choose_by_cost(trial, costs)
    text = f"Cheapest T {_stretch(cheap.stretch)}: cost {cheap.value:g}"
    if not trial.swept.masked:
        return text
    chosen = choose_by_iou(trial)
    plateau = f"plateau {_stretch(chosen.stretch)} ({chosen.stretch.width:.2f} wide)"
    return f"Best IoU {chosen.value:.3f} at T {chosen.best:.2f}, {plateau}\n{text}"


def _stretch(stretch: Stretch) -> str:
    low, high = (f"{edge:.2f}" for edge in stretch)
    return low if low == high else f"{low} to {high}"
