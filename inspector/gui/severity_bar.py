"""The colour bar from 0 to 12 with the line at T, to be dragged, and a box to type T into."""

import bisect

import numpy as np
from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QValidator,
)
from PySide6.QtWidgets import QAbstractSlider, QDoubleSpinBox, QWidget

from inspector.picture import HEAT
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Levels, threshold_level

STEPS = 100
"""Positions per unit of severity."""

_TICKS = (0, 2, 4, 6, 8, 10, 12)
_END = 12
_BAR_LEFT, _BAR_WIDTH = 30, 20
_HISTOGRAM_WIDTH = 34


class SeverityBar(QAbstractSlider):
    """A vertical slider for T over the colours of the severities.

    Beside the colours stands how many cells of the part have each severity (logarithmic), so that T can be put where
    few are. `valueChanged` counts in hundredths; arrow keys move T by 0.1, page keys by 1.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setRange(0, int(SEVERITY_MAX * STEPS))
        self.setSingleStep(STEPS // 10)
        self.setPageStep(STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(_BAR_LEFT + _BAR_WIDTH + _HISTOGRAM_WIDTH + 8)
        self.setMinimumHeight(160)
        self.setAccessibleName("threshold T on the severity scale")
        self.setToolTip("Drag the line to move T: severities below it are no defects.\nArrow keys move it by 0.1.")
        self._counts = np.zeros(LEVEL_MAX + 1)
        self._lines: list[tuple[int, QRectF]] = []
        self._scale = QPixmap()

    def set_levels(self, levels: Levels | None) -> None:
        """Show how many cells have each severity."""
        counts = np.zeros(LEVEL_MAX + 1) if levels is None else np.bincount(levels.ravel(), minlength=LEVEL_MAX + 1)
        self._counts = np.log1p(counts)
        self._measure_lines()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self._measure_lines()

    def y_of(self, severity: float) -> float:
        """Where a severity stands, in px from the top."""
        return _END + (1 - severity / SEVERITY_MAX) * self._span

    @property
    def _span(self) -> float:
        return self.height() - 2 * _END

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put T where the mouse is."""
        self._drag_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag T."""
        self._drag_to(event)

    def _drag_to(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            share = 1 - (event.position().y() - _END) / self._span
            self.setValue(round(share * self.maximum()))

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Who moves T has it painted with the picture, not at each report of the mouse."""
        if change is not QAbstractSlider.SliderChange.SliderValueChange:
            super().sliderChange(change)

    def changeEvent(self, event: QEvent) -> None:
        """Colours and letters may be others now."""
        super().changeEvent(event)
        self._scale = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        ratio = self.devicePixelRatioF()
        if self._scale.size() != (QSizeF(self.size()) * ratio).toSize():
            self._scale = self._painted_scale(ratio)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._scale)
        below = QRectF(_BAR_LEFT, self.y_of(self.value() / STEPS), _BAR_WIDTH, 0)
        below.setBottom(_END + self._span)
        faint = self.palette().window().color()
        faint.setAlpha(205)
        painter.fillRect(below, faint)
        self._paint_histogram(painter)
        self._paint_line(painter)

    def _painted_scale(self, ratio: float) -> QPixmap:
        """All that stays where it is while T moves: colours and ticks."""
        scale = QPixmap((QSizeF(self.size()) * ratio).toSize())
        scale.setDevicePixelRatio(ratio)
        scale.fill(Qt.GlobalColor.transparent)
        painter = QPainter(scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = np.ascontiguousarray(HEAT[::-1, None])
        image = QImage(colours.tobytes(), 1, LEVEL_MAX + 1, 3, QImage.Format.Format_RGB888)
        bar = QRectF(_BAR_LEFT, _END, _BAR_WIDTH, self._span)
        painter.drawImage(bar, image)
        painter.setPen(QPen(self.palette().mid().color(), 1))
        painter.drawRect(bar)
        self._paint_ticks(painter)
        painter.end()
        return scale

    def _measure_lines(self) -> None:
        """The histogram's lines by level: they stay where they are while T moves."""
        left, height = _BAR_LEFT + _BAR_WIDTH + 4, self._span / LEVEL_MAX
        levels = np.flatnonzero(self._counts)
        lengths = np.maximum(1.5, _HISTOGRAM_WIDTH * self._counts[levels] / max(self._counts.max(), 1e-9))
        self._lines = [
            (level, QRectF(left, self.y_of(level * SEVERITY_MAX / LEVEL_MAX) - height / 2, length, height + 0.5))
            for level, length in zip(levels.tolist(), lengths.tolist(), strict=True)
        ]

    def _paint_histogram(self, painter: QPainter) -> None:
        at_t = threshold_level(self.value() / STEPS)
        first = bisect.bisect_left(self._lines, at_t, key=lambda line: line[0])
        painter.setPen(Qt.PenStyle.NoPen)
        calm, strong = self.palette().mid(), self.palette().placeholderText()
        for lines, brush in ((self._lines[:first], calm), (self._lines[first:], strong)):
            painter.setBrush(brush)
            painter.drawRects([rect for _, rect in lines])

    def _paint_ticks(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(self.palette().placeholderText().color())
        for tick in _TICKS:
            field = QRectF(0, self.y_of(tick) - 8, _BAR_LEFT - 8, 16)
            painter.drawText(field, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(tick))

    def _paint_line(self, painter: QPainter) -> None:
        y, right = self.y_of(self.value() / STEPS), self.width() - 4.0
        focused = self.palette().highlight().color()
        colour = focused if self.hasFocus() else self.palette().text().color()
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(_BAR_LEFT - 4, y), QPointF(right, y))
        painter.setBrush(colour)
        for x, tip in ((_BAR_LEFT - 10.0, _BAR_LEFT - 1.0), (right + 3, right - 7)):
            painter.drawPolygon(QPolygonF([QPointF(x, y - 6), QPointF(x, y + 6), QPointF(tip, y)]))


class ThresholdBox(QDoubleSpinBox):
    """T as a typed value; a comma is taken for a point."""

    typed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(QLocale.c())
        self.setRange(0, SEVERITY_MAX)
        self.setDecimals(2)
        self.setSingleStep(0.1)
        self.setKeyboardTracking(False)  # "5.4" is one value, not first a 5
        self.setPrefix("T ")
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)  # the bar beside it is the slider
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName("threshold T")
        self.setToolTip("Type T and press Enter (Ctrl+T comes here)")
        self.valueChanged.connect(self.typed)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """See Qt."""
        state, _, at = super().validate(text.replace(",", "."), position)
        return state, text, at

    def valueFromText(self, text: str) -> float:
        """See Qt."""
        return super().valueFromText(text.replace(",", "."))
