"""What stands below the list and the part: replay and agreement, with a drawer for what they found."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.models import Models
from inspector.gui.review.agreement import AgreementView
from inspector.gui.review.replay_bar import ReplayBar, Wanted
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.recipe_library import RecipeLibrary

_DRAWER = 150
_NAMES = "Flips", "Agreement"


class ReviewFoot(QFrame):
    """The row of the replay, and the drawer below it, which shows flips or disputes or is shut.

    Parameters
    ----------
    models : Models
    library : RecipeLibrary
    to_replay : callable
        See `Wanted`.
    to_compare : callable
        Gives the journal and which of its inspections count, or None while it is not open.

    Signals
    -------
    chosen(int, object)
        The inspection to look at, and the T to look at it under, or None.
    """

    chosen = Signal(int, object)

    def __init__(
        self,
        models: Models,
        library: RecipeLibrary,
        to_replay: Wanted,
        to_compare: Callable[[], tuple[Journal, EntryFilter] | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.replay, self.agreement = ReplayBar(models, library, to_replay), AgreementView(to_compare)
        self.flips_button, self.agreement_button = QPushButton(_NAMES[0]), QPushButton(_NAMES[1])
        self._drawer = QStackedWidget()
        self._lay_out()
        self.replay.replayed.connect(lambda: self.flips_button.setChecked(True))
        self.replay.flips.chosen.connect(lambda entry_id: self.chosen.emit(entry_id, self.replay.threshold_of_flips))
        self.agreement.chosen.connect(lambda entry_id: self.chosen.emit(entry_id, None))
        self.flips_button.toggled.connect(self._show_flips)
        self.agreement_button.toggled.connect(self._show_agreement)

    @property
    def idle(self) -> bool:
        """Whether nothing is at work."""
        return self.replay.idle and self.agreement.idle

    def reload(self) -> None:
        """Compare anew, if that is on the screen."""
        if self.agreement.isVisible():
            self.agreement.reload()

    def refresh(self) -> None:
        """Paint what is new; the window calls this at its own pace."""
        self.replay.refresh()
        self.agreement.refresh()

    def close_threads(self) -> None:
        """End what works here."""
        self.replay.close_threads()
        self.agreement.close_threads()

    def _show_flips(self, wanted: bool) -> None:
        if wanted:
            self.agreement_button.setChecked(False)
            self._drawer.setCurrentWidget(self.replay.results)
        self._show(self.flips_button, wanted)

    def _show_agreement(self, wanted: bool) -> None:
        if wanted:
            self.flips_button.setChecked(False)
            self._drawer.setCurrentWidget(self.agreement)
            self.agreement.reload()
        self._show(self.agreement_button, wanted)

    def _show(self, button: QPushButton, wanted: bool) -> None:
        name = _NAMES[button is self.agreement_button]
        button.setText(f"Hide {name.lower()}" if wanted else name)
        self._drawer.setVisible(wanted)

    def _lay_out(self) -> None:
        self.setProperty("panel", True)
        self._drawer.setFixedHeight(_DRAWER)
        for view in (self.replay.results, self.agreement):
            self._drawer.addWidget(view)
        self._drawer.hide()
        row = QHBoxLayout()
        row.addWidget(self.replay, 1)
        for button, hint in (
            (self.flips_button, "Show or hide the verdicts that would change"),
            (self.agreement_button, "Show or hide how far two reviewers agree"),
        ):
            button.setCheckable(True)
            button.setToolTip(hint)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(row)
        column.addWidget(self._drawer)
