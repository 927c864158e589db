"""Curves over T with T as a line to be dragged; values at T stand above them."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.gui.tuning.chart_paint import font_of, paint_plot, tone_colour
from inspector.gui.tuning.plots import BARS, Plot
from inspector.types import SEVERITY_MAX

STEP, PAGE = 0.05, 0.5
"""How far keys move T: there is a level each 0.047."""

_LEFT, _RIGHT, _FOOT, _ROW = 40.0, 12.0, 18.0, 18.0
_NEAR = 6.0
_MOVES = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP, Qt.Key.Key_PageDown: -PAGE, Qt.Key.Key_PageUp: PAGE}


class Chart(QWidget):
    """Paints a `Plot`. The mouse takes T wherever it is pressed; where there are bars, away from T it picks one.

    Parameters
    ----------
    name : str
        What is plotted.

    Signals
    -------
    taken()
        A person begins to move T.
    moved(float)
        Where to.
    bar_picked(int, int)
        A person wants what is in a bar: its place, and the number of its series.
    """

    taken = Signal()
    moved = Signal(float)
    bar_picked = Signal(int, int)

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot, self._instead = Plot(), ""
        self._threshold = self._usual = 0.0
        self._layer = QPixmap()
        self._dragging = False
        self._bar = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setToolTip(hint)
        self.setMinimumHeight(96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def plot(self) -> Plot:
        """What is painted."""
        return self._plot

    @property
    def instead(self) -> str:
        """What is said in place of the curves; empty where they are shown."""
        return self._instead

    def show_plot(self, plot: Plot, instead: str = "") -> None:
        """Show curves, or say why there are none."""
        self._plot, self._instead, self._bar = plot, instead, -1
        self._layer = QPixmap()
        self._describe()
        self.update()

    def set_threshold(self, threshold: float, usual: float) -> None:
        """Put the line at T, and a fainter one at the T of the recipe."""
        if (threshold, usual) != (self._threshold, self._usual):
            self._threshold, self._usual = threshold, usual
            self._describe()
            self.update()

    def x_of(self, threshold: float) -> float:
        """Where a T stands, in px from the left."""
        return self.field.left() + threshold / SEVERITY_MAX * self.field.width()

    @property
    def field(self) -> QRectF:
        """Where the curves are."""
        top = _ROW * len(self._legend_rows()) + 8
        return QRectF(_LEFT, top, self.width() - _LEFT - _RIGHT, self.height() - top - _FOOT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take T, or pick a bar."""
        if event.button() is not Qt.MouseButton.LeftButton or self._instead:
            return
        at = event.position()
        self._dragging = not self._plot.bars or abs(at.x() - self.x_of(self._threshold)) <= _NEAR
        if self._dragging:
            self.taken.emit()
            self._drag(at)
        else:
            self._bar = min(max(int((at.x() - self.field.left()) / self.field.width() * BARS), 0), BARS - 1)
            self.update()
            self._pick((self.field.bottom() - at.y()) / self.field.height() * self._plot.top)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag T."""
        if self._dragging:
            self._drag(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let T go."""
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and pages move T; up and down go from bar to bar, Enter picks one, with Shift of the background."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            event.ignore()
        elif key in _MOVES and not self._instead:
            if not event.isAutoRepeat():
                self.taken.emit()
            self.moved.emit(self._threshold + _MOVES[Qt.Key(key)])
        elif self._plot.bars and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            start = self._bar if self._bar >= 0 else int(self._threshold / SEVERITY_MAX * BARS)
            self._bar = min(max(start + (1 if key == Qt.Key.Key_Up else -1), 0), BARS - 1)
            self.update()
        elif self._plot.bars and self._bar >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.bar_picked.emit(self._bar, 0 if shift else len(self._plot.bars) - 1)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Colours and letters may be others now."""
        super().changeEvent(event)
        self._layer = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        ratio = self.devicePixelRatioF()
        size = (QSizeF(self.size()) * ratio).toSize()
        if self._layer.size() != size:
            self._layer = QPixmap(size)
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._layer)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_plot(painter, Plot(ticks=self._plot.ticks) if self._instead else self._plot, self.field, self)
            painter.end()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._layer)
        if self._instead:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.field, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._instead)
            return
        self._paint_lines(painter)
        self._paint_legend(painter)

    def _drag(self, at: QPointF) -> None:
        self.moved.emit((at.x() - self.field.left()) / self.field.width() * SEVERITY_MAX)

    def _pick(self, height: float) -> None:
        """Of the bars that reach so high the lower one is in front."""
        reached = [(bars.heights[self._bar], i) for i, bars in enumerate(self._plot.bars)]
        hit = [found for found in reached if found[0] >= height and found[0] > 0]
        if hit:
            self.bar_picked.emit(self._bar, min(hit)[1])

    def _paint_lines(self, painter: QPainter) -> None:
        field, palette = self.field, self.palette()
        if self._bar >= 0:
            width = field.width() / BARS
            painter.setPen(QPen(palette.highlight().color(), 1.5))
            painter.drawRect(QRectF(field.left() + self._bar * width, field.top(), width, field.height()))
        usual = self.x_of(self._usual)
        painter.setPen(QPen(palette.placeholderText().color(), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(usual, field.top()), QPointF(usual, field.bottom()))
        x = self.x_of(self._threshold)
        colour = palette.highlight().color() if self.hasFocus() else palette.text().color()
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour)
        painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5, field.top() - 5), QPointF(x + 5, field.top() - 5), QPointF(x, field.top() + 3)])
        )

    def _legend_rows(self) -> list[list[tuple[str, int]]]:
        """The names of curves or bars, with their numbers, in as many rows as they need."""
        metrics = QFontMetricsF(font_of(self))
        texts = [line.name for line in self._plot.lines] or [bars.name for bars in self._plot.bars]
        rows: list[list[tuple[str, int]]] = [[]]
        at = 0.0
        for number, text in enumerate(texts):
            width = metrics.horizontalAdvance(text) + (60 if self._plot.lines else 30)
            if rows[-1] and at + width > self.width() - _LEFT - _RIGHT:
                rows.append([])
                at = 0.0
            rows[-1].append((text, number))
            at += width
        return rows

    def _paint_legend(self, painter: QPainter) -> None:
        font, strong = font_of(self), QFont(font_of(self))
        strong.setBold(True)
        metrics, values = QFontMetricsF(font), self._plot.said_at(self._threshold)
        for row, entries in enumerate(self._legend_rows()):
            x, y = _LEFT, row * _ROW
            for text, number in entries:
                x = self._paint_mark(painter, x, y, number)
                painter.setFont(font)
                painter.setPen(self.palette().placeholderText().color())
                width = metrics.horizontalAdvance(text)
                painter.drawText(QRectF(x, y, width + 4, _ROW), Qt.AlignmentFlag.AlignVCenter, text)
                x += width + 4
                if values:
                    painter.setFont(strong)
                    painter.setPen(self.palette().text().color())
                    painter.drawText(QRectF(x, y, 60, _ROW), Qt.AlignmentFlag.AlignVCenter, values[number])
                    x += max(32.0, QFontMetricsF(strong).horizontalAdvance(values[number])) + 6
                else:
                    x += 12

    def _paint_mark(self, painter: QPainter, x: float, y: float, number: int) -> float:
        """A piece of the curve, or of the bar; returns where the text begins."""
        if self._plot.lines:
            line = self._plot.lines[number]
            style = Qt.PenStyle.DotLine if line.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(tone_colour(line.tone, self.palette()), 2.2, style))
            painter.drawLine(QPointF(x, y + _ROW / 2), QPointF(x + 13, y + _ROW / 2))
        else:
            colour = tone_colour(self._plot.bars[number].tone, self.palette())
            painter.fillRect(QRectF(x + 2, y + 4, 10, 10), colour)
        return x + 16

    def _describe(self) -> None:
        values = zip(self._plot.lines, self._plot.said_at(self._threshold), strict=True)
        told = ", ".join(f"{line.name} {said}" for line, said in values)
        self.setAccessibleDescription(self._instead or f"T {self._threshold:.2f}; {told}")
