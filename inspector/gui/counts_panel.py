"""How many parts, how many of them good, and what the others had."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inspector.gui.colours import verdict_look
from inspector.gui.scrolling import Scrolling
from inspector.gui.state import LineState
from inspector.gui.verdict_mark import draw_mark
from inspector.types import Verdict

_KINDS = 4
_LEAST_ROWS = 36


class CountsPanel(QFrame):
    """Parts and yield; one number beside each verdict's mark; what went wrong and the kinds below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.setAccessibleName("counts")
        rows = QWidget()
        self._grid = QGridLayout(rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []
        self.verdicts = {verdict: _Count(verdict) for verdict in Verdict}
        row = QHBoxLayout()
        for count in self.verdicts.values():
            row.addWidget(count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(Scrolling(rows, _LEAST_ROWS))

    def show_state(self, state: LineState) -> None:
        """Paint the counts of a line."""
        for verdict, count in self.verdicts.items():
            count.show_number(state.counts[verdict])
        rows = _rows(state)
        while len(self._labels) < len(rows):
            self._labels.append(self._new_row(len(self._labels)))
        for i, (what, many) in enumerate(self._labels):
            used = i < len(rows)
            what.setVisible(used)
            many.setVisible(used)
            if used:
                what.setText(rows[i][0])
                many.setText(rows[i][1])

    def _new_row(self, row: int) -> tuple[QLabel, QLabel]:
        what, many = QLabel(), QLabel()
        what.setProperty("muted", True)
        what.setTextFormat(Qt.TextFormat.PlainText)
        many.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(what, row, 0)
        self._grid.addWidget(many, row, 1)
        return what, many


class _Count(QWidget):
    """A verdict's mark and how many parts have it."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self._verdict, self.number = verdict, 0
        self.setToolTip(f"parts with the verdict {verdict}")

    def sizeHint(self) -> QSize:
        return QSize(90, 26)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_number(self, number: int) -> None:
        self.number = number
        self.setAccessibleName(f"{self._verdict}: {number}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        muted, paper = self.palette().placeholderText().color(), self.palette().base().color()
        seen = verdict_look(self._verdict, self.palette())
        bad = self._verdict is not Verdict.ACCEPT and self.number > 0
        shape = seen.line if bad else muted
        draw_mark(painter, QRectF(0, (self.height() - 18) / 2, 18, 18), self._verdict, shape, paper)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().text().color())
        painter.drawText(QRectF(self.rect()).adjusted(25, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(self.number))


def _rows(state: LineState) -> list[tuple[str, str]]:
    share = state.yield_share
    rows = [
        ("parts", f"{state.judged + state.unreadable}" + (f" of {state.length}" if state.length else "")),
        ("yield", "\N{EN DASH}" if share is None else f"{share:.1%}"),
    ]
    if state.unreadable:
        rows.append(("unreadable frames", str(state.unreadable)))
    if state.lost:
        rows.append(("lost frames", str(state.lost)))
    if state.shift is not None:
        share = state.shift.yield_share
        good = "" if share is None else f" \N{MIDDLE DOT} {share:.1%}"
        rows.append((f"shift since {state.shift.since:%H:%M}", f"{state.shift.parts}{good}"))
    kinds = sorted(state.kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    rows += [(f"with {kind}", str(number)) for kind, number in kinds[:_KINDS]]
    if more := len(kinds[_KINDS:]):
        rows.append((f"with {more} more kind{'s' if more > 1 else ''}", ""))
    return rows
