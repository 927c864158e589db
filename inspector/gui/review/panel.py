"""What was said of an inspection, and a person's own word on it."""

import getpass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.review.decision import DecisionBox
from inspector.gui.review.opened import Opened
from inspector.gui.scrolling import Scrolling
from inspector.gui.shown import Shown
from inspector.gui.verdict_panel import VerdictPanel
from inspector.journal.entry import Entry, Review
from inspector.journal.schema import number_text
from inspector.policy import with_units

NEXT_KEY, DRAW_KEY = "U", "D"
_LEAST_HISTORY = 34


class ReviewPanel(QWidget):
    """Verdict, history, what a person decides, and who that is.

    Signals
    -------
    blind_changed()
        Verdicts are to be hidden, or not, or from another person.
    """

    blind_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict, self.history, self.decision = VerdictPanel(), QLabel(), DecisionBox()
        self.next, self.draw = QPushButton(f"Next unreviewed  {NEXT_KEY}"), QPushButton(f"Draw defects  {DRAW_KEY}")
        self.reviewer, self.blind = QLineEdit(getpass.getuser()), QCheckBox("Blind second review")
        self._name()
        self._lay_out()
        self.blind.toggled.connect(self.blind_changed)
        self.reviewer.editingFinished.connect(self.blind_changed)
        self.show_opened(None)

    @property
    def who(self) -> str:
        """Who reviews; the user of this machine where nobody is named."""
        return self.reviewer.text().strip() or getpass.getuser()

    def hides(self, entry: Entry) -> bool:
        """Whether the verdict of an inspection is hidden: in a blind review, until this person has decided."""
        return self.blind.isChecked() and all(review.reviewer != self.who for review in entry.reviews)

    def show_opened(self, opened: Opened | None) -> None:
        """The inspection that the buttons are about."""
        if opened is None:
            self.history.clear()
            self.decision.show_verdict(None)
            self.verdict.say_nothing("Choose an inspection in the table.", "")
            return
        entry = opened.entry
        title = f"No. {number_text(entry.id)}   {entry.record['name']}"
        self.history.setText(_history(entry, opened.hidden))
        self.decision.show_verdict(entry.verdict, opened.hidden)
        if opened.hidden:
            self.verdict.say_nothing("Say what you see; the program's verdict and other reviews come then.", "?", title)
        elif opened.shown is None:
            reasons = with_units("\n".join(entry.record["reasons"]))
            self.verdict.say_nothing(f"{reasons}\n\n{opened.trouble}", "", title)
            self.verdict.headline.say(entry.verdict.upper(), entry.verdict)

    def show_part(self, shown: Shown | None) -> None:
        """The verdict as logged, or a preview of it under another T."""
        if shown is not None:
            self.verdict.say(shown, f"No. {number_text(shown.entry_id)}   {shown.name}")

    def _name(self) -> None:
        self.history.setWordWrap(True)
        self.history.setTextFormat(Qt.TextFormat.PlainText)
        self.history.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.history.setAccessibleName("history")
        self.history.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.next.setToolTip(f"Open the next of the list that nobody has reviewed ({NEXT_KEY})")
        self.draw.setToolTip(f"Draw or correct where the defects are, to train on ({DRAW_KEY})")
        self.reviewer.setAccessibleName("who reviews")
        self.reviewer.setToolTip("Who reviews: write your name where several share this machine")
        self.reviewer.setPlaceholderText(getpass.getuser())
        self.blind.setToolTip(
            "Hide the verdict, the overlay and what others said until you have decided: a second opinion, "
            "which is compared and changes nothing"
        )

    def _lay_out(self) -> None:
        box = QFrame()
        box.setProperty("panel", True)
        inner = QVBoxLayout(box)
        inner.setContentsMargins(8, 4, 8, 4)
        inner.addWidget(Scrolling(self.history, _LEAST_HISTORY))
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        feet = QGridLayout()
        feet.addWidget(self.next, 0, 0)
        feet.addWidget(self.draw, 0, 1)
        feet.addWidget(self.reviewer, 1, 0)
        feet.addWidget(self.blind, 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.verdict, 3)
        column.addWidget(box, 1)
        column.addWidget(self.decision)
        column.addLayout(feet)


def _history(entry: Entry, hidden: bool) -> str:
    source = f"source {entry.source}"
    if hidden:
        return f"{entry.time.astimezone():%Y-%m-%d %H:%M:%S}\n{source}"
    judged = f"judged {entry.verdict} at T {entry.record['threshold']:.2f}"
    lines = [f"{entry.time.astimezone():%Y-%m-%d %H:%M:%S}   {judged}", source]
    return "\n".join([*lines, *(_review(entry, review) for review in entry.reviews)])


def _review(entry: Entry, review: Review) -> str:
    if review.blind:
        what = f"said blindly: {review.verdict}"
    else:
        what = "confirmed" if review.verdict is entry.verdict else f"overrode: {review.verdict}"
    why = f", \N{LEFT DOUBLE QUOTATION MARK}{review.reason}\N{RIGHT DOUBLE QUOTATION MARK}" if review.reason else ""
    return f"{review.time.astimezone():%Y-%m-%d %H:%M:%S}   {review.reviewer} {what}{why}"
