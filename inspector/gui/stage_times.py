"""Milliseconds per stage as a bar against the takt time."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from inspector.gui.colours import abnormal
from inspector.gui.state import LineState
from inspector.types import STAGES

_ROW, _LEFT, _BAR, _TEXT_PX = 19, 12, 8, 12


class StageTimes(QFrame):
    """The stages of the last part one after the other; the whole bar is the time from part to part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.setFixedHeight(_BAR + 24 + _ROW * (1 + len(STAGES) // 2))
        self.setToolTip("Milliseconds of each stage for the last part; the full bar is the time from part to part")
        self._times: Mapping[str, float] = {}
        self._takt: float | None = None
        self._late = False

    def show_state(self, state: LineState) -> None:
        """Paint the times of the newest part of a line; orange if its parts take longer than they come."""
        newest = state.parts[0].inspection if state.parts else None
        self._times = newest.milliseconds if newest else {}
        self._takt = state.takt
        self._late = state.takt is not None and state.pace is not None and state.pace > state.takt
        self.setAccessibleName(self._total())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        super().paintEvent(event)
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(_TEXT_PX)
        painter.setFont(font)
        bar = QRectF(_LEFT, 10, self.width() - 2 * _LEFT, _BAR)
        self._paint_bar(painter, bar)
        half = bar.width() / 2
        top = bar.bottom() + 6
        for i, stage in enumerate(STAGES):
            field = QRectF(_LEFT + (half + 8) * (i % 2), top + _ROW * (i // 2), half - 8, _ROW)
            painter.fillRect(QRectF(field.left(), field.top() + 5, 9, 9), self._grey(stage))
            number = f"{self._times[stage]:.1f}" if stage in self._times else ""
            self._row(painter, field.adjusted(15, 0, 0, 0), stage, number)
        last = QRectF(_LEFT, top + _ROW * (len(STAGES) // 2), bar.width(), _ROW)
        self._row(painter, last, "total of takt" if self._takt else "total", self._total())

    def _total(self) -> str:
        if "total" not in self._times:
            return ""
        takt = f" of {self._takt:.0f}" if self._takt else ""
        return f"{self._times['total']:.1f}{takt} ms"

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        painter.fillRect(bar, self.palette().window())
        scale = bar.width() / max(self._times.get("total", 0.0), self._takt or 0.0, 1e-9)
        x = bar.left()
        for stage in STAGES:
            width = self._times.get(stage, 0.0) * scale
            painter.fillRect(QRectF(x, bar.top(), width, _BAR), abnormal() if self._late else self._grey(stage))
            x += width
        painter.setPen(QPen(self.palette().mid().color(), 1))
        painter.drawRect(bar)

    def _row(self, painter: QPainter, field: QRectF, what: str, number: str) -> None:
        painter.setPen(self.palette().placeholderText().color())
        painter.drawText(field, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, what)
        painter.setPen(self.palette().text().color())
        painter.drawText(field, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)

    def _grey(self, stage: str) -> QColor:
        """A grey between the text's and the background's, one for each stage."""
        share = 0.25 + 0.5 * STAGES.index(stage) / (len(STAGES) - 1)
        ink, paper = self.palette().text().color(), self.palette().base().color()
        pairs = ((ink.red(), paper.red()), (ink.green(), paper.green()), (ink.blue(), paper.blue()))
        return QColor(*(round(a * (1 - share) + b * share) for a, b in pairs))
