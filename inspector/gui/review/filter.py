"""Which inspections are listed: rejects of any time, until a person wants others."""

from collections.abc import Mapping, Sequence
from datetime import time

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.review.times import TimeFilter
from inspector.journal.query import EntryFilter
from inspector.types import SEVERITY_MAX, Verdict

_VERDICTS: dict[str, tuple[Verdict, ...]] = {
    "rejected": (Verdict.REJECT,),
    "to review": (Verdict.REVIEW,),
    "rejected or to review": (Verdict.REJECT, Verdict.REVIEW),
    "accepted": (Verdict.ACCEPT,),
    "all verdicts": (),
}
_REVIEWED = {"reviewed or not": None, "not reviewed yet": False, "reviewed": True}
_KINDS, _RECIPES, _SOURCES = "all kinds", "all recipes", "all sources"


class ReviewFilter(QWidget):
    """The controls above the table: the frequent ones, and the others in a row that opens.

    Parameters
    ----------
    shifts : sequence of time
        When the shifts of a day begin, in local time.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, shifts: Sequence[time], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: EntryFilter | None = None
        self._digests: Mapping[str, tuple[str, ...]] = {}
        self.times = TimeFilter(shifts)
        self.verdict, self.kind, self.reviewed, self.text = QComboBox(), QComboBox(), QComboBox(), QLineEdit()
        self.recipe, self.source, self.least, self.most = QComboBox(), QComboBox(), QDoubleSpinBox(), QDoubleSpinBox()
        self.more, self.clear_all = QPushButton("More filters"), QPushButton("Clear")
        self.verdict.addItems(list(_VERDICTS))
        self.reviewed.addItems(list(_REVIEWED))
        for box, every in ((self.kind, _KINDS), (self.recipe, _RECIPES), (self.source, _SOURCES)):
            box.addItem(every)
        self._name()
        self._lay_out()
        self._connect()
        self._show_state()

    def wanted(self) -> EntryFilter:
        """The filter as the controls stand, or as it was given."""
        if self._given is not None:
            return self._given
        since, until = self.times.bounds
        return EntryFilter(
            verdicts=_VERDICTS.get(self.verdict.currentText(), ()),
            kinds=_chosen(self.kind),
            since=since,
            until=until,
            reviewed=_REVIEWED[self.reviewed.currentText()],
            text=self.text.text().strip(),
            sources=_chosen(self.source),
            recipes=tuple(digest for name in _chosen(self.recipe) for digest in self._digests.get(name, ())),
            min_severity=self.least.value() or None,
            max_severity=self.most.value() if self.most.value() < SEVERITY_MAX else None,
        )

    @property
    def is_set(self) -> bool:
        """Whether anything is chosen besides the verdict that the page begins with."""
        boxes = (self.verdict, self.kind, self.reviewed, self.recipe, self.source)
        range_set = self.least.value() > 0 or self.most.value() < SEVERITY_MAX
        chosen = any(box.currentIndex() for box in boxes) or bool(self.text.text())
        return chosen or range_set or self.times.is_set or self._given is not None

    def clear(self) -> None:
        """Go back to what the page begins with."""
        with QSignalBlocker(self):
            self._put(EntryFilter(verdicts=(Verdict.REJECT,)))
        self._given = None
        self._tell()

    def type_text(self) -> None:
        """Let a person type what to look for."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def show_filter(self, wanted: EntryFilter) -> None:
        """Take a filter from elsewhere, exactly, until a person changes something here."""
        with QSignalBlocker(self):
            self._put(wanted)
        self._given = wanted
        self._show_state()
        self.changed.emit()

    def offer(self, kinds: Sequence[str], sources: Sequence[str], recipes: Mapping[str, tuple[str, ...]]) -> None:
        """What the journal knows."""
        self._digests = recipes
        offered = ((self.kind, _KINDS, kinds), (self.source, _SOURCES, sources), (self.recipe, _RECIPES, list(recipes)))
        for box, every, names in offered:
            _offer(box, [every, *names])

    def _put(self, wanted: EntryFilter) -> None:
        """Set the controls to what they can say of a filter."""
        named = {digests: name for name, digests in self._digests.items()}
        verdicts = list(_VERDICTS.values())
        self.verdict.setCurrentIndex(verdicts.index(wanted.verdicts) if wanted.verdicts in verdicts else -1)
        self.reviewed.setCurrentText(next(name for name, own in _REVIEWED.items() if own is wanted.reviewed))
        self.text.setText(wanted.text)
        self.times.show_bounds(wanted.since, wanted.until)
        self.least.setValue(wanted.min_severity or 0)
        self.most.setValue(SEVERITY_MAX if wanted.max_severity is None else wanted.max_severity)
        for box, name in (
            (self.kind, next(iter(wanted.kinds), "")),
            (self.source, next(iter(wanted.sources), "")),
            (self.recipe, named.get(wanted.recipes, "")),
        ):
            if name and box.findText(name) < 0:
                box.addItem(name)
            box.setCurrentIndex(max(0, box.findText(name)))

    def _tell(self) -> None:
        self._given = None
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        if self.times.needs_fields:
            self.more.setChecked(True)
        self._others.setVisible(self.more.isChecked())
        self.more.setText("Fewer filters" if self.more.isChecked() else "More filters")
        self.clear_all.setVisible(self.is_set)

    def _connect(self) -> None:
        self.times.changed.connect(self._tell)
        self.text.textChanged.connect(self._tell)
        for box in (self.verdict, self.kind, self.reviewed, self.recipe, self.source):
            box.currentIndexChanged.connect(self._tell)
        for field in (self.least, self.most):
            field.valueChanged.connect(self._tell)
        self.clear_all.clicked.connect(self.clear)
        self.more.toggled.connect(self._show_state)

    def _name(self) -> None:
        named = {
            self.verdict: "verdict of the program",
            self.kind: "kind of defect",
            self.reviewed: "whether somebody reviewed them",
            self.text: "text",
            self.recipe: "recipe",
            self.source: "source",
            self.least: "severity, from",
            self.most: "severity, to",
        }
        for widget, name in named.items():
            widget.setAccessibleName(f"filter by {name}")
            widget.setToolTip(f"List inspections by {name}")
        self.text.setPlaceholderText("part, source or reason")
        self.text.setToolTip("List inspections by what their part, source or reasons contain (Ctrl+F)")
        self.text.setClearButtonEnabled(True)
        self.more.setCheckable(True)
        self.more.setToolTip("Filter by recipe, source and severity as well")
        self.clear_all.setToolTip("List the rejected inspections of any time again")
        for field, value in ((self.least, 0.0), (self.most, SEVERITY_MAX)):
            field.setRange(0, SEVERITY_MAX)
            field.setSingleStep(0.5)
            field.setDecimals(1)
            field.setValue(value)
            field.setKeyboardTracking(False)

    def _lay_out(self) -> None:
        self._others = QWidget()
        for box in (self.kind, self.recipe, self.source):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(14)
        self.text.setMinimumWidth(150)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.first = QHBoxLayout()
        for widget in (self.verdict, self.kind, self.times.period, self.reviewed, self.text, self.more, self.clear_all):
            self.first.addWidget(widget)
        second = QHBoxLayout(self._others)
        second.setContentsMargins(0, 0, 0, 0)
        for other in (self.times, self.recipe, self.source, QLabel("severity"), self.least, QLabel("to"), self.most):
            second.addWidget(other)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.first)
        column.addWidget(self._others)


def _chosen(box: QComboBox) -> tuple[str, ...]:
    return (box.currentText(),) if box.currentIndex() > 0 else ()


def _offer(box: QComboBox, names: list[str]) -> None:
    if names == [box.itemText(i) for i in range(box.count())]:
        return
    chosen = box.currentText()
    with QSignalBlocker(box):
        box.clear()
        box.addItems(names)
        box.setCurrentText(chosen)
