"""The verdict, readable at 3 m, and under it why."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inspector.gui.colours import verdict_look
from inspector.gui.scrolling import Scrolling
from inspector.gui.shown import Shown, describe
from inspector.gui.state import InHand
from inspector.gui.verdict_mark import draw_mark
from inspector.parts import PartVerdict
from inspector.policy import with_units
from inspector.types import Verdict

_REASONS = 4
_LEAST_REASONS = 20
_LEAST_WORD = QSize(200, 72)
"""Px on a small screen that has much else to tell."""


class Headline(QWidget):
    """The word on its colour, with the three marks above it: the verdict's own, at its own place, is filled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word, self._past = "", False
        self._verdict: Verdict | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        """As high as the word is large."""
        return QSize(320, 50 + min(self.width() // 4, 130))

    def minimumSizeHint(self) -> QSize:
        """Less than it wants where the room is short."""
        return _LEAST_WORD

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wider word is a higher one."""
        super().resizeEvent(event)
        self.updateGeometry()

    def say(self, word: str, verdict: Verdict | None, past: bool = False) -> None:
        """Show a word; one that is not the line's own verdict of now stands in an outline."""
        self._word, self._verdict, self._past = word, verdict, past
        self.setAccessibleName(f"verdict {word.lower()}")
        self.update()

    @property
    def word(self) -> str:
        """What is said."""
        return self._word

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = verdict_look(self._verdict, self.palette())
        field = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        outlined = self._past
        painter.setBrush(self.palette().base().color() if outlined else look.fill)
        style = Qt.PenStyle.DashLine if outlined else Qt.PenStyle.SolidLine
        painter.setPen(QPen(look.line, 4 if outlined else 2, style))
        painter.drawRoundedRect(field, 8, 8)
        ink = self.palette().text().color() if outlined else look.ink
        side = 34.0
        middle = field.top() + 16 + side / 2
        for place, verdict in enumerate(Verdict):
            centre = field.left() + field.width() * (place + 1) / 4
            spot = QRectF(centre - side / 2, middle - side / 2, side, side)
            if verdict is self._verdict:
                draw_mark(painter, spot, verdict, ink, self.palette().base().color() if outlined else look.fill)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                faint = self.palette().placeholderText().color()
                faint.setAlpha(90)
                painter.setBrush(ink if self._verdict is Verdict.REJECT and not outlined else faint)
                painter.setOpacity(0.35)
                painter.drawEllipse(spot.center(), 5, 5)
                painter.setOpacity(1)
        painter.setPen(ink)
        below = field.adjusted(14, 16 + side, -14, -6)
        painter.setFont(self._fitting(below))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._word)

    def _fitting(self, field: QRectF) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        font.setPixelSize(100)
        width = max(1.0, QFontMetricsF(font).horizontalAdvance(self._word))
        height = field.height() / 1.1 if self._verdict else field.height() / 2
        font.setPixelSize(max(10, int(min(100 * field.width() / width, height))))
        return font


class VerdictPanel(QFrame):
    """Headline, worst defect, what kind of statement it is, and the reasons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = Headline()
        self.title, self.worst, self.note, self.reasons = QLabel(), QLabel(), QLabel(), QLabel()
        self.title.setProperty("muted", True)
        for label in (self.worst, self.note, self.reasons):
            label.setWordWrap(True)
        for label in (self.title, self.worst, self.note, self.reasons):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.worst.setStyleSheet("font-size: 20px; font-weight: 600;")
        self.note.setStyleSheet("font-style: italic;")
        self.reasons.setProperty("muted", True)
        self.reasons.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.title, self.headline, self.worst, self.note):
            column.addWidget(widget)
        column.addWidget(Scrolling(self.reasons, _LEAST_REASONS), 1)
        self.say_nothing("", "")

    def say_nothing(self, why: str, word: str, title: str = "") -> None:
        """There is no verdict, and why."""
        self.headline.say(word, None)
        self._write(title, "", "", why)

    def say(self, shown: Shown, title: str, past: bool = False) -> None:
        """The verdict of a part; under another T than the logged one it is marked as a preview."""
        self.headline.say(shown.verdict.upper(), shown.verdict, past or shown.is_preview)
        worst = describe(shown.regions[0], shown.recipe) if shown.regions else "no defect"
        note = ""
        if shown.is_preview:
            logged = f"logged: {shown.logged_verdict.upper()} at T {shown.logged_threshold:.2f}"
            note = f"preview at T {shown.threshold:.2f}; {logged}"
        reasons = [with_units(reason) for reason in shown.reasons[:_REASONS]]
        if len(shown.reasons) > _REASONS:
            reasons.append(f"and {len(shown.reasons) - _REASONS} more")
        self._write(title, worst, note, "\n".join(reasons))

    def say_part(self, in_hand: InHand | None, ended: PartVerdict | None, views: int) -> None:
        """The headline is the part's: of one that is not complete a bad frame says enough, a good one does not."""
        if in_hand is not None:
            bad = in_hand.worst not in (Verdict.ACCEPT, None)
            word = in_hand.worst.upper() if in_hand.worst and bad else f"{in_hand.frames} of {views}"
            self.headline.say(word, in_hand.worst if bad else None)
            self._note(f"part {in_hand.part}: {in_hand.frames} of {views} frames")
        elif ended is not None:
            self.headline.say(ended.verdict.upper(), ended.verdict)
            self._note(f"part {ended.part}: {ended.reason}")

    def _note(self, text: str) -> None:
        self.note.setText(text)
        self.note.setVisible(True)

    def _write(self, title: str, worst: str, note: str, reasons: str) -> None:
        for label, text in zip(
            (self.title, self.worst, self.note, self.reasons), (title, worst, note, reasons), strict=True
        ):
            label.setText(text)
            label.setVisible(bool(text) or label is self.title)
