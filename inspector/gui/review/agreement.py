"""How far two reviewers agree, and the parts of which they said different things."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.journal.agreement import Agreement, agreement, reviewers
from inspector.journal.entry import Entry
from inspector.journal.query import EntryFilter
from inspector.journal.schema import number_text
from inspector.journal.store import Journal

_LISTED = 500
_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class _Compared:
    """Everybody who reviews, the two that were compared, and the newest disputed inspections."""

    people: Sequence[str]
    pair: tuple[str, str] | None
    found: Agreement | None
    disputed: Sequence[Entry]


class AgreementView(QWidget):
    """Two people to choose, what their blind second reviews come to, and the disputed inspections.

    Parameters
    ----------
    wanted : callable
        Gives the journal and which of its inspections count, or None while it is not open.

    Signals
    -------
    chosen(int)
        The inspection to look at.
    """

    chosen = Signal(int)

    def __init__(self, wanted: Callable[[], tuple[Journal, EntryFilter] | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._reader: Newest[_Compared] = Newest("inspector-agreement")
        self.first, self.second, self.summary, self.disputed = QComboBox(), QComboBox(), QLabel(), _Disputed()
        self._lay_out()
        for box in (self.first, self.second):
            box.currentIndexChanged.connect(self.reload)
        self.disputed.currentItemChanged.connect(lambda item, _: self.chosen.emit(item.data(_ID)) if item else None)

    @property
    def idle(self) -> bool:
        """Whether what was asked for is on the screen."""
        return self._reader.idle

    def reload(self) -> None:
        """Compare anew."""
        found = self._wanted()
        if found is not None:
            journal, wanted = found
            pair = self.first.currentText(), self.second.currentText()
            self._reader.ask(lambda: _compare(journal, wanted, pair))

    def refresh(self) -> None:
        """Paint what was compared; the window calls this at its own pace."""
        try:
            compared = self._reader.take()
        except InspectorError as error:
            self.summary.setText(str(error))
            return
        if compared is not None:
            self._paint(compared)

    def close_threads(self) -> None:
        """End what compares."""
        self._reader.close()

    def _paint(self, compared: _Compared) -> None:
        for box, chosen in zip((self.first, self.second), compared.pair or ("", ""), strict=True):
            with QSignalBlocker(box):
                box.clear()
                box.addItems(list(compared.people))
                box.setCurrentText(chosen)
        self.summary.setText(_in_words(compared))
        with QSignalBlocker(self.disputed):
            self.disputed.clear()
            for entry in compared.disputed:
                item = QListWidgetItem(_dispute(entry, compared.pair or ("", "")), self.disputed)
                item.setData(_ID, entry.id)

    def _lay_out(self) -> None:
        for box, which in ((self.first, "first"), (self.second, "second")):
            box.setMinimumContentsLength(12)
            box.setAccessibleName(f"{which} reviewer")
            box.setToolTip(f"The {which} reviewer")
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setWordWrap(True)
        row = QHBoxLayout()
        for widget in (QLabel("Agreement of"), self.first, QLabel("and"), self.second):
            row.addWidget(widget)
        row.addWidget(self.summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.disputed, 1)


class _Disputed(QListWidget):
    """Letters belong to the window, not to a search in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("disputed inspections")
        self.setToolTip("Of these the two said different things; choose one to look at it")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)


def _compare(journal: Journal, wanted: EntryFilter, asked: tuple[str, str]) -> _Compared:
    people = reviewers(journal)
    if len(people) < 2:
        return _Compared(people, None, None, ())
    first = asked[0] if asked[0] in people else people[0]
    second = asked[1] if asked[1] in people and asked[1] != first else next(one for one in people if one != first)
    found = agreement(journal, first, second, wanted)
    return _Compared(people, (first, second), found, list(journal.read(found.disputed[:_LISTED])))


def _in_words(compared: _Compared) -> str:
    found = compared.found
    if compared.pair is None or found is None:
        return "Two people must have reviewed, the second one blindly."
    if found.share is None:
        return "Of what is listed there is nothing that both reviewed, the second one blindly."
    kappa = "" if found.kappa is None else f", kappa {found.kappa:.2f}"
    listed = f"; the newest {_LISTED}:" if len(found.disputed) > _LISTED else ""
    agreed = found.total - len(found.disputed)
    return f"the same verdict on {agreed} of {found.total} ({100 * found.share:.1f} %){kappa}{listed}"


def _dispute(entry: Entry, pair: tuple[str, str]) -> str:
    said = {review.reviewer: review.verdict for review in reversed(entry.reviews)}
    both = ", ".join(f"{who}: {said[who]}" for who in pair)
    return f"No. {number_text(entry.id)}   {entry.record['name']}   {both}"
