"""Which inspections are listed: rejects of any time, until a person wants others."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from inspector.journal.query import EntryFilter
from inspector.types import Verdict

_VERDICTS: dict[str, tuple[Verdict, ...]] = {
    "rejected": (Verdict.REJECT,),
    "to review": (Verdict.REVIEW,),
    "rejected or to review": (Verdict.REJECT, Verdict.REVIEW),
    "accepted": (Verdict.ACCEPT,),
    "all verdicts": (),
}
_PERIODS = {"any time": None, "last hour": 1, "last 24 hours": 24, "last 7 days": 7 * 24, "last 30 days": 30 * 24}
_ANY_KIND = "all kinds"


class ReviewFilter(QWidget):
    """The controls above the table.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict, self.kind, self.period = QComboBox(), QComboBox(), QComboBox()
        self.text, self.open_only = QLineEdit(), QCheckBox("not reviewed yet")
        self.verdict.addItems(list(_VERDICTS))
        self.kind.addItem(_ANY_KIND)
        self.period.addItems(list(_PERIODS))
        self.text.setPlaceholderText("part, source or reason")
        self.text.setClearButtonEnabled(True)
        named = {self.verdict: "verdict", self.kind: "kind of defect", self.period: "time", self.text: "text"}
        for widget, name in named.items():
            widget.setAccessibleName(f"filter by {name}")
            widget.setToolTip(f"List inspections by {name}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for i, widget in enumerate((self.verdict, self.kind, self.period)):
            grid.addWidget(widget, 0, i)
            widget.currentIndexChanged.connect(self.changed)
        grid.addWidget(self.text, 1, 0, 1, 2)
        grid.addWidget(self.open_only, 1, 2)
        self.text.textChanged.connect(self.changed)
        self.open_only.toggled.connect(self.changed)

    def wanted(self) -> EntryFilter:
        """The filter as the controls stand."""
        hours = _PERIODS[self.period.currentText()]
        return EntryFilter(
            verdicts=_VERDICTS[self.verdict.currentText()],
            kinds=() if self.kind.currentIndex() <= 0 else (self.kind.currentText(),),
            since=None if hours is None else datetime.now(UTC) - timedelta(hours=hours),
            reviewed=False if self.open_only.isChecked() else None,
            text=self.text.text().strip(),
        )

    def offer_kinds(self, kinds: list[str]) -> None:
        """The kinds that the journal knows."""
        if kinds == [self.kind.itemText(i) for i in range(1, self.kind.count())]:
            return
        chosen = self.kind.currentText()
        with QSignalBlocker(self.kind):
            self.kind.clear()
            self.kind.addItems([_ANY_KIND, *kinds])
            self.kind.setCurrentText(chosen)
